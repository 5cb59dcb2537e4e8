/** What can be done with a reply: copy it with its sources, and say what one thinks of it. */

import { byId, make } from "./dom.js";
import { FeedbackForm } from "./feedback.js";
import { answerWithSources } from "./sources.js";

/** @import { Reply, Turn } from "./types.js" */
/** @typedef {"up" | "down"} Rating */

const COPY = "M7 7h9v9H7zM4 13V4h9";
const THUMB =
  "M6.5 9v7h-3V9zM6.5 9.5 10 3c1.4 0 2.2 1 1.9 2.4L11.3 8h3.9c1 0 1.7.9 1.4 1.9l-1.4 4.9c-.2.7-.8 1.2-1.5 1.2H6.5";

/**
 * @param {Turn} turn
 * @param {Reply} reply
 * @param {(rating: Rating) => void} onRated
 * @param {...HTMLElement} others that stand beside these
 */
export function replyTools(turn, reply, onRated, ...others) {
  const place = make("div");
  const thumbs = [thumb("up", "Good answer"), thumb("down", "Bad answer")];
  const press = () => {
    for (const { rating, button } of thumbs) button.setAttribute("aria-pressed", String(turn.rating === rating));
  };
  for (const { rating, button } of thumbs) {
    const onSent = () => {
      onRated(rating);
      press();
    };
    button.addEventListener("click", () => {
      const form = new FeedbackForm(turn.question, reply, rating, { onSent, onClosed: () => button.focus() });
      place.replaceChildren(form.element);
      form.element.scrollIntoView({ block: "nearest" });
      form.focus();
    });
  }
  press();
  const buttons = [copyTool(reply), ...thumbs.map(({ button }) => button), ...others];
  const row = make("div", { className: "reply-tools", role: "group", "aria-label": "Answer" }, ...buttons);
  return make("div", {}, row, place);
}

/**
 * @param {Rating} rating
 * @param {string} label
 */
function thumb(rating, label) {
  const button = tool(THUMB, label);
  button.classList.add(`thumb-${rating}`);
  return { rating, button };
}

/** @param {Reply} reply */
function copyTool(reply) {
  const button = tool(COPY, "Copy with sources");
  button.addEventListener("click", async () => {
    const isCopied = await copied(answerWithSources(reply));
    say(button, isCopied ? "Copied" : "The browser does not let it be copied");
  });
  return button;
}

/**
 * A word beside a tool, for a moment, and for screen readers.
 *
 * @param {HTMLElement} button
 * @param {string} words
 */
export function say(button, words) {
  byId("announcer").textContent = `${words}.`;
  button.dataset.said = words;
  setTimeout(() => delete button.dataset.said, 2000);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is in the clipboard
 */
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text); // there only for pages that came by https, or from this machine
    return true;
  } catch {
    return copiedByHand(text);
  }
}

/** @param {string} text */
function copiedByHand(text) {
  const box = /** @type {HTMLTextAreaElement} */ (make("textarea", { value: text, className: "visually-hidden" }));
  const focused = document.activeElement;
  document.body.append(box);
  box.select();
  const isCopied = document.execCommand("copy");
  box.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return isCopied;
}

/**
 * @param {string} shape of its icon
 * @param {string} label
 */
export function tool(shape, label) {
  const button = make("button", { type: "button", className: "round tool", "aria-label": label, title: label });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shape);
  svg.append(path);
  button.append(svg);
  return button;
}
