/** A citation: the quoted sentence, where it stands, and the way to the article. */

import { make } from "./dom.js";
import { excerpt, readableDate, wholePassage } from "./text.js";

/** @import { Citation } from "./types.js" */
/** @typedef {(citation: Citation, opener: HTMLElement) => void} OpenSource */

/**
 * The quoted passage in full dress, under the main answer.
 *
 * @param {Citation} citation
 * @param {OpenSource} open
 */
export function citationCard(citation, open) {
  return figure("citation", quotation(citation, { isMarked: true, isExpandable: true }), citation, open);
}

/**
 * A citation in a list. Where the quote was just shown as the answer, only its source is left to say.
 *
 * @param {Citation} citation
 * @param {OpenSource} open
 * @param {{isMarked: boolean, isQuoteShown?: boolean}} how
 */
export function smallCitation(citation, open, { isMarked, isQuoteShown = false }) {
  const words = isQuoteShown ? null : quotation(citation, { isMarked, isExpandable: false });
  return figure(`citation citation-small${isMarked ? "" : " hint"}`, words, citation, open);
}

/**
 * @param {string} className
 * @param {HTMLElement | null} words
 * @param {Citation} citation
 * @param {OpenSource} open
 */
function figure(className, words, citation, open) {
  const opener = make(
    "button",
    { type: "button", className: "open-source", "aria-haspopup": "dialog", onclick: () => open(citation, opener) },
    citation.title || "Untitled article",
  );
  const caption = make("figcaption", {}, opener, byline(citation.published, citation.source));
  const card = make("figure", { className }, words, caption);
  // The whole card is a large target for a pointer; the button in it is the one for keys and screen readers.
  card.addEventListener("click", (event) => {
    const isOnButton = event.target instanceof Element && event.target.closest("button");
    if (!isOnButton && getSelection()?.isCollapsed) open(citation, opener);
  });
  return card;
}

/**
 * @param {Citation} citation
 * @param {{isMarked: boolean, isExpandable: boolean}} how
 */
function quotation(citation, { isMarked, isExpandable }) {
  const { parts, startsLate, endsEarly } = excerpt(citation);
  const [before, after] = [startsLate ? "…\u00a0" : null, endsEarly ? "\u00a0…" : null];
  const words = make("p", { dir: "auto" }, before, ...nodesOf(parts, isMarked), after);
  const isCut = startsLate || endsEarly;
  return make("blockquote", {}, words, isExpandable && isCut ? wholePassageButton(citation, words) : null);
}

/**
 * A button that shows the whole passage in place of the excerpt, and back.
 *
 * @param {Citation} citation
 * @param {HTMLElement} words
 */
function wholePassageButton(citation, words) {
  const short = [...words.childNodes];
  const whole = nodesOf(wholePassage(citation), true);
  const button = make("button", { type: "button", className: "quiet", "aria-expanded": "false" }, "Whole passage");
  button.addEventListener("click", () => {
    const isWhole = words.classList.toggle("lines");
    words.replaceChildren(...(isWhole ? whole : short));
    button.setAttribute("aria-expanded", String(isWhole));
    button.textContent = isWhole ? "Less" : "Whole passage";
  });
  return button;
}

/**
 * @param {import("./text.js").Parts} parts
 * @param {boolean} isMarked
 */
function nodesOf({ before, quote, after }, isMarked) {
  return [before, isMarked ? make("mark", {}, quote) : quote, after].filter(Boolean);
}

/**
 * @param {string | null} published
 * @param {...(string | null | undefined)} names of the author and the source
 */
export function byline(published, ...names) {
  const date = published ? make("time", {}, readableDate(published)) : null;
  const known = names.filter(Boolean).join(", ");
  return make("p", { className: "byline" }, date, date && known ? " · " : null, known || null);
}
