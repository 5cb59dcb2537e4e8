/** What the list shows: words, filters and order, kept in the address, so that a reload or a link shows the same. */

import { byId, make } from "../dom.js";
import { getFacets } from "./api.js";

const TYPING_PAUSE_MS = 250;

export class Query {
  /** @param {() => void} onChange */
  constructor(onChange) {
    /** @type {HTMLFormElement} */
    this.form = byId("query");
    this.toggle = byId("show-filters");
    this.filters = byId("filters");
    this.onChange = onChange;
    this.typing = 0;
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.form.addEventListener("input", (event) => this.#onInput(event));
    this.toggle.addEventListener("click", () => this.#setShown(this.filters.hidden));
    byId("clear-filters").addEventListener("click", () => this.#clearFilters());
  }

  /** @returns {URLSearchParams} what is asked for, without what is left empty */
  get params() {
    const given = [...new FormData(this.form)].filter(([, value]) => String(value).trim());
    return new URLSearchParams(/** @type {[string, string][]} */ (given));
  }

  /** Whether anything is left out of the list on purpose. */
  get isNarrowed() {
    return [...this.params.keys()].some((name) => name !== "sort");
  }

  /** Takes what the address says, once the values to choose from are known. */
  async start() {
    await this.refreshFacets();
    this.#restore();
    this.#setShown(this.#countFilters() > 0);
  }

  show() {
    this.form.hidden = false;
  }

  /** Offers the values that articles have now; what is chosen stays chosen. */
  async refreshFacets() {
    const facets = await getFacets().catch(() => null); // the list says what is wrong with the service
    if (!facets) return;
    for (const select of this.#selects()) {
      const values = facets[/** @type {keyof typeof facets} */ (select.dataset.facet)];
      const chosen = select.value;
      select.replaceChildren(make("option", { value: "" }, "Any"), ...values.map(option));
      choose(select, chosen);
      /** @type {HTMLElement} */ (select.parentElement).hidden = values.length === 0 && !chosen;
    }
  }

  clear() {
    this.form.reset();
    this.#changed();
    byId("search").focus();
  }

  #restore() {
    const params = new URLSearchParams(location.search);
    for (const field of this.#fields()) {
      const value = params.get(field.name) ?? "";
      if (field instanceof HTMLSelectElement) choose(field, value);
      else field.value = value;
    }
    this.#showCount();
  }

  #clearFilters() {
    for (const field of this.#fields()) if (this.filters.contains(field)) field.value = "";
    this.#changed();
    this.toggle.focus();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    this.#changed();
  }

  /** @param {Event} event */
  #onInput(event) {
    clearTimeout(this.typing);
    const isTyped = event.target === byId("search");
    this.typing = window.setTimeout(() => this.#changed(), isTyped ? TYPING_PAUSE_MS : 0);
  }

  #changed() {
    clearTimeout(this.typing);
    const query = this.params.toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
    this.#showCount();
    this.onChange();
  }

  #showCount() {
    const count = this.#countFilters();
    this.toggle.textContent = count ? `Filter (${count})` : "Filter";
    byId("clear-filters").hidden = count === 0;
  }

  #countFilters() {
    return this.#fields().filter((field) => this.filters.contains(field) && field.value).length;
  }

  /** @param {boolean} isShown */
  #setShown(isShown) {
    this.filters.hidden = !isShown;
    this.toggle.setAttribute("aria-expanded", String(isShown));
  }

  /** @returns {(HTMLInputElement | HTMLSelectElement)[]} */
  #fields() {
    return [...this.form.querySelectorAll("input, select")];
  }

  /** @returns {HTMLSelectElement[]} */
  #selects() {
    return [...this.form.querySelectorAll("select[data-facet]")];
  }
}

/** @param {{value: string, articles: number}} facet */
function option({ value, articles }) {
  return make("option", { value }, `${value} (${articles})`);
}

/**
 * Chooses a value. One that articles no longer have is still offered, since a link may name it; an order is not.
 *
 * @param {HTMLSelectElement} select
 * @param {string} value
 */
function choose(select, value) {
  select.value = value;
  if (select.value === value) return;
  if (select.dataset.facet) select.append(make("option", { value, selected: true }, value));
  else select.selectedIndex = 0;
}
