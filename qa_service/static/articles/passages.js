/** The passages that an article was cut into, as search finds and the reader reads them. */

import { make } from "../dom.js";
import { paragraphs } from "../paragraphs.js";
import { utf16Index } from "../text.js";

/** @import { Chunk } from "../types.js" */

/** @param {Chunk[]} chunks in the order of the text */
export function passageView(chunks) {
  const number = chunks.length === 1 ? "One passage" : `${chunks.length} passages`;
  const explained = `${number}, as search finds them. What a passage shares with the one before it is marked.`;
  return make(
    "div",
    { className: "passages" },
    make("p", { className: "note" }, explained),
    make("ol", {}, ...chunks.map((chunk, place) => passage(chunk, chunks[place - 1]?.end ?? 0))),
  );
}

/**
 * @param {Chunk} chunk
 * @param {number} previousEnd where the passage before it ends
 */
function passage({ start, end, text }, previousEnd) {
  const shared = { from: 0, to: utf16Index(text, Math.max(0, previousEnd - start)) };
  const place = make("p", { className: "byline" }, `Characters ${start} to ${end}`);
  return make("li", {}, place, ...paragraphs(text, [shared]));
}
