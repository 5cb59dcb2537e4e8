/** A link to a question: whoever opens it asks the question anew. */

import { make } from "./dom.js";
import { say, tool } from "./reply-tools.js";

const LINK =
  "M8.3 11.7a3.2 3.2 0 0 0 4.6 0l2.8-2.8a3.2 3.2 0 0 0-4.6-4.6l-.9.9M11.7 8.3a3.2 3.2 0 0 0-4.6 0l-2.8 2.8a3.2 3.2 0 0 0 4.6 4.6l.9-.9";

/** @returns {string} the question in the address, empty where there is none */
export function questionInAddress() {
  return new URLSearchParams(location.search).get("q")?.trim() ?? "";
}

/**
 * A button that copies the link to a question.
 *
 * @param {string} question
 */
export function linkButton(question) {
  const address = new URL("/", location.href);
  address.searchParams.set("q", question);
  const button = tool(LINK, "Copy link");
  button.addEventListener("click", copy);

  async function copy() {
    try {
      await navigator.clipboard.writeText(address.href);
      say(button, "Link copied");
    } catch {
      offer(); // browsers refuse it to pages that are not served over TLS, and to whom it is not allowed
    }
  }

  /** The link, ready to be copied by hand. */
  function offer() {
    const field = /** @type {HTMLInputElement} */ (
      make("input", { className: "link-field", value: address.href, readOnly: true, "aria-label": "Link to this question" })
    );
    button.replaceWith(field);
    field.focus();
    field.select();
  }

  return button;
}
