/** The article behind a citation: beside the conversation on a wide screen, over it on a small one. */

import { getArticle } from "./api.js";
import { byline, originalLink } from "./citation.js";
import { byId, make } from "./dom.js";
import { Panel } from "./panel.js";
import { paragraphs } from "./paragraphs.js";
import { button, problemView } from "./problem.js";
import { isAbort } from "./request.js";
import { utf16Index } from "./text.js";

/** @import { Article, Citation } from "./types.js" */
/** @import { Problem } from "./request.js" */

export class SourcePanel {
  constructor() {
    this.text = byId("source-text");
    this.request = new AbortController();
    this.panel = new Panel(byId("source"), () => this.request.abort());
  }

  /**
   * @param {Citation} citation
   * @param {HTMLElement} opener gets the focus back
   */
  async open(citation, opener) {
    this.request.abort();
    this.request = new AbortController();
    this.#showHead(citation);
    this.text.replaceChildren(make("p", { className: "comment" }, "Opening…"));
    this.panel.open(opener);
    this.text.focus();
    try {
      const article = await getArticle(citation.article_id, this.request.signal);
      this.#showArticle(article, citation);
    } catch (error) {
      if (!isAbort(error)) this.#showProblem(/** @type {Problem} */ (error), citation, opener);
    }
  }

  close() {
    this.panel.close();
  }

  /** @param {Pick<Citation, "title" | "published" | "author" | "source" | "url">} known */
  #showHead({ title, published, author, source, url }) {
    byId("source-title").textContent = title || "Untitled article";
    const link = originalLink(url);
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
    const retry = button("Retry", () => this.open(citation, opener));
    this.text.replaceChildren(problemView(problem, retry));
  }
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
