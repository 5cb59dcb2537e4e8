/** One article: its text, the passages that it was cut into, and its form. */

import { getArticle } from "../api.js";
import { byline, originalLink } from "../citation.js";
import { byId, make } from "../dom.js";
import { Panel } from "../panel.js";
import { paragraphs } from "../paragraphs.js";
import { button, problemView } from "../problem.js";
import { isAbort } from "../request.js";
import { changeArticle, getChunks } from "./api.js";
import { ARTICLE_FIELDS, Form } from "./form.js";
import { rowOf } from "./list.js";
import { passageView } from "./passages.js";

/** @import { Summary } from "../types.js" */
/** @import { StoredArticle } from "./api.js" */
/** @import { Problem } from "../request.js" */

export class ArticlePanel {
  /** @param {{remove: (article: Summary) => void, onChange: () => void}} actions */
  constructor({ remove, onChange }) {
    this.text = byId("article-text");
    this.tools = byId("article-tools");
    this.passages = byId("show-passages");
    this.request = new AbortController();
    this.panel = new Panel(byId("article"), () => this.#onClose());
    this.onChange = onChange;
    /** @type {StoredArticle | null} */
    this.article = null;
    /** @type {Map<string, Form>} forms that were left without saving, by the article's id */
    this.forms = new Map();
    byId("edit").addEventListener("click", () => this.#edit());
    byId("delete").addEventListener("click", () => this.#delete(remove));
    this.passages.addEventListener("click", () => this.#togglePassages());
  }

  /** Whether leaving the page now would lose something. */
  get hasUnsaved() {
    return [...this.forms.values()].some((form) => form.hasChanges);
  }

  /**
   * @param {string} id
   * @param {HTMLElement} opener gets the focus back
   * @param {Summary} [summary] what is known already
   */
  async open(id, opener, summary) {
    if (summary) this.#showHead(summary);
    else byId("article-title").textContent = "Article";
    this.tools.hidden = true;
    this.panel.open(opener);
    this.text.focus();
    await this.#load(async (signal) => {
      this.article = await getArticle(id, signal);
      this.#showText(this.article);
      if (this.forms.get(id)?.hasChanges) this.#edit();
    });
  }

  /**
   * Shows that something is on its way, then that, or what went wrong.
   *
   * @param {(signal: AbortSignal) => Promise<void>} show
   */
  async #load(show) {
    this.request.abort();
    this.request = new AbortController();
    this.text.replaceChildren(make("p", { className: "comment" }, "Opening…"));
    try {
      await show(this.request.signal);
    } catch (error) {
      if (isAbort(error)) return;
      const problem = /** @type {Problem} */ (error);
      this.text.replaceChildren(problemView(problem, button("Retry", () => this.#load(show))));
    }
  }

  /** @param {Summary} article */
  #showHead({ title, published, author, source, url }) {
    const link = originalLink(url);
    byId("article-title").textContent = title || "Untitled article";
    byId("article-about").replaceChildren(byline(published, author, source), ...(link ? [link] : []));
  }

  /** @param {StoredArticle} article */
  #showText(article) {
    this.#showHead(article);
    this.#setPassages(false);
    this.text.lang = article.language ?? "";
    this.text.replaceChildren(...detailsOf(article.fields), ...paragraphs(article.text));
    this.text.scrollTop = 0;
  }

  async #togglePassages() {
    const article = /** @type {StoredArticle} */ (this.article);
    if (this.passages.getAttribute("aria-pressed") === "true") {
      this.#showText(article);
      return;
    }
    this.#setPassages(true);
    await this.#load(async (signal) => {
      const chunks = await getChunks(article.id, signal);
      this.text.replaceChildren(passageView(chunks));
    });
  }

  /** @param {boolean} areShown */
  #setPassages(areShown) {
    this.tools.hidden = false;
    this.passages.setAttribute("aria-pressed", String(areShown));
  }

  #edit() {
    const article = /** @type {StoredArticle} */ (this.article);
    const form = this.forms.get(article.id) ?? this.#form(article);
    this.forms.set(article.id, form);
    this.tools.hidden = true;
    this.text.replaceChildren(form.element);
    this.text.scrollTop = 0;
    form.focus();
  }

  /** @param {StoredArticle} article */
  #form(article) {
    /** @type {Form} */
    const form = new Form(ARTICLE_FIELDS, {
      article,
      label: "Save",
      send: () => changeArticle(article.id, form.changes()),
      onSent: (changed) => this.#onSaved(/** @type {StoredArticle} */ (changed)),
      onCancel: () => this.#leaveForm(article),
    });
    return form;
  }

  /** @param {StoredArticle} changed */
  #onSaved(changed) {
    this.article = changed;
    this.#leaveForm(changed);
    byId("announcer").textContent = "Saved.";
    this.onChange();
  }

  /** @param {StoredArticle} article */
  #leaveForm(article) {
    this.forms.delete(article.id);
    this.#showText(article);
    byId("edit").focus();
  }

  /** The row that opened the panel may have been drawn anew since. */
  #onClose() {
    this.request.abort();
    if (!this.panel.opener || this.panel.opener.isConnected) return;
    this.panel.opener = rowOf(this.article?.id)?.querySelector("button") ?? byId("add");
  }

  /** @param {(article: Summary) => void} remove */
  #delete(remove) {
    const article = /** @type {StoredArticle} */ (this.article);
    this.forms.delete(article.id);
    this.panel.dismiss();
    remove(article);
  }
}

/**
 * Whatever else is said of an article; each value leads to the articles that have it.
 *
 * @param {Record<string, string>} fields
 */
function detailsOf(fields) {
  const pairs = Object.entries(fields).map(([name, value]) => {
    const href = `?${new URLSearchParams({ field: `${name}=${value}` })}`;
    const link = make("a", { href, dir: "auto" }, value);
    return make("div", {}, make("dt", { dir: "auto" }, name), make("dd", {}, link));
  });
  return pairs.length ? [make("dl", { className: "details" }, ...pairs)] : [];
}
