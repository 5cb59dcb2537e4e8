/** An article's text as it is shown: in paragraphs, with quotes marked in it. */

import { make } from "./dom.js";
import { unwrapped } from "./text.js";

/** @typedef {{from: number, to: number}} Place where a quote stands, in UTF-16 units */

/**
 * The paragraphs of a text with some places marked. A place over several paragraphs has a mark in each; the
 * number of its place is on every mark (data-place).
 *
 * @param {string} text
 * @param {Place[]} [places] in order, none reaching into the next
 */
export function paragraphs(text, places = []) {
  const blocks = unwrapped(text).matchAll(/[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*/g);
  return Array.from(blocks, ({ 0: block, index }) => make("p", { dir: "auto" }, ...marked(block, index, places)));
}

/**
 * @param {string} block
 * @param {number} start of the block in its text
 * @param {Place[]} places
 */
function marked(block, start, places) {
  const nodes = [];
  let at = 0;
  for (const [number, { from, to }] of places.entries()) {
    const [begin, end] = [clamped(from - start, block), clamped(to - start, block)];
    if (begin === end) continue;
    nodes.push(block.slice(at, begin), make("mark", { "data-place": number }, block.slice(begin, end)));
    at = end;
  }
  return [...nodes, block.slice(at)];
}

/**
 * @param {number} index
 * @param {string} text
 */
function clamped(index, text) {
  return Math.min(Math.max(index, 0), text.length);
}
