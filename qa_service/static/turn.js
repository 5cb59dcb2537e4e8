/** One turn of the conversation on the page: a question, and below it whatever became of it. */

import { replyView } from "./answer.js";
import { make } from "./dom.js";
import { button, buttons, problemView } from "./problem.js";

/** @import { Reply } from "./types.js" */
/** @import { OpenSource } from "./citation.js" */
/** @import { Problem } from "./request.js" */

let turnsMade = 0;

export class TurnView {
  /**
   * @param {string} question
   * @param {{asTyped?: boolean}} [options] whether the words are searched as they are
   */
  constructor(question, { asTyped = false } = {}) {
    const id = `question-${(turnsMade += 1)}`;
    this.question = question;
    this.asTyped = asTyped;
    this.reading = make("p", { className: "reading" });
    this.outcome = make("div", { className: "outcome" });
    this.element = make(
      "article",
      { className: "turn", "aria-labelledby": id },
      make("h2", { className: "asked", id, dir: "auto" }, question),
      this.reading,
      this.outcome,
    );
  }

  showWorking() {
    this.reading.textContent = "";
    this.outcome.replaceChildren(make("p", { className: "working" }, make("span", {}, "Reading the articles")));
  }

  /**
   * @param {Reply} reply
   * @param {OpenSource} open
   * @param {() => void} askAsTyped
   */
  showReply(reply, open, askAsTyped) {
    const isRewritten = simplified(reply.standalone_question) !== simplified(this.question);
    this.reading.replaceChildren(...(isRewritten ? searchedFor(reply.standalone_question, askAsTyped) : []));
    this.outcome.replaceChildren(replyView(reply, open));
  }

  /** @param {() => void} retry */
  showStopped(retry) {
    this.outcome.replaceChildren(make("p", { className: "comment" }, "Stopped."), buttons(button("Ask again", retry)));
  }

  /**
   * @param {Problem} problem
   * @param {() => void} retry
   * @param {() => void} edit
   */
  showProblem(problem, retry, edit) {
    const editButton = problem.isPassing ? null : button("Edit the question", edit);
    this.outcome.replaceChildren(problemView(problem, editButton, button("Retry", retry)));
  }
}

/**
 * @param {string} question what was searched in place of the question
 * @param {() => void} askAsTyped
 */
function searchedFor(question, askAsTyped) {
  return [
    make("span", { dir: "auto" }, `Searched for: ${question}`),
    make("button", { type: "button", className: "quiet", onclick: askAsTyped }, "Search as typed"),
  ];
}

/** @param {string} question */
function simplified(question) {
  return question.trim().replace(/\s+/g, " ").replace(/\?+$/, "").trim().toLowerCase();
}
