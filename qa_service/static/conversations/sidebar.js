/** The list of conversations: beside the page where there is room, a drawer on a small screen. */

import { byId } from "../dom.js";
import { Deleted } from "./deleted.js";
import { asJson, save } from "./file.js";
import { Importer } from "./importer.js";
import { Row } from "./row.js";
import { titleOf } from "./title.js";

/** @import { Store, Summary } from "./store.js" */

const WIDE = matchMedia("(min-width: 60rem)");
const CLOSED = "sidebar-closed";

export class Sidebar {
  /**
   * @param {Store} store
   * @param {object} actions
   * @param {(id: string) => void} actions.open
   * @param {(id: string) => void} actions.onDeleted
   * @param {(id: string) => void} actions.onRestored
   */
  constructor(store, { open, onDeleted, onRestored }) {
    this.store = store;
    this.open = open;
    this.nav = byId("sidebar");
    this.toggle = byId("toggle-sidebar");
    this.search = byId("search-conversations");
    this.list = byId("kept");
    /** @type {string | null} the id of the open one */
    this.current = null;
    /** @type {Map<string, Row>} by the id of the conversation */
    this.rows = new Map();
    this.deleted = new Deleted(store, { onDeleted, onRestored, onEnd: () => this.refresh() });
    new Importer(store);
    this.#listen();
    this.#showToggle();
    this.refresh();
  }

  /** @param {string | null} id of the open conversation */
  setCurrent(id) {
    this.current = id;
    for (const link of this.list.querySelectorAll("a")) mark(link, link.dataset.id === id);
  }

  /** Closes the drawer. */
  close() {
    if (this.nav.matches(":popover-open")) this.nav.hidePopover();
  }

  /** Draws the list anew, but for a row that somebody is at work on. */
  async refresh() {
    if (this.list.querySelector(".renaming")) return;
    let kept;
    try {
      kept = await this.store.list();
    } catch {
      kept = []; // which is told where a turn can't be kept
    }
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    const place = focused?.closest("li")?.dataset.id;
    this.#show([...kept, ...this.deleted.summaries()].sort((one, other) => other.changed.localeCompare(one.changed)));
    if (place) (this.list.querySelector(`li[data-id="${place}"] :is(a, button)`) ?? this.search).focus();
  }

  /** @param {Summary[]} all */
  #show(all) {
    const words = folded(this.search.value).split(/\s+/).filter(Boolean);
    const found = all.filter(({ title, words: said }) => {
      const text = folded(`${title ?? ""}\n${said}`);
      return words.every((word) => text.includes(word));
    });
    this.list.replaceChildren(...found.map((summary) => this.#row(summary)));
    byId("export-all").hidden = !all.length;
    this.search.hidden = !all.length;
    byId("kept-none").textContent = found.length ? "" : all.length ? "Nothing found." : "What you ask is kept here.";
  }

  /** @param {Summary} summary */
  #row(summary) {
    const row = this.deleted.row(summary.id) ?? this.#keptRow(summary).element;
    const link = row.querySelector("a");
    if (link) mark(link, summary.id === this.current);
    return row;
  }

  /**
   * The row of before where it says the same, with whatever is unfolded in it.
   *
   * @param {Summary} summary
   */
  #keptRow(summary) {
    const before = this.rows.get(summary.id);
    if (before?.title === titleOf(summary)) return before;
    const open = (/** @type {string} */ id) => {
      this.close();
      this.open(id);
    };
    const remove = () => this.deleted.begin(summary);
    const row = new Row(this.store, summary, { open, remove, onDone: () => this.refresh() });
    this.rows.set(summary.id, row);
    return row;
  }

  #listen() {
    this.store.onChange(() => this.refresh());
    this.search.addEventListener("input", () => this.refresh());
    this.search.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#onSearchKey(event));
    this.toggle.addEventListener("click", () => this.#toggle());
    this.nav.addEventListener("toggle", () => this.#showToggle());
    WIDE.addEventListener("change", () => {
      this.close();
      this.#showToggle();
    });
    byId("export-all").addEventListener("click", async () => {
      save("conversations.json", asJson(await this.store.all()), "application/json");
    });
  }

  /** @param {KeyboardEvent} event */
  #onSearchKey(event) {
    if (event.key !== "Escape" || !this.search.value) return;
    event.preventDefault(); // which would close the drawer or the source
    this.search.value = "";
    this.refresh();
  }

  #toggle() {
    if (WIDE.matches) remember(document.documentElement.classList.toggle(CLOSED));
    else this.nav.togglePopover();
    this.#showToggle();
  }

  #showToggle() {
    const isShown = WIDE.matches
      ? !document.documentElement.classList.contains(CLOSED)
      : this.nav.matches(":popover-open");
    this.toggle.setAttribute("aria-expanded", String(isShown));
  }
}

/** Closes the sidebar before it is first drawn, where it was closed the last time. */
export function recall() {
  try {
    if (localStorage.getItem(CLOSED)) document.documentElement.classList.add(CLOSED);
  } catch {
    // Storage may be forbidden; then it begins open.
  }
}

/** @param {boolean} isClosed */
function remember(isClosed) {
  try {
    if (isClosed) localStorage.setItem(CLOSED, "1");
    else localStorage.removeItem(CLOSED);
  } catch {
    // Storage may be forbidden; then it begins open the next time.
  }
}

/**
 * @param {HTMLElement} link
 * @param {boolean} isCurrent
 */
function mark(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

/**
 * Letters without their accents and case.
 *
 * @param {string} text
 */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
