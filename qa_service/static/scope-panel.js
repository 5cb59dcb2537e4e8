/** The panel of filters and settings, and the chips that say beside the question box what is set. */

import { getFacets } from "./articles/api.js";
import { byId, make } from "./dom.js";
import { Panel } from "./panel.js";
import { Scope } from "./scope.js";

/** @import { Facet } from "./types.js" */

export class ScopePanel {
  constructor() {
    this.scope = new Scope(() => this.#showChips());
    /** @type {HTMLFormElement} */
    this.form = byId("scope-form");
    this.panel = new Panel(byId("scope"));
    byId("open-scope").addEventListener("click", () => this.open());
    this.form.addEventListener("input", () => this.#read());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    byId("clear-scope").addEventListener("click", () => this.#clear());
    this.#showChips();
  }

  async open() {
    this.panel.open(byId("open-scope"));
    byId("scope-title").focus();
    this.#fill();
    const facets = await getFacets().catch(() => null); // the question will say what is wrong with the service
    if (!facets) return;
    for (const select of this.form.querySelectorAll("select")) {
      this.#offer(select, facets[/** @type {keyof typeof facets} */ (select.dataset.facet)]);
    }
    this.#offerTags(facets.tags);
    this.#fill();
  }

  /**
   * @param {HTMLSelectElement} select
   * @param {Facet[]} values
   */
  #offer(select, values) {
    const options = values.map(({ value, articles }) => make("option", { value }, `${value} (${articles})`));
    select.replaceChildren(make("option", { value: "" }, "Any"), ...options);
  }

  /** @param {Facet[]} values */
  #offerTags(values) {
    const boxes = values.map(({ value, articles }) =>
      make("label", {}, make("input", { type: "checkbox", name: "tags", value }), `${value} (${articles})`),
    );
    byId("scope-tags").replaceChildren(...boxes);
    byId("scope-tags-set").hidden = !boxes.length;
  }

  /** Shows in the form what is set, also what no article has any more. */
  #fill() {
    const { filters, topK, isExtractive } = this.scope;
    for (const field of this.form.querySelectorAll("select, input")) {
      const { name, type, value } = /** @type {HTMLInputElement} */ (field);
      if (name === "is_extractive") /** @type {HTMLInputElement} */ (field).checked = isExtractive;
      else if (type === "checkbox") /** @type {HTMLInputElement} */ (field).checked = !!filters.tags?.includes(value);
      else if (name === "top_k") /** @type {HTMLInputElement} */ (field).value = topK ? String(topK) : "";
      else this.#setValue(/** @type {HTMLInputElement} */ (field), filters[/** @type {"source"} */ (name)] ?? "");
    }
  }

  /**
   * @param {HTMLInputElement | HTMLSelectElement} field
   * @param {string} value
   */
  #setValue(field, value) {
    field.value = value;
    if (value && field.value !== value && field instanceof HTMLSelectElement) {
      field.append(make("option", { value, selected: true }, value));
    }
  }

  #read() {
    const data = new FormData(this.form);
    const { top_k: topK, is_extractive: isExtractive, ...filters } = Object.fromEntries(data);
    const isWrong = !this.form.checkValidity();
    byId("scope-problem").textContent = isWrong ? "Give a number of passages from 1 to 100." : "";
    const tags = data.getAll("tags").map(String);
    if (!isWrong) this.scope.set({ ...filters, tags }, topK ? Number(topK) : null, isExtractive !== undefined);
  }

  #clear() {
    this.scope.set({}, null, false);
    this.form.reset();
    this.#fill();
    byId("scope-problem").textContent = "";
  }

  #showChips() {
    const chips = this.scope.chips().map(({ words, remove }) => {
      const onclick = () => {
        remove();
        this.#fill();
        this.#focusAfterRemoval();
      };
      const name = `Remove: ${words}`;
      const cross = make("span", { className: "cross", "aria-hidden": "true" }, "×");
      return make("li", {}, make("button", { type: "button", "aria-label": name, onclick }, make("span", {}, words), cross));
    });
    byId("chips").replaceChildren(...chips);
    byId("in-force").hidden = !chips.length;
    byId("open-scope").classList.toggle("is-set", chips.length > 0);
  }

  /** The button that had the focus is gone. */
  #focusAfterRemoval() {
    const next = byId("chips").querySelector("button") ?? byId("open-scope");
    next.focus();
  }
}
