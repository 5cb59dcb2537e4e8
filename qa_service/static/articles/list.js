/** The list of articles: its rows, its pages, and what stands there while there are none. */

import { byline } from "../citation.js";
import { byId, make } from "../dom.js";
import { button, problemView } from "../problem.js";
import { isAbort } from "../request.js";
import { listArticles } from "./api.js";

/** @import { Summary } from "../types.js" */
/** @import { Problem } from "../request.js" */
/** @import { Deletions } from "./deletions.js" */
/** @import { Query } from "./query.js" */

const PAGE = 50;
const MOST = 200;

/** @typedef {(article: Summary, opener: HTMLElement) => void} OpenArticle */

export class ArticleList {
  /**
   * @param {Query} query
   * @param {Deletions} deletions
   * @param {object} actions
   * @param {OpenArticle} actions.open
   * @param {(article: Summary) => void} actions.remove
   * @param {() => void} actions.add
   * @param {() => void} actions.retry
   */
  constructor(query, deletions, actions) {
    this.query = query;
    this.deletions = deletions;
    this.actions = actions;
    this.element = byId("list");
    this.state = byId("state");
    this.more = byId("more");
    this.shown = 0;
    this.request = new AbortController();
    this.more.addEventListener("click", () => this.#append());
  }

  /** Shows the first page of what is asked for now, and says how many there are. */
  async load() {
    if (await this.#show(PAGE)) byId("announcer").textContent = byId("total").textContent || "No articles.";
  }

  /** Looks again, and keeps as many rows as there are. */
  async refresh() {
    await this.#show(Math.min(Math.max(this.shown, PAGE), MOST));
  }

  /** @param {number} limit */
  async #show(limit) {
    const page = await this.#fetch(limit, 0);
    if (!page) return false;
    const giveFocusBack = keptFocus();
    this.element.replaceChildren(...page.articles.map((article) => this.#row(article)));
    this.#showState(page.total, page.articles.length);
    giveFocusBack();
    return true;
  }

  async #append() {
    const page = await this.#fetch(PAGE, this.shown);
    if (!page) return;
    const rows = page.articles.map((article) => this.#row(article));
    this.element.append(...rows);
    this.#showState(page.total, this.shown + rows.length);
    /** @type {HTMLElement | null} */ (rows[0]?.querySelector(".open"))?.focus();
  }

  /**
   * @param {number} limit
   * @param {number} offset
   */
  async #fetch(limit, offset) {
    this.request.abort();
    this.request = new AbortController();
    const params = this.query.params;
    params.set("limit", String(limit));
    params.set("offset", String(offset));
    if (!this.shown) this.state.replaceChildren(make("p", { className: "comment" }, "Loading the articles…"));
    try {
      return await listArticles(params, this.request.signal);
    } catch (error) {
      if (!isAbort(error)) this.#showProblem(/** @type {Problem} */ (error));
      return null;
    }
  }

  /**
   * @param {number} total
   * @param {number} shown
   */
  #showState(total, shown) {
    this.shown = shown;
    this.more.hidden = shown >= total;
    byId("total").textContent = totalOf(total, this.query.isNarrowed);
    if (total || this.query.isNarrowed) this.query.show();
    this.state.replaceChildren(...(total ? [] : [this.query.isNarrowed ? this.#nothingFound() : this.#empty()]));
  }

  /** @param {Problem} problem */
  #showProblem(problem) {
    this.element.replaceChildren();
    this.shown = 0;
    this.more.hidden = true;
    byId("total").textContent = "";
    this.state.replaceChildren(problemView(problem, button("Retry", this.actions.retry)));
    byId("announcer").textContent = `${problem.title} ${problem.detail}`;
  }

  #nothingFound() {
    const advice = { title: "Nothing found", detail: "No article has all of these words and passes these filters." };
    return problemView(advice, button("Show all articles", () => this.query.clear()));
  }

  #empty() {
    const words = "Add files, an address or a text, then ask about them. You can drop files anywhere on this page.";
    return make(
      "section",
      { className: "intro" },
      make("h2", {}, "No articles yet"),
      make("p", {}, words),
      button("Add articles", this.actions.add),
    );
  }

  /** @param {Summary} article */
  #row(article) {
    const row = make("li", { className: "row" });
    const title = article.title || "Untitled article";
    const open = make(
      "button",
      { type: "button", className: "link open", "aria-haspopup": "dialog" },
      make("span", { dir: "auto" }, title),
    );
    open.addEventListener("click", () => this.actions.open(article, open));
    const remove = make(
      "button",
      { type: "button", className: "quiet", "aria-label": `Delete ${title}`, onclick: () => this.actions.remove(article) },
      "Delete",
    );
    const tags = article.tags.map((tag) => make("li", {}, tag));
    const about = make(
      "div",
      { className: "row-about" },
      open,
      byline(article.published, article.author, article.source),
      tags.length ? make("ul", { className: "tags", "aria-label": "Tags" }, ...tags) : null,
    );
    row.dataset.id = article.id;
    row.append(about, remove);
    this.deletions.mark(row);
    return row;
  }
}

/** Remembers which button of which row has the focus, and gives it to the same one when rows are drawn anew. */
function keptFocus() {
  const focused = document.activeElement;
  const row = /** @type {HTMLElement | null | undefined} */ (focused?.closest(".row"));
  if (!row) return () => {};
  const place = [...row.querySelectorAll("button")].findIndex((button) => button === focused);
  return () => rowOf(row.dataset.id)?.querySelectorAll("button")[place]?.focus();
}

/**
 * @param {string | undefined} id
 * @returns {HTMLElement | undefined}
 */
export function rowOf(id) {
  /** @type {HTMLElement[]} */
  const rows = [...byId("list").children];
  return rows.find((row) => row.dataset.id === id);
}

/**
 * @param {number} total
 * @param {boolean} isNarrowed
 */
function totalOf(total, isNarrowed) {
  if (!total) return "";
  const number = total.toLocaleString(document.documentElement.lang);
  const articles = total === 1 ? "1 article" : `${number} articles`;
  return isNarrowed ? `${articles} found` : articles;
}
