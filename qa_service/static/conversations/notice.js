/** The news that a conversation can't be kept in the browser, and the way to keep it all the same. */

import { byId } from "../dom.js";
import { button, problemView } from "../problem.js";
import { asJson, fileName, save } from "./file.js";
import { titleOf } from "./title.js";

/** @import { Conversation } from "../conversation.js" */
/** @import { Problem } from "../request.js" */

/** In another site's frame browsers forbid storage, and nobody expects the page to keep anything. */
const IS_FRAMED = parent !== window;
const MEANWHILE = "You can go on asking, but this conversation is gone when the page is left.";

export class StorageNotice {
  /** @param {Conversation} conversation */
  constructor(conversation) {
    this.conversation = conversation;
    this.element = byId("storage-notice");
    this.hasBeenRead = false;
  }

  /**
   * @param {Pick<Problem, "title" | "detail">} problem
   * @param {boolean} [isOfStorage] whether it keeps the open conversation from being kept
   */
  show({ title, detail }, isOfStorage = true) {
    if (isOfStorage && (this.hasBeenRead || IS_FRAMED)) return;
    const told = { title, detail: isOfStorage ? `${detail} ${MEANWHILE}` : detail };
    const help = isOfStorage ? button("Save it as a file", () => this.#export()) : null;
    const close = button("OK", () => this.#close(isOfStorage));
    this.element.hidden = false;
    this.element.replaceChildren(problemView(told, help, close));
  }

  /** What could not be kept is kept by now. */
  clear() {
    this.element.hidden = true;
    this.hasBeenRead = false;
  }

  /** @param {boolean} isOfStorage */
  #close(isOfStorage) {
    this.element.hidden = true;
    this.hasBeenRead = isOfStorage;
    byId("question").focus();
  }

  #export() {
    const { id, title, turns } = this.conversation;
    const name = fileName(titleOf({ title, turns }), "json");
    save(name, asJson([{ id, title, turns }]), "application/json");
  }
}
