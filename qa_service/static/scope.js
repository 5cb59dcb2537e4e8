/** What the next question is put to: which articles may answer, how many passages are read, and who answers. */

import { readableDate } from "./text.js";

/**
 * @typedef {object} Filters
 * @property {string} [published_after]
 * @property {string} [published_before]
 * @property {string} [source]
 * @property {string} [author]
 * @property {string} [language]
 * @property {string[]} [tags]
 *
 * @typedef {object} Chip one thing that is set, and how it is taken back
 * @property {string} words
 * @property {() => void} remove
 */

const KEY = "scope";
const MOST_PASSAGES = 100;

export class Scope {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.onChange = onChange;
    /** @type {Filters} */
    this.filters = {};
    /** @type {number | null} null for as many as the service thinks right */
    this.topK = null;
    this.isExtractive = false;
    this.#recall();
  }

  /** @returns {import("./turn.js").How} */
  how() {
    return {
      ...(Object.keys(this.filters).length ? { filters: this.filters } : {}),
      ...(this.topK ? { topK: this.topK } : {}),
      ...(this.isExtractive ? { mode: "extractive" } : {}),
    };
  }

  /**
   * @param {Filters} filters
   * @param {number | null} [topK]
   * @param {boolean} [isExtractive] whether a language model is left out
   */
  set(filters, topK = this.topK, isExtractive = this.isExtractive) {
    this.filters = tidy(filters);
    this.topK = isCount(topK) ? topK : null;
    this.isExtractive = isExtractive;
    try {
      localStorage.setItem(KEY, JSON.stringify({ filters: this.filters, topK: this.topK, isExtractive }));
    } catch {
      // Storage may be full or forbidden; what is set then holds as long as the page.
    }
    this.onChange();
  }

  /** @returns {Chip[]} */
  chips() {
    const chips = partsOf(this.filters).map(({ words, rest }) => ({ words, remove: () => this.set(rest) }));
    const count = this.topK === 1 ? "1 passage" : `${this.topK} passages`;
    if (this.topK) chips.push({ words: count, remove: () => this.set(this.filters, null) });
    const removeMode = () => this.set(this.filters, this.topK, false);
    if (this.isExtractive) chips.push({ words: "Without the language model", remove: removeMode });
    return chips;
  }

  #recall() {
    try {
      const { filters, topK, isExtractive } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
      this.filters = tidy(filters ?? {});
      this.topK = isCount(topK) ? topK : null;
      this.isExtractive = isExtractive === true && document.getElementById("is-extractive") !== null;
    } catch {
      // Nothing is kept, or not by this page.
    }
  }
}

/**
 * The filters in words.
 *
 * @param {Filters} filters
 */
export function inWords(filters) {
  return partsOf(filters).map(({ words }) => words).join(", ");
}

/**
 * Each filter in words, with what is left without it.
 *
 * @param {Filters} filters
 * @returns {{words: string, rest: Filters}[]}
 */
function partsOf({ tags = [], ...single }) {
  /** @type {[keyof typeof single, (value: string) => string][]} */
  const names = [
    ["published_after", (date) => `From ${readableDate(date)}`],
    ["published_before", (date) => `Until ${readableDate(date)}`],
    ["source", (name) => name],
    ["author", (name) => `By ${name}`],
    ["language", (code) => `Language ${code}`],
  ];
  const parts = names.flatMap(([name, words]) => {
    const { [name]: value, ...rest } = single;
    return value ? [{ words: words(value), rest: { ...rest, tags } }] : [];
  });
  const tagged = tags.map((tag) => ({ words: `#${tag}`, rest: { ...single, tags: tags.filter((other) => other !== tag) } }));
  return [...parts, ...tagged];
}

/**
 * Only filters that the service knows, and none that are empty.
 *
 * @param {any} filters
 * @returns {Filters}
 */
function tidy(filters) {
  const names = ["published_after", "published_before", "source", "author", "language"];
  const single = names.filter((name) => filters[name] && typeof filters[name] === "string");
  const tags = Array.isArray(filters.tags) ? filters.tags.filter((/** @type {unknown} */ tag) => typeof tag === "string") : [];
  return { ...Object.fromEntries(single.map((name) => [name, filters[name]])), ...(tags.length ? { tags } : {}) };
}

/** @param {any} count */
function isCount(count) {
  return Number.isInteger(count) && count >= 1 && count <= MOST_PASSAGES;
}
