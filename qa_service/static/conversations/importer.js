/** Import: conversations from a file, all of them or none. */

import { byId, make } from "../dom.js";
import { Problem } from "../request.js";
import { fromFile } from "./file.js";
import { storageProblem } from "./store.js";

/** @import { Store } from "./store.js" */

export class Importer {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {HTMLInputElement} */
    this.input = byId("import-file");
    byId("import").addEventListener("click", () => this.input.click());
    this.input.addEventListener("change", () => this.#take());
  }

  async #take() {
    const file = this.input.files?.[0];
    this.input.value = ""; // so that the same file can be chosen again
    if (!file) return;
    try {
      const conversations = await fromFile(file);
      await this.#keep(conversations);
      say(conversations.length === 1 ? "1 conversation is in." : `${conversations.length} conversations are in.`);
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      const reason = error instanceof Problem ? `${error.title} ${error.detail}` : message;
      say(`Nothing was imported from ${file.name}. ${reason}`);
    }
  }

  /** @param {import("./store.js").Kept[]} conversations */
  async #keep(conversations) {
    try {
      await this.store.merge(conversations);
    } catch (error) {
      throw storageProblem(error);
    }
  }
}

/** @param {string} words */
function say(words) {
  const hide = () => byId("import-outcome").replaceChildren();
  const close = make("button", { type: "button", className: "quiet", onclick: hide }, "OK");
  byId("import-outcome").replaceChildren(make("p", {}, words), close);
}
