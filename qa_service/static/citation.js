/** A citation: the quoted sentence, where it stands, and the way to the article. */

import { make } from "./dom.js";
import { excerpt, readableDate, stretch, wholePassage } from "./text.js";

/** @import { Citation } from "./types.js" */
/** @typedef {(citation: Citation, opener: HTMLElement) => void} OpenSource */

/**
 * The quoted passage in full dress, under the main answer.
 *
 * @param {Citation[]} citations of one sentence
 * @param {OpenSource} open
 */
export function citationCard(citations, open) {
  const quote = quotation(citations, { isMarked: true });
  return figure("citation", quote, stretch(citations), open, wholePassageButton(citations, quote));
}

/**
 * A citation among others. Where the quote was just shown as the answer, only its source is left to say.
 *
 * @param {Citation[]} citations of one sentence
 * @param {OpenSource} open
 * @param {{isMarked: boolean, isQuoteShown?: boolean}} how
 */
export function smallCitation(citations, open, { isMarked, isQuoteShown = false }) {
  const words = isQuoteShown ? null : quotation(citations, { isMarked });
  return figure(`citation citation-small${isMarked ? "" : " hint"}`, words, stretch(citations), open);
}

/**
 * A button that opens the article at the quote.
 *
 * @param {string} className
 * @param {string} words
 * @param {Citation} citation
 * @param {OpenSource} open
 */
export function sourceButton(className, words, citation, open) {
  const button = make(
    "button",
    { type: "button", className, dir: "auto", onclick: () => open(citation, button) },
    words,
  );
  return button;
}

/**
 * @param {string} className
 * @param {HTMLElement | null} words
 * @param {Citation} citation
 * @param {OpenSource} open
 * @param {HTMLElement | null} [more] that stands beside the source
 */
function figure(className, words, citation, open, more = null) {
  const opener = sourceButton("link open-source", citation.title || "Untitled article", citation, open);
  const page = citation.page ? `p. ${citation.page}` : null;
  const caption = make("figcaption", {}, opener, byline(citation.published, page, citation.source), more);
  const card = make("figure", { className }, words, caption, furtherCopies(citation.copies ?? []));
  // The whole card is a large target for a pointer; the button in it is the one for keys and screen readers.
  card.addEventListener("click", (event) => {
    const isOnButton = event.target instanceof Element && event.target.closest("button, details");
    if (!isOnButton && getSelection()?.isCollapsed) open(citation, opener);
  });
  return card;
}

/**
 * The other articles with the same report, folded away.
 *
 * @param {import("./types.js").Copy[]} copies
 */
function furtherCopies(copies) {
  if (!copies.length) return null;
  const items = copies.map(({ title, published, source }) =>
    make("li", {}, title || "Untitled article", byline(published, source)),
  );
  const summary = make("summary", {}, `and ${copies.length} more with this report`);
  return make("details", { className: "copies" }, summary, make("ul", {}, ...items));
}

/**
 * @param {Citation[]} citations
 * @param {{isMarked: boolean}} how
 */
function quotation(citations, { isMarked }) {
  const { pieces, startsLate, endsEarly } = excerpt(citations);
  const [before, after] = [startsLate ? "…\u00a0" : null, endsEarly ? "\u00a0…" : null];
  const words = make("p", { dir: "auto" }, before, ...nodesOf(pieces, isMarked), after);
  return make("blockquote", {}, words);
}

/**
 * A button that shows the whole passage in place of the excerpt, and back; null where they are the same.
 *
 * @param {Citation[]} citations
 * @param {HTMLElement} quote
 */
function wholePassageButton(citations, quote) {
  const { startsLate, endsEarly } = excerpt(citations);
  if (!startsLate && !endsEarly) return null;
  const words = /** @type {HTMLElement} */ (quote.firstElementChild);
  const short = [...words.childNodes];
  const whole = nodesOf(wholePassage(citations), true);
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
 * @param {import("./text.js").Piece[]} pieces
 * @param {boolean} isMarked
 */
function nodesOf(pieces, isMarked) {
  return pieces.map(({ text, isQuote }) => (isQuote && isMarked ? make("mark", {}, text) : text));
}

/**
 * @param {string | null} published
 * @param {...(string | null | undefined)} names of the author, the source and the page
 */
export function byline(published, ...names) {
  const date = published ? make("time", {}, readableDate(published)) : null;
  const known = names.filter(Boolean).join(", ");
  return make("p", { className: "byline" }, date, date && known ? " · " : null, known || null);
}

/**
 * @param {string | null | undefined} url an article's own word, so not to be trusted
 * @returns {HTMLElement | null}
 */
export function originalLink(url) {
  if (!/^https?:\/\//i.test(url ?? "")) return null;
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Original article");
}
