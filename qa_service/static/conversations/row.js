/** One conversation in the list: the way to it, and what can be done with it. */

import { make } from "../dom.js";
import { asJson, fileName, save } from "./file.js";
import { asMarkdown } from "./markdown.js";
import { titleOf } from "./title.js";

/** @import { Kept, Store, Summary } from "./store.js" */

const LONGEST_TITLE = 200;

export class Row {
  /**
   * @param {Store} store
   * @param {Summary} summary
   * @param {object} actions
   * @param {(id: string) => void} actions.open
   * @param {() => void} actions.remove
   * @param {() => void} actions.onDone told when the row is as it was before
   */
  constructor(store, summary, { open, remove, onDone }) {
    this.store = store;
    this.summary = summary;
    this.title = titleOf(summary);
    this.onDone = onDone;
    this.link = this.#link(open);
    this.tools = this.#tools(remove);
    this.more = this.#more();
    this.element = make("li", { className: "kept-row" }, this.link, this.more, this.tools);
    this.element.dataset.id = summary.id;
  }

  /** @param {(id: string) => void} open */
  #link(open) {
    const { id } = this.summary;
    const link = make("a", { href: `/?c=${id}`, title: this.title, dir: "auto" }, this.title);
    link.dataset.id = id;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a tab or window of its own
      event.preventDefault();
      open(id);
    });
    return link;
  }

  #more() {
    const more = make("button", { type: "button", className: "round more-tools", "aria-expanded": "false" });
    more.setAttribute("aria-label", `More: ${this.title}`);
    more.textContent = "⋯";
    more.addEventListener("click", () => {
      this.tools.hidden = !this.tools.hidden;
      more.setAttribute("aria-expanded", String(!this.tools.hidden));
    });
    return more;
  }

  /** @param {() => void} remove */
  #tools(remove) {
    return make(
      "div",
      { className: "kept-tools", hidden: true },
      tool("Rename", () => this.#rename()),
      tool("Markdown", () => this.#export("md", "text/markdown", asMarkdown), "Export as Markdown"),
      tool("JSON", () => this.#export("json", "application/json", (kept) => asJson([kept])), "Export as JSON"),
      tool("Delete", remove),
    );
  }

  /**
   * @param {string} suffix
   * @param {string} type
   * @param {(kept: Kept) => string} written
   */
  async #export(suffix, type, written) {
    const kept = await this.store.get(this.summary.id);
    if (kept) save(fileName(this.title, suffix), written(kept), type);
  }

  #rename() {
    const input = /** @type {HTMLInputElement} */ (
      make("input", { value: this.title, maxLength: LONGEST_TITLE, "aria-label": "Name of the conversation" })
    );
    const form = make("form", { className: "renaming" }, input);
    let isDone = false; // to take the form away takes the focus from it, which would finish once more
    const finish = (/** @type {string} */ title) => {
      if (isDone) return;
      isDone = true;
      this.#finish(form, title);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      finish(input.value.trim());
    });
    input.addEventListener("blur", () => finish(input.value.trim()));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      finish(this.title);
    });
    this.element.replaceChildren(form);
    input.select();
  }

  /**
   * @param {HTMLElement} form
   * @param {string} title empty for the first question
   */
  async #finish(form, title) {
    const hadFocus = form.contains(document.activeElement);
    this.element.replaceChildren(this.link, this.more, this.tools);
    if (hadFocus) this.link.focus();
    if (title !== this.title) await this.store.rename(this.summary.id, title || null);
    this.onDone();
  }
}

/**
 * @param {string} words
 * @param {() => void} onclick
 * @param {string} [label]
 */
function tool(words, onclick, label = words) {
  return make("button", { type: "button", className: "quiet", "aria-label": label, onclick }, words);
}
