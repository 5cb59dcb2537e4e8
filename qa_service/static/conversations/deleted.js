/** Conversations that were just deleted. For some seconds their rows stay, with a button that puts them back. */

import { byId, make } from "../dom.js";
import { titleOf } from "./title.js";

/** @import { Kept, Store, Summary } from "./store.js" */

const GRACE_MS = 10_000;

export class Deleted {
  /**
   * @param {Store} store
   * @param {object} told
   * @param {(id: string) => void} told.onDeleted
   * @param {(id: string) => void} told.onRestored
   * @param {() => Promise<void>} told.onEnd draws the list anew
   */
  constructor(store, { onDeleted, onRestored, onEnd }) {
    this.store = store;
    this.onDeleted = onDeleted;
    this.onRestored = onRestored;
    this.onEnd = onEnd;
    /** @type {Map<string, {summary: Summary, kept: Kept, row: HTMLElement}>} */
    this.rows = new Map();
  }

  /** Those whose rows are still there. */
  summaries() {
    return Array.from(this.rows.values(), ({ summary }) => summary);
  }

  /** @param {string} id */
  row(id) {
    return this.rows.get(id)?.row;
  }

  /** @param {Summary} summary */
  async begin(summary) {
    const { id } = summary;
    const kept = await this.store.delete(id);
    if (!kept) return;
    const undo = make("button", { type: "button", className: "quiet", onclick: () => this.#undo(id) }, "Undo");
    const row = make("li", { className: "kept-row kept-deleted" }, make("span", {}, "Deleted"), undo);
    row.dataset.id = id;
    this.rows.set(id, { summary, kept, row });
    this.onDeleted(id);
    await this.onEnd();
    undo.focus();
    byId("announcer").textContent = `${titleOf(summary)} is deleted. The button Undo puts it back.`;
    this.#arm(id);
  }

  /** @param {string} id */
  #arm(id) {
    setTimeout(() => this.#onTime(id), GRACE_MS);
  }

  /**
   * Whoever is on the Undo button with the keyboard has all the time they need.
   *
   * @param {string} id
   */
  #onTime(id) {
    if (this.row(id)?.querySelector(":focus-visible")) this.#arm(id);
    else if (this.rows.delete(id)) this.onEnd();
  }

  /** @param {string} id */
  async #undo(id) {
    const deleted = this.rows.get(id);
    if (!deleted) return;
    await this.store.merge([deleted.kept]);
    this.rows.delete(id);
    this.onEnd();
    this.onRestored(id);
    byId("announcer").textContent = `${titleOf(deleted.summary)} is back.`;
  }
}
