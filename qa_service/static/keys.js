/** Keys: shortcuts of one letter, which rest while somebody types and can be turned off, and their help. */

import { byId } from "./dom.js";

const KEY = "shortcuts";

/**
 * @typedef {object} Actions
 * @property {() => void} startAfresh
 * @property {() => void} focusBox
 */

export class Keys {
  /** @param {Actions} actions */
  constructor({ startAfresh, focusBox }) {
    /** @type {HTMLDialogElement} */
    this.help = byId("help");
    /** @type {HTMLInputElement} */
    this.switch = byId("shortcuts-on");
    this.switch.checked = recalled();
    this.switch.addEventListener("change", () => keep(this.switch.checked));
    /** @type {Record<string, () => void>} */
    this.shortcuts = {
      "?": () => this.showHelp(),
      "/": focusBox,
      n: startAfresh,
      j: () => step(1),
      k: () => step(-1),
      o: openSource,
    };
    byId("open-help").addEventListener("click", () => this.showHelp());
    byId("close-help").addEventListener("click", () => this.help.close());
    this.help.addEventListener("click", (event) => event.target === this.help && this.help.close());
    document.addEventListener("keydown", (event) => this.#onKey(event));
  }

  showHelp() {
    if (!this.help.open) this.help.showModal();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (document.querySelector("dialog:modal")) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape" && event.target === byId("question")) step(0);
      return;
    }
    const act = this.switch.checked ? this.shortcuts[event.key] : undefined;
    if (!act) return;
    event.preventDefault();
    act();
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox])"));
}

/** @returns {HTMLElement[]} */
function turns() {
  return [...document.querySelectorAll(".turn")].map((turn) => /** @type {HTMLElement} */ (turn));
}

/** The turn that has the focus, or that a step would come from: the last. */
function currentTurn() {
  const all = turns();
  return all.find((turn) => turn.contains(document.activeElement)) ?? all.at(-1);
}

/**
 * To the next turn or the one before; from outside to the last.
 *
 * @param {-1 | 0 | 1} by
 */
function step(by) {
  const all = turns();
  const current = currentTurn();
  if (!current) return;
  const isInside = current.contains(document.activeElement);
  const next = isInside ? all[all.indexOf(current) + by] : current;
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "start" });
}

function openSource() {
  const opener = currentTurn()?.querySelector(".open-source");
  if (opener instanceof HTMLElement) opener.click();
}

function recalled() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} isOn */
function keep(isOn) {
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // Storage may be full or forbidden; it then holds as long as the page.
  }
}
