/**
 * Deleting with a way back. For some seconds an article is only marked, so that Undo has nothing to restore
 * and can't fail; then, or when the page is left, it is deleted.
 */

import { byId, make } from "../dom.js";
import { button, problemView } from "../problem.js";
import { deleteArticle } from "./api.js";
import { rowOf } from "./list.js";

/** @import { Summary } from "../types.js" */
/** @import { Problem } from "../request.js" */

const GRACE_MS = 10_000;

export class Deletions {
  /** @param {() => void} onDeleted */
  constructor(onDeleted) {
    this.onDeleted = onDeleted;
    /** @type {Map<string, {title: string, since: number, timer: number}>} */
    this.pending = new Map();
    addEventListener("pagehide", () => this.#finishAll());
  }

  /** @param {Pick<Summary, "id" | "title">} article */
  begin({ id, title }) {
    const name = title || "Untitled article";
    this.pending.set(id, { title: name, since: 0, timer: 0 });
    this.#arm(id);
    const row = rowOf(id) ?? addedRow(id);
    this.mark(row);
    row.querySelector("button")?.focus();
    announce(`${name} will be deleted. The button Undo keeps it.`);
  }

  /**
   * Shows a row as one that is about to go, if it is.
   *
   * @param {HTMLElement} row
   */
  mark(row) {
    const id = String(row.dataset.id);
    const pending = this.pending.get(id);
    if (!pending) return;
    const kept = [...row.childNodes];
    const undo = button("Undo", () => this.#undo(id, row, kept));
    row.classList.add("leaving");
    row.style.setProperty("--passed", `${pending.since - Date.now()}ms`);
    row.replaceChildren(make("p", {}, make("b", { dir: "auto" }, pending.title), " will be deleted."), undo);
  }

  /**
   * @param {string} id
   * @param {HTMLElement} row
   * @param {ChildNode[]} kept
   */
  #undo(id, row, kept) {
    const title = this.#forget(id);
    row.classList.remove("leaving");
    row.replaceChildren(...kept);
    if (kept.length) row.querySelector("button")?.focus();
    else leave(row);
    announce(`${title} is kept.`);
  }

  /** @param {string} id */
  #arm(id) {
    const pending = this.pending.get(id);
    if (!pending) return;
    pending.since = Date.now();
    pending.timer = window.setTimeout(() => this.#onTime(id), GRACE_MS);
  }

  /**
   * Whoever is on the Undo button with the keyboard has all the time they need.
   *
   * @param {string} id
   */
  #onTime(id) {
    if (rowOf(id)?.querySelector(":focus-visible")) this.#arm(id);
    else this.#finish(id);
  }

  /**
   * @param {string} id
   * @param {string} [title]
   */
  async #finish(id, title = this.#forget(id)) {
    rowOf(id)?.replaceChildren(make("p", {}, "Deleting ", make("b", { dir: "auto" }, title), "…"));
    try {
      await deleteArticle(id);
    } catch (error) {
      const problem = /** @type {Problem} */ (error);
      if (problem.status !== 404) return this.#showProblem(problem, id, title);
    }
    announce(`${title} is deleted.`);
    const row = rowOf(id);
    if (row) leave(row);
    this.onDeleted();
  }

  #finishAll() {
    for (const id of this.pending.keys()) this.#finish(id);
  }

  /** @param {string} id */
  #forget(id) {
    const pending = this.pending.get(id);
    clearTimeout(pending?.timer);
    this.pending.delete(id);
    return pending?.title ?? "";
  }

  /**
   * @param {Problem} problem
   * @param {string} id
   * @param {string} title
   */
  #showProblem(problem, id, title) {
    const told = { title: `${title} could not be deleted.`, detail: `${problem.title} ${problem.detail}` };
    const row = rowOf(id) ?? addedRow(id);
    row.classList.remove("leaving");
    const retry = button("Retry", () => this.#finish(id, title));
    row.replaceChildren(problemView(told, retry, button("Keep it", this.onDeleted)));
    announce(`${told.title} ${told.detail}`);
  }
}

/**
 * A row for an article that the list does not show now.
 *
 * @param {string} id
 */
function addedRow(id) {
  const row = make("li", { className: "row" });
  row.dataset.id = id;
  byId("list").prepend(row);
  return row;
}

/**
 * Takes a row away; focus that was in it goes to its neighbour.
 *
 * @param {HTMLElement} row
 */
function leave(row) {
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  const hadFocus = row.contains(document.activeElement);
  row.remove();
  if (hadFocus) (neighbour?.querySelector("button") ?? byId("add")).focus();
}

/** @param {string} words */
function announce(words) {
  byId("announcer").textContent = words;
}
