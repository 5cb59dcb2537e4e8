/** Where quotes stand in an article as it is now. */

import { utf16Index } from "./text.js";

/** @import { Article, Citation } from "./types.js" */
/** @import { Place } from "./paragraphs.js" */

/**
 * @typedef {object} Found
 * @property {Place[]} places in order; quotes that overlap share one
 * @property {Citation[]} gone those whose words are no longer there
 * @property {boolean} hasChanged whether the text is another than the one that was quoted
 */

/**
 * @param {Pick<Article, "text" | "content_hash">} article
 * @param {Citation[]} citations of this article
 * @returns {Found}
 */
export function found({ text, content_hash }, citations) {
  const places = [];
  const gone = [];
  for (const citation of citations) {
    const place = placeOf(text, citation);
    if (place) places.push(place);
    else gone.push(citation);
  }
  const hasChanged = citations.some((citation) => citation.content_hash !== content_hash);
  return { places: joined(places), gone, hasChanged };
}

/**
 * At its offsets, or else where the same words are nearest to them.
 *
 * @param {string} text
 * @param {Citation} citation
 * @returns {Place | null}
 */
export function placeOf(text, { start, end, quote }) {
  const from = utf16Index(text, start);
  if (text.slice(from, utf16Index(text, end)) === quote) return { from, to: from + quote.length };
  const [before, behind] = [text.lastIndexOf(quote, from), text.indexOf(quote, from)];
  if (before < 0 && behind < 0) return null;
  const isBehindNearer = before < 0 || (behind >= 0 && behind - from < from - before);
  const nearest = isBehindNearer ? behind : before;
  return { from: nearest, to: nearest + quote.length };
}

/** @param {Place[]} places */
function joined(places) {
  /** @type {Place[]} */
  const apart = [];
  for (const { from, to } of places.toSorted((one, other) => one.from - other.from || other.to - one.to)) {
    const last = apart.at(-1);
    if (last && from < last.to) last.to = Math.max(last.to, to);
    else apart.push({ from, to });
  }
  return apart;
}
