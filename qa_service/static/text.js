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
 * A passage in three parts around its quote.
 *
 * @typedef {{before: string, quote: string, after: string}} Parts
 *
 * @param {Citation} citation
 * @returns {Parts}
 */
export function wholePassage({ passage, passage_start, start, end }) {
  return partsOf(passage, utf16Index(passage, start - passage_start), utf16Index(passage, end - passage_start));
}

/**
 * What to show of a passage at first: the sentences that hold the quote.
 *
 * @typedef {object} Excerpt
 * @property {Parts} parts
 * @property {boolean} startsLate whether the passage has more in front
 * @property {boolean} endsEarly whether the passage goes on
 * @property {boolean} isWholeSentence whether the quote is all of its sentences
 *
 * @param {Citation} citation
 * @returns {Excerpt}
 */
export function excerpt(citation) {
  const { passage } = citation;
  const { before, quote } = wholePassage(citation);
  const from = before.length;
  const to = from + quote.length;
  const { around, isWholeSentence } = sentencesAround(passage, from, to);
  return {
    parts: {
      before: passage.slice(around.start, from).trimStart(),
      quote,
      after: passage.slice(to, around.end).trimEnd(),
    },
    startsLate: hasLetters(passage.slice(0, around.start)),
    endsEarly: hasLetters(passage.slice(around.end)),
    isWholeSentence,
  };
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @returns {Parts}
 */
export function partsOf(text, from, to) {
  return { before: text.slice(0, from), quote: text.slice(from, to), after: text.slice(to) };
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
  return { around: isWholeSentence ? widened(all, first, last) : own, isWholeSentence };
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
