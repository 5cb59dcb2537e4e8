/** Forms whose fields say what is wrong with them: that of an article, new or changed, and of an address. */

import { make } from "../dom.js";
import { button, buttons, problemView } from "../problem.js";

/** @import { StoredArticle } from "./api.js" */
/** @import { Problem } from "../request.js" */

/** @typedef {{name: string, label: string, hint?: string, rows?: number, type?: string}} Field */

/** @type {Field[]} */
export const ARTICLE_FIELDS = [
  { name: "title", label: "Title" },
  { name: "text", label: "Text", rows: 8 },
  { name: "published", label: "Date", hint: "Such as 2019-11-30, 2019-11 or 2019" },
  { name: "author", label: "Author" },
  { name: "source", label: "Source" },
  { name: "language", label: "Language", hint: "A code such as en" },
  { name: "url", label: "Web address" },
  { name: "tags", label: "Tags", hint: "With commas between them" },
  { name: "fields", label: "Other details", hint: "One a line, such as section: Asia", rows: 3 },
];

/** @type {Field[]} */
export const ADDRESS_FIELDS = [
  { name: "url", label: "Address", hint: "Of a page, or of a file that could be sent here", type: "url" },
];

/** Fields that are always in sight; the others are folded away while an article is new. */
const FIRST = 3;

let formsMade = 0;

export class Form {
  /**
   * @param {Field[]} fields
   * @param {object} options
   * @param {StoredArticle | null} options.article what stands in the form at first
   * @param {string} options.label of the button that sends it
   * @param {string} [options.busy] its label meanwhile
   * @param {() => Promise<unknown>} options.send
   * @param {(reply: any) => void} options.onSent
   * @param {() => void} [options.onCancel]
   */
  constructor(fields, { article, label, busy = label, send, onSent, onCancel }) {
    this.prefix = `form-${(formsMade += 1)}`;
    this.labels = { label, busy };
    this.send = send;
    this.onSent = onSent;
    this.fields = fields.map((field) => this.#field(field, valueOf(article, field.name)));
    const elements = this.fields.map(({ element }) => element);
    const more = elements.slice(FIRST);
    const summary = make("summary", {}, "More details");
    /** @type {any} */
    this.details = make("details", { className: "fields", open: article !== null }, summary, ...more);
    this.problem = make("div", {});
    this.submit = make("button", { type: "submit", className: "button primary" }, label);
    this.element = make(
      "form",
      { className: "fields", noValidate: true },
      ...elements.slice(0, FIRST),
      more.length ? this.details : null,
      this.problem,
      buttons(this.submit, onCancel ? button("Cancel", onCancel) : null),
    );
    this.element.addEventListener("submit", (event) => this.#onSubmit(event));
  }

  get hasChanges() {
    return Object.keys(this.changes()).length > 0;
  }

  focus() {
    this.fields[0].input.focus();
  }

  clear() {
    for (const field of this.fields) field.input.value = field.original = "";
  }

  /** @returns {Record<string, string | string[] | Record<string, string> | null>} only what differs from what stood there; null is taken away */
  changes() {
    const changed = this.fields.filter(({ input, original }) => input.value.trim() !== original.trim());
    return Object.fromEntries(changed.map(({ name, input }) => [name, sent(name, input.value)]));
  }

  /** @param {Event} event */
  async #onSubmit(event) {
    event.preventDefault();
    if (this.submit.getAttribute("aria-disabled") === "true") return;
    this.#showProblem(null);
    this.#setSending(true);
    try {
      this.onSent(await this.send());
    } catch (error) {
      this.#showProblem(/** @type {Problem} */ (error));
    } finally {
      this.#setSending(false);
    }
  }

  /** @param {boolean} isSending */
  #setSending(isSending) {
    this.submit.setAttribute("aria-disabled", String(isSending));
    this.submit.textContent = isSending ? this.labels.busy : this.labels.label;
  }

  /** @param {Problem | null} problem each message stands at its field, and the first of these gets the focus */
  #showProblem(problem) {
    const errors = problem?.errors ?? [];
    for (const { name, input, error } of this.fields) {
      const found = errors.find(({ field }) => field.split(".")[0] === name);
      error.textContent = found?.message ?? "";
      input.setAttribute("aria-invalid", String(Boolean(found)));
    }
    const wrong = this.fields.find(({ error }) => error.textContent);
    this.problem.replaceChildren(...(problem && !wrong ? [problemView(problem)] : []));
    if (wrong && this.details.contains(wrong.input)) this.details.open = true;
    if (problem) (wrong?.input ?? this.submit).focus();
  }

  /**
   * @param {Field} field
   * @param {string} original
   */
  #field({ name, label, hint, rows, type }, original) {
    const id = `${this.prefix}-${name}`;
    /** @type {any} */
    const input = make(rows ? "textarea" : "input", {
      id,
      name,
      value: original,
      autocomplete: "off",
      "aria-describedby": `${id}-hint ${id}-error`,
    });
    if (rows) input.rows = rows;
    if (type) input.type = type;
    const error = make("p", { className: "error", id: `${id}-error`, role: "alert" });
    const element = make(
      "div",
      { className: "field" },
      make("label", { htmlFor: id }, label),
      input,
      make("p", { className: "hint-text", id: `${id}-hint` }, hint ?? ""),
      error,
    );
    return { name, input, error, element, original };
  }
}

/**
 * @param {StoredArticle | null} article
 * @param {string} name
 */
function valueOf(article, name) {
  const value = article?.[/** @type {keyof StoredArticle} */ (name)] ?? "";
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join(", ") : Object.entries(value).map((pair) => pair.join(": ")).join("\n");
}

/**
 * @param {string} name
 * @param {string} value
 */
function sent(name, value) {
  if (name === "tags") return value.split(",").map((tag) => tag.trim()).filter(Boolean);
  if (name === "fields") return Object.fromEntries(value.split("\n").filter((line) => line.trim()).map(pairOf));
  return name === "text" ? value : value.trim() || null;
}

/**
 * A name and its value. A line without a colon is sent as a name alone, which the service refuses.
 *
 * @param {string} line
 */
function pairOf(line) {
  const [, name, value] = line.match(/^(.*?): (.*)$/) ?? line.match(/^(.*?):(.*)$/) ?? ["", line, ""];
  return [name.trim(), value.trim()];
}
