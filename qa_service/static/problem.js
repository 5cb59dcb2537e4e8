/** What went wrong, and the buttons that help. */

import { make } from "./dom.js";

/** @import { Problem } from "./request.js" */

/**
 * @param {Pick<Problem, "title" | "detail">} problem
 * @param {...(HTMLElement | null)} helps
 */
export function problemView({ title, detail }, ...helps) {
  return make("div", { className: "problem" }, make("h3", {}, title), make("p", {}, detail), buttons(...helps));
}

/**
 * @param {string} label
 * @param {() => void} onclick
 */
export function button(label, onclick) {
  return make("button", { type: "button", className: "button", onclick }, label);
}

/** @param {...(HTMLElement | null)} children */
export function buttons(...children) {
  return make("div", { className: "buttons" }, ...children);
}
