/** An article's text as it is shown: in paragraphs, with a quote marked in it. */

import { make } from "./dom.js";
import { partsOf, unwrapped } from "./text.js";

/**
 * The paragraphs of a text, with what lies between two places marked.
 *
 * @param {string} text
 * @param {{from: number, to: number}} [place]
 */
export function paragraphs(text, { from, to } = { from: 0, to: 0 }) {
  const blocks = unwrapped(text).matchAll(/[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*/g);
  return Array.from(blocks, ({ 0: block, index }) => {
    const { before, quote, after } = partsOf(block, clamped(from - index, block), clamped(to - index, block));
    return make("p", { dir: "auto" }, before, quote ? make("mark", {}, quote) : null, after);
  });
}

/**
 * @param {number} index
 * @param {string} text
 */
function clamped(index, text) {
  return Math.min(Math.max(index, 0), text.length);
}
