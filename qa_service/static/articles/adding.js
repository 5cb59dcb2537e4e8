/** Adding articles: files that are chosen or dropped, addresses that are fetched, and texts that are pasted. */

import { byId } from "../dom.js";
import { Panel } from "../panel.js";
import { addArticle } from "./api.js";
import { onDrop } from "./drop.js";
import { ADDRESS_FIELDS, ARTICLE_FIELDS, Form } from "./form.js";
import { Upload, told } from "./upload.js";

/** @import { Outcomes } from "../types.js" */

export class AddingPanel {
  /** @param {{open: (id: string) => void, onAdded: () => void}} actions */
  constructor({ open, onAdded }) {
    this.actions = { open, onAdded };
    this.panel = new Panel(byId("adding"));
    /** @type {Upload[]} */
    this.waiting = [];
    this.isSending = false;
    this.text = this.#textForm();
    this.address = this.#addressForm();
    byId("paste").append(this.text.element);
    byId("address").append(this.address.element);
    byId("choose").addEventListener("click", () => byId("files").click());
    byId("files").addEventListener("change", () => this.#addChosen());
    onDrop((files) => this.#add(files));
  }

  /** Whether leaving the page now would lose something. */
  get hasUnsaved() {
    return this.isSending || this.text.hasChanges || this.address.hasChanges;
  }

  open() {
    this.panel.open(byId("add"));
    byId("choose").focus();
  }

  #addChosen() {
    /** @type {HTMLInputElement} */
    const input = byId("files");
    this.#add([...(input.files ?? [])]);
    input.value = ""; // so that the same file can be chosen again
  }

  /** @param {File[]} files */
  #add(files) {
    if (!this.panel.isOpen) this.open();
    const uploads = files.map((file) => new Upload(file, this.actions.open, (again) => this.#send([again])));
    byId("uploads").prepend(...uploads.map(({ element }) => element));
    return this.#send(uploads);
  }

  /**
   * One after the other: the service reads one file at a time.
   *
   * @param {Upload[]} uploads
   */
  async #send(uploads) {
    this.waiting.push(...uploads);
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) {
      const hasAdded = await next.send();
      if (hasAdded) this.actions.onAdded();
    }
    this.isSending = false;
  }

  #textForm() {
    /** @type {Form} */
    const form = new Form(ARTICLE_FIELDS, {
      article: null,
      label: "Add this text",
      send: () => addArticle({ text: "", ...form.changes() }),
      onSent: (outcomes) => this.#onSent(form, "Pasted text", outcomes),
    });
    return form;
  }

  #addressForm() {
    /** @type {Form} */
    const form = new Form(ADDRESS_FIELDS, {
      article: null,
      label: "Fetch and add",
      busy: "Fetching…",
      send: () => addArticle({ url: "", ...form.changes() }),
      onSent: (outcomes) => this.#onSent(form, String(form.changes().url), outcomes),
    });
    return form;
  }

  /**
   * @param {Form} form
   * @param {string} name of what was sent
   * @param {Outcomes} outcomes
   */
  #onSent(form, name, outcomes) {
    form.clear();
    form.focus();
    const row = new Upload(new File([], name), this.actions.open, () => {});
    row.showOutcomes(outcomes);
    byId("uploads").prepend(row.element);
    byId("announcer").textContent = `${name}: ${told(outcomes)}`;
    this.actions.onAdded();
  }
}
