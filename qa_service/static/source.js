/** The article behind an answer, with all that the answer cites of it marked. */

import { getArticle } from "./api.js";
import { byline, originalLink } from "./citation.js";
import { byId, make } from "./dom.js";
import { Panel } from "./panel.js";
import { paragraphs } from "./paragraphs.js";
import { found, placeOf } from "./places.js";
import { button, problemView } from "./problem.js";
import { isAbort } from "./request.js";
import { wholePassage } from "./text.js";

/** @import { Article, Citation } from "./types.js" */
/** @import { Problem } from "./request.js" */

const GONE = { title: "It is no longer there.", detail: "The article was deleted since it was quoted." };
const WORDS_LEFT = "This article has changed since it was quoted; the quoted words still stand in it.";
const WORDS_GONE = "This article has changed since it was quoted; some of the quoted words are no longer in it.";

export class SourcePanel {
  constructor() {
    this.text = byId("source-text");
    this.note = byId("source-note");
    this.steps = byId("source-steps");
    this.request = new AbortController();
    this.panel = new Panel(byId("source-dialog"), () => this.request.abort(), byId("source"));
    this.count = 0;
    this.current = 0;
    byId("source-previous").addEventListener("click", () => this.#step(-1));
    byId("source-next").addEventListener("click", () => this.#step(1));
    byId("source-content").addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#onKey(event));
  }

  /**
   * @param {Citation} citation
   * @param {Citation[]} all that its answer cites
   * @param {HTMLElement} opener gets the focus back
   */
  async open(citation, all, opener) {
    this.request.abort();
    this.request = new AbortController();
    this.#showHead(citation);
    this.#say("");
    this.#setCount(0);
    this.text.replaceChildren(make("p", { className: "comment" }, "Opening…"));
    this.panel.open(opener);
    this.text.focus();
    try {
      const article = await getArticle(citation.article_id, this.request.signal);
      this.#showArticle(article, citation, all);
    } catch (error) {
      if (isAbort(error)) return;
      this.#showProblem(/** @type {Problem} */ (error), citation, () => this.open(citation, all, opener));
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
   * @param {Citation[]} all
   */
  #showArticle(article, citation, all) {
    this.#showHead(article);
    this.text.lang = article.language ?? "";
    const ofArticle = all.filter(({ article_id }) => article_id === citation.article_id);
    const { places, gone, hasChanged } = found(article, ofArticle);
    if (hasChanged) this.#say(gone.length ? WORDS_GONE : WORDS_LEFT);
    this.text.replaceChildren(...asQuoted(gone), ...paragraphs(article.text, places));
    this.#setCount(places.length);
    const at = placeOf(article.text, citation)?.from ?? 0;
    const wanted = places.findLastIndex(({ from }) => from <= at);
    if (places.length) this.#show(Math.max(0, wanted), true);
  }

  /** @param {string} note */
  #say(note) {
    this.note.textContent = note;
  }

  /** @param {number} count how many places there are to step through */
  #setCount(count) {
    this.count = count;
    this.steps.hidden = count < 2;
    byId("source-place").textContent = "";
  }

  /** @param {1 | -1} by */
  #step(by) {
    const isOnButton = this.steps.contains(document.activeElement);
    this.#show((this.current + by + this.count) % this.count, !isOnButton);
  }

  /**
   * @param {number} number of the place
   * @param {boolean} hasFocus whether it takes the focus, so that keys and screen readers go on from it
   */
  #show(number, hasFocus) {
    this.current = number;
    for (const mark of this.text.querySelectorAll("mark")) {
      if (mark.dataset.place === String(number)) mark.setAttribute("aria-current", "true");
      else mark.removeAttribute("aria-current");
    }
    const mark = this.text.querySelector("mark[aria-current]");
    mark.tabIndex = -1;
    if (hasFocus) mark.focus({ preventScroll: true });
    mark.scrollIntoView({ block: "center" });
    byId("source-place").textContent = this.count > 1 ? `Passage ${number + 1} of ${this.count}` : "";
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!by || !isPlain || this.count < 2) return;
    event.preventDefault();
    this.#step(/** @type {1 | -1} */ (by));
  }

  /**
   * @param {Problem} problem
   * @param {Citation} citation
   * @param {() => void} retry
   */
  #showProblem(problem, citation, retry) {
    const isGone = problem.status === 404;
    const told = problemView(isGone ? GONE : problem, button("Retry", retry));
    this.text.replaceChildren(told, ...(isGone ? asQuoted([citation]) : []));
  }
}

/**
 * The passages as they were when they were quoted.
 *
 * @param {Citation[]} citations
 */
function asQuoted(citations) {
  const passages = Map.groupBy(citations, ({ passage }) => passage);
  return Array.from(passages.values(), (same) => {
    const sorted = same.toSorted((one, other) => one.start - other.start);
    const words = wholePassage(sorted).map(({ text, isQuote }) => (isQuote ? make("b", {}, text) : text));
    return make(
      "figure",
      { className: "as-quoted" },
      make("figcaption", {}, "As it was quoted"),
      make("blockquote", { dir: "auto" }, ...words),
    );
  });
}
