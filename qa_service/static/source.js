/** The article behind a citation: beside the conversation on a wide screen, over it on a small one. */

import { getArticle, isAbort } from "./api.js";
import { byline } from "./citation.js";
import { byId, make } from "./dom.js";
import { partsOf, unwrapped, utf16Index } from "./text.js";

/** @import { Article, Citation } from "./types.js" */
/** @import { Problem } from "./api.js" */

const WIDE = matchMedia("(min-width: 70rem)");

export class SourcePanel {
  constructor() {
    /** @type {HTMLDialogElement} */
    this.dialog = byId("source");
    this.text = byId("source-text");
    /** @type {HTMLElement | null} */
    this.opener = null;
    this.request = new AbortController();
    byId("source-close").addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => this.#onKey(event));
    this.dialog.addEventListener("click", (event) => this.#onClick(event));
    this.dialog.addEventListener("close", () => this.#onClose());
    WIDE.addEventListener("change", () => this.dialog.open && this.#place());
  }

  /**
   * @param {Citation} citation
   * @param {HTMLElement} opener gets the focus back
   */
  async open(citation, opener) {
    this.request.abort();
    this.request = new AbortController();
    this.opener = opener;
    this.#showHead(citation);
    this.text.replaceChildren(make("p", { className: "comment" }, "Opening…"));
    this.#place();
    this.text.focus();
    try {
      const article = await getArticle(citation.article_id, this.request.signal);
      this.#showArticle(article, citation);
    } catch (error) {
      if (!isAbort(error)) this.#showProblem(/** @type {Problem} */ (error), citation, opener);
    }
  }

  close() {
    this.dialog.close();
  }

  /** Puts the panel beside or over the conversation, whichever the window has room for. */
  #place() {
    if (this.dialog.open) this.dialog.close();
    if (WIDE.matches) this.dialog.show();
    else this.dialog.showModal();
    document.body.classList.toggle("has-panel", WIDE.matches);
  }

  /** @param {Pick<Citation, "title" | "published" | "author" | "source" | "url">} known */
  #showHead({ title, published, author, source, url }) {
    byId("source-title").textContent = title || "Untitled article";
    const link = isWebAddress(url)
      ? make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, "Original article")
      : null;
    byId("source-about").replaceChildren(byline(published, author, source), ...(link ? [link] : []));
  }

  /**
   * @param {Article} article
   * @param {Citation} citation
   */
  #showArticle(article, citation) {
    this.#showHead(article);
    this.text.lang = article.language ?? "";
    const place = placeOf(article.text, citation);
    const note = place.isGone
      ? make("p", { className: "note" }, "This article has changed since it was quoted; the quote is no longer in it.")
      : null;
    this.text.replaceChildren(...(note ? [note] : []), ...paragraphs(article.text, place));
    this.#showPassage();
  }

  /** The quote takes the focus, so that arrow keys and screen readers go on from it. */
  #showPassage() {
    const mark = this.text.querySelector("mark");
    if (!mark) return;
    mark.tabIndex = -1;
    mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
  }

  /**
   * @param {Problem} problem
   * @param {Citation} citation
   * @param {HTMLElement} opener
   */
  #showProblem(problem, citation, opener) {
    const retry = make(
      "button",
      { type: "button", className: "button", onclick: () => this.open(citation, opener) },
      "Retry",
    );
    this.text.replaceChildren(
      make("div", { className: "problem" }, make("h3", {}, problem.title), make("p", {}, problem.detail), retry),
    );
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key === "Escape" && this.dialog.open) this.close();
  }

  /**
   * A click beside the text of the covering panel hits the dialog itself.
   *
   * @param {Event} event
   */
  #onClick(event) {
    if (event.target === this.dialog) this.close();
  }

  #onClose() {
    if (this.dialog.open) return; // it only changed its place
    this.request.abort();
    document.body.classList.remove("has-panel");
    this.opener?.focus();
  }
}

/** @param {string | null | undefined} url an article's own word, so not to be trusted */
function isWebAddress(url) {
  return /^https?:\/\//i.test(url ?? "");
}

/**
 * Where the quote stands in the article as it is now.
 *
 * @param {string} text
 * @param {Citation} citation
 */
function placeOf(text, { start, end, quote }) {
  const from = utf16Index(text, start);
  const to = utf16Index(text, end);
  if (text.slice(from, to) === quote) return { from, to, isGone: false };
  const found = text.indexOf(quote);
  return found < 0 ? { from: 0, to: 0, isGone: true } : { from: found, to: found + quote.length, isGone: false };
}

/**
 * The article's paragraphs, with what lies between two places marked.
 *
 * @param {string} text
 * @param {{from: number, to: number}} place
 */
function paragraphs(text, { from, to }) {
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
