/** What can be asked next: questions that the articles answer. */

import { getSuggestions } from "./api.js";
import { make } from "./dom.js";

/** @import { PastTurn } from "./types.js" */
/** @import { TurnView } from "./turn.js" */

/**
 * Shows them below the turn when they are known; a turn without any is complete as it is.
 *
 * @param {TurnView} turn
 * @param {PastTurn[]} history the turns before it
 * @param {AbortSignal} signal
 */
export async function suggestNext(turn, history, signal) {
  const questions = await getSuggestions(turn.question, history, turn.how, signal).catch(() => []);
  if (!questions.length) return;
  const buttons = questions.map((question) => make("li", {}, askButton("suggestion", question)));
  turn.next.replaceChildren(make("h3", {}, "Ask next"), make("ul", { "aria-label": "Ask next" }, ...buttons));
}

/**
 * A button that asks a question.
 *
 * @param {string} className
 * @param {string} question
 * @param {import("./turn.js").How} [how]
 */
export function askButton(className, question, how) {
  const onclick = () => button.dispatchEvent(new CustomEvent("ask", { bubbles: true, detail: { question, how } }));
  const button = make("button", { type: "button", className, dir: "auto", onclick }, question);
  return button;
}
