/** A link to a question: whoever opens it asks the question anew. */

import { make } from "./dom.js";

/** @returns {string} the question in the address, empty where there is none */
export function questionInAddress() {
  return new URLSearchParams(location.search).get("q")?.trim() ?? "";
}

/**
 * A button that copies the link to a question.
 *
 * @param {string} question
 * @param {(words: string) => void} announce
 */
export function linkButton(question, announce) {
  const address = new URL("/", location.href);
  address.searchParams.set("q", question);
  const button = make("button", { type: "button", className: "quiet", onclick: copy }, "Copy link");

  async function copy() {
    try {
      await navigator.clipboard.writeText(address.href);
      button.textContent = "Link copied";
      announce("Link copied.");
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
