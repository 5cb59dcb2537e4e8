/** Arithmetic of text: offsets, sentences, and what to show of a passage. */

/** @import { Citation } from "./types.js" */

/** A quote that is a whole sentence is shown with its neighbours, while they fit into this many characters. */
const ROOM_FOR_NEIGHBOURS = 320;

/** Lines between these lengths that follow each other were wrapped by an editor, not by an author. */
const WRAPPED_LINE = { shortest: 50, longest: 120 };

const TITLES = "Mr|Mrs|Ms|Dr|St|Prof|Gen|Sen|Rep|Gov|Lt|Col|Capt";
const MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec";
/** A full stop that ends no sentence, which the browser's segmenter takes for one. */
const ABBREVIATION = new RegExp(`(?:^|[\\s.("“‘])(?:[A-Z]|${TITLES}|${MONTHS}|vs|No)\\.\\s*$`);

/**
 * JavaScript counts UTF-16 units, the service counts code points: an emoji is two of the one, one of the other.
 *
 * @param {string} text
 * @param {number} offset in code points
 * @returns {number} the same place in UTF-16 units
 */
export function utf16Index(text, offset) {
  let index = 0;
  let passed = 0;
  for (const character of text) {
    if (passed === offset) break;
    index += character.length;
    passed += 1;
  }
  return index;
}

/**
 * The same text, at the same length, with the line breaks of hard-wrapped paragraphs turned into spaces.
 *
 * @param {string} text
 */
export function unwrapped(text) {
  return text.replace(/[^\n]+(?:\n[^\n]+)+/g, (block) =>
    isHardWrapped(block) ? block.replaceAll("\n", " ") : block,
  );
}

/** @param {string} block lines with no blank line between them */
function isHardWrapped(block) {
  const lines = block.split("\n");
  return (
    lines.every((line) => line.length <= WRAPPED_LINE.longest) &&
    lines.slice(0, -1).every((line) => line.length >= WRAPPED_LINE.shortest)
  );
}

/**
 * Where the sentences of a text begin and end, with no gap between them.
 *
 * @param {string} text
 * @returns {{start: number, end: number}[]}
 */
export function sentences(text) {
  const segmenter = new Intl.Segmenter(document.documentElement.lang, { granularity: "sentence" });
  const found = [];
  for (const { segment, index } of segmenter.segment(unwrapped(text))) {
    const last = found.at(-1);
    const end = index + segment.length;
    const isContinued = last && (!segment.trim() || ABBREVIATION.test(text.slice(last.start, last.end)));
    if (isContinued) last.end = end;
    else found.push({ start: index, end });
  }
  return found;
}

/**
 * The citations of one sentence together, in the order of its words: the members of a list share their proof.
 *
 * @param {Citation[]} citations
 * @returns {Citation[][]} groups in the order of their first citations
 */
export function bySentence(citations) {
  const groups = Map.groupBy(citations, sentenceOf);
  return Array.from(groups.values(), (group) => group.toSorted((one, other) => one.start - other.start));
}

/**
 * What tells a quote's sentence from all others, whichever passage it was read in.
 *
 * @param {Citation} citation
 */
function sentenceOf(citation) {
  const { article_id, passage, passage_start } = citation;
  const [{ from, to }] = placesOf([citation]);
  const { own } = sentencesAround(passage, from, to);
  const start = passage_start + [...passage.slice(0, own.start)].length;
  return JSON.stringify([article_id, start, passage.slice(own.start, own.end).trim()]);
}

/**
 * One citation from the first quote of a sentence to its last.
 *
 * @param {Citation[]} citations as bySentence groups them
 * @returns {Citation}
 */
export function stretch(citations) {
  const [first] = citations;
  const places = placesOf(citations);
  const to = Math.max(...places.map((place) => place.to));
  const end = Math.max(...citations.map((citation) => citation.end));
  return { ...first, end, quote: first.passage.slice(places[0].from, to) };
}

/**
 * A passage, cut where its quotes begin and end.
 *
 * @typedef {{text: string, isQuote: boolean}} Piece
 *
 * @param {Citation[]} citations as bySentence groups them
 * @returns {Piece[]}
 */
export function wholePassage(citations) {
  const { passage } = citations[0];
  return pieces(passage, placesOf(citations), 0, passage.length);
}

/**
 * What to show of a passage at first: the sentences that hold the quotes.
 *
 * @typedef {object} Excerpt
 * @property {Piece[]} pieces
 * @property {boolean} startsLate whether the passage has more in front
 * @property {boolean} endsEarly whether the passage goes on
 * @property {boolean} isWholeSentence whether the quotes are all of their sentences
 *
 * @param {Citation[]} citations as bySentence groups them
 * @returns {Excerpt}
 */
export function excerpt(citations) {
  const { passage } = citations[0];
  const places = placesOf(citations);
  const to = Math.max(...places.map((place) => place.to));
  const { around, isWholeSentence } = sentencesAround(passage, places[0].from, to);
  const words = passage.slice(around.start, around.end);
  const [start, end] = [around.end - words.trimStart().length, around.start + words.trimEnd().length];
  return {
    pieces: pieces(passage, places, start, end),
    startsLate: hasLetters(passage.slice(0, around.start)),
    endsEarly: hasLetters(passage.slice(around.end)),
    isWholeSentence,
  };
}

/**
 * Where the quotes stand in the passage of the first.
 *
 * @param {Citation[]} citations
 */
function placesOf(citations) {
  const { passage, passage_start } = citations[0];
  return citations.map(({ start, end }) => ({
    from: utf16Index(passage, start - passage_start),
    to: utf16Index(passage, end - passage_start),
  }));
}

/**
 * @param {string} text
 * @param {{from: number, to: number}[]} places of quotes, in order; what two of them share is shown once
 * @param {number} start
 * @param {number} end
 * @returns {Piece[]}
 */
function pieces(text, places, start, end) {
  const found = [];
  let at = start;
  for (const { from, to } of places) {
    found.push({ text: text.slice(at, from), isQuote: false });
    found.push({ text: text.slice(Math.max(at, from), to), isQuote: true });
    at = Math.max(at, to);
  }
  found.push({ text: text.slice(at, end), isQuote: false });
  return found.filter((piece) => piece.text);
}

/**
 * @param {string} passage
 * @param {number} from
 * @param {number} to
 */
function sentencesAround(passage, from, to) {
  const all = sentences(passage);
  const first = Math.max(0, all.findLastIndex((sentence) => sentence.start <= from));
  const last = Math.max(first, all.findIndex((sentence) => sentence.end >= to));
  const own = { start: all[first].start, end: all[last].end };
  const isWholeSentence = !hasLetters(passage.slice(own.start, from) + passage.slice(to, own.end));
  return { own, around: isWholeSentence ? widened(all, first, last) : own, isWholeSentence };
}

/**
 * @param {{start: number, end: number}[]} all
 * @param {number} first
 * @param {number} last
 */
function widened(all, first, last) {
  const shown = { start: all[first].start, end: all[last].end };
  const previous = all[first - 1];
  const next = all[last + 1];
  if (next && next.end - shown.start <= ROOM_FOR_NEIGHBOURS) shown.end = next.end;
  if (previous && shown.end - previous.start <= ROOM_FOR_NEIGHBOURS) shown.start = previous.start;
  return shown;
}

/** @param {string} text */
function hasLetters(text) {
  return /[\p{L}\p{N}]/u.test(text);
}

/**
 * A day as people write it; anything that is not a full date stays as the article has it.
 *
 * @param {string} published
 */
export function readableDate(published) {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(published)?.[0];
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return published;
  return date.toLocaleDateString(document.documentElement.lang, { dateStyle: "medium", timeZone: "UTC" });
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} units of time, and how many seconds each has */
const SECONDS = [
  ["year", 31_556_952],
  ["month", 2_629_746],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/**
 * How long ago something was, in short: "3 hr. ago".
 *
 * @param {string} moment
 * @param {number} [now] in milliseconds
 */
export function ago(moment, now = Date.now()) {
  const seconds = (now - Date.parse(moment)) / 1000;
  const [unit, length] = SECONDS.find(([, length]) => seconds >= length) ?? [];
  if (!unit || !length) return "just now";
  return new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto", style: "short" })
    .format(-Math.floor(seconds / length), unit);
}
