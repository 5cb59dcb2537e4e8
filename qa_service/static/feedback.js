/** What a reader thinks of an answer, sent to the service when they say so. */

import { make } from "./dom.js";
import { button, buttons, problemView } from "./problem.js";
import { Problem, fetchJson, jsonBody } from "./request.js";

/** @import { Citation, Reply } from "./types.js" */

const STORED =
  "Sending stores on this service: the question, the answer, which passages it cites, and what you write here.";
const LONGEST = 2000;
const NONE = "The articles don’t say";

let formsMade = 0;

export class FeedbackForm {
  /**
   * @param {string} question
   * @param {Reply} reply
   * @param {"up" | "down"} rating
   * @param {{onSent: () => void, onClosed: () => void}} told
   */
  constructor(question, reply, rating, { onSent, onClosed }) {
    this.question = question;
    this.reply = reply;
    this.rating = rating;
    this.onSent = onSent;
    this.onClosed = onClosed;
    const number = (formsMade += 1);
    this.comment = box(`comment-${number}`, 2);
    this.right = box(`right-${number}`, 1);
    this.none = make("input", { type: "checkbox", id: `none-${number}` });
    this.none.addEventListener("change", () => (this.right.disabled = this.none.checked));
    this.outcome = make("div", { role: "status" });
    this.element = this.#form();
  }

  focus() {
    (this.rating === "up" ? this.comment : this.right).focus();
  }

  #form() {
    const isBad = this.rating === "down";
    const form = make(
      "form",
      { className: "feedback", "aria-label": isBad ? "Bad answer" : "Good answer" },
      isBad ? field("The right answer, in the words of an article, if you know it", this.right) : null,
      isBad && this.reply.answerable ? make("p", { className: "choice" }, this.none, label(NONE, this.none)) : null,
      field("Comment, if you like", this.comment),
      make("p", { className: "stored" }, STORED),
      this.outcome,
      buttons(make("button", { className: "button" }, "Send"), button("Cancel", () => this.#close())),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // which would close the source
      this.#close();
    });
    return form;
  }

  #close() {
    this.element.remove();
    this.onClosed();
  }

  async #send() {
    try {
      await fetchJson("/feedback", jsonBody("POST", this.#body()), "The feedback was not accepted.");
    } catch (error) {
      const problem = /** @type {Problem} */ (error);
      this.outcome.replaceChildren(problemView(problem));
      return;
    }
    this.onSent();
    const thanks = make("p", { className: "stored", role: "status", tabIndex: -1 }, "Thank you. It is stored.");
    this.element.replaceWith(thanks);
    thanks.focus();
  }

  #body() {
    const { standalone_question, answer, citations } = this.reply;
    const right = this.none.checked ? "" : this.right.value.trim() || null;
    return {
      question: this.question,
      standalone_question,
      answer,
      rating: this.rating,
      comment: this.comment.value.trim(),
      right_answer: this.rating === "down" ? right : null,
      citations: citations.map(place),
    };
  }
}

/**
 * Where a citation points to, without its words.
 *
 * @param {Citation} citation
 */
function place({ article_id, content_hash, start, end }) {
  return { article_id, content_hash, start, end };
}

/**
 * @param {string} id
 * @param {number} rows
 * @returns {any}
 */
function box(id, rows) {
  return make("textarea", { id, rows, maxLength: LONGEST });
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
function field(words, input) {
  return make("p", { className: "field" }, label(words, input), input);
}

/**
 * @param {string} words
 * @param {HTMLElement} input
 */
function label(words, input) {
  return make("label", { htmlFor: input.id }, words);
}
