/** The question box: grows with its text, sends on Enter, and turns its button into Stop while one waits. */

import { byId } from "./dom.js";

export class Composer {
  /** @param {{onSend: (question: string) => void, onStop: () => void}} handlers */
  constructor({ onSend, onStop }) {
    this.form = byId("composer");
    /** @type {HTMLTextAreaElement} */
    this.box = byId("question");
    this.send = byId("send");
    this.stop = byId("stop");
    this.onSend = onSend;
    this.form.addEventListener("submit", (/** @type {Event} */ event) => this.#submit(event));
    this.box.addEventListener("input", () => this.#fit());
    this.box.addEventListener("keydown", (event) => this.#onKey(event));
    this.stop.addEventListener("click", onStop);
    this.#fit();
  }

  /** @param {boolean} isWaiting */
  setWaiting(isWaiting) {
    const [shown, other] = isWaiting ? [this.stop, this.send] : [this.send, this.stop];
    const hadFocus = document.activeElement === other;
    shown.hidden = false;
    other.hidden = true;
    if (hadFocus) shown.focus();
  }

  /** Back to the box, except on a touch screen, where the keyboard would then cover the answer. */
  focus() {
    if (!isTouchScreen()) this.box.focus();
  }

  /** @param {string} question */
  fill(question) {
    this.box.value = question;
    this.#fit();
    this.box.focus();
  }

  /** @param {Event} event */
  #submit(event) {
    event.preventDefault();
    const question = this.box.value.trim();
    if (!question || this.#excess() > 0 || this.send.hidden) return;
    this.box.value = "";
    this.#fit();
    if (isTouchScreen()) this.box.blur();
    this.onSend(question);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    // While an input method composes, Enter picks a word; Safari marks that Enter by 229 alone.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || isComposing) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  /** The style sheet sizes the box by a hidden copy of its text. */
  #fit() {
    /** @type {HTMLElement} */ (this.box.parentElement).dataset.text = this.box.value;
    const excess = this.#excess();
    byId("too-long").textContent = excess > 0 ? `Too long by ${excess} characters` : "";
    this.box.setAttribute("aria-invalid", String(excess > 0));
  }

  #excess() {
    return Array.from(this.box.value.trim()).length - Number(this.box.dataset.longest); // that the service takes
  }
}

function isTouchScreen() {
  return matchMedia("(pointer: coarse)").matches;
}
