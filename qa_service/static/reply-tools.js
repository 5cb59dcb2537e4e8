/** What can be done with a reply: copy it with its sources, and say what one thinks of it. */

import { byId, make } from "./dom.js";
import { FeedbackForm } from "./feedback.js";
import { answerWithSources } from "./sources.js";

/** @import { Reply, Turn } from "./types.js" */
/** @typedef {"up" | "down"} Rating */

const ICONS = {
  copy: "M7 7h9v9H7zM4 13V4h9",
  up: "M6.5 9v7H3.5V9zM6.5 9.5 10 3c1.4 0 2.2 1 1.9 2.4L11.3 8h3.9c1 0 1.7.9 1.4 1.9l-1.4 4.9c-.2.7-.8 1.2-1.5 1.2H6.5",
  down: "M6.5 11V4H3.5v7zM6.5 10.5 10 17c1.4 0 2.2-1 1.9-2.4L11.3 12h3.9c1 0 1.7-.9 1.4-1.9l-1.4-4.9c-.2-.7-.8-1.2-1.5-1.2H6.5",
};

/**
 * @param {Turn} turn
 * @param {Reply} reply
 * @param {(rating: Rating) => void} onRated
 */
export function replyTools(turn, reply, onRated) {
  const place = make("div");
  const thumbs = { up: tool("up", "Good answer"), down: tool("down", "Bad answer") };
  const press = () => {
    for (const [rating, thumb] of Object.entries(thumbs)) thumb.setAttribute("aria-pressed", String(turn.rating === rating));
  };
  for (const [rating, thumb] of Object.entries(thumbs)) {
    thumb.addEventListener("click", () => {
      const form = new FeedbackForm(turn.question, reply, /** @type {Rating} */ (rating), {
        onSent: () => {
          onRated(/** @type {Rating} */ (rating));
          press();
        },
        onClosed: () => thumb.focus(),
      });
      place.replaceChildren(form.element);
      form.element.scrollIntoView({ block: "nearest" });
      form.focus();
    });
  }
  press();
  const row = make("div", { className: "reply-tools", role: "group", "aria-label": "Answer" }, copyTool(reply), thumbs.up, thumbs.down);
  return make("div", {}, row, place);
}

/** @param {Reply} reply */
function copyTool(reply) {
  const button = tool("copy", "Copy with sources");
  button.addEventListener("click", async () => {
    const isCopied = await copied(answerWithSources(reply));
    const words = isCopied ? "Copied" : "The browser does not let it be copied";
    byId("announcer").textContent = `${words}.`;
    button.dataset.said = words;
    setTimeout(() => delete button.dataset.said, 2000);
  });
  return button;
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
 * @param {keyof typeof ICONS} icon
 * @param {string} label
 */
function tool(icon, label) {
  const button = make("button", { type: "button", className: "round tool", "aria-label": label, title: label });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[icon]);
  svg.append(path);
  button.append(svg);
  return button;
}
