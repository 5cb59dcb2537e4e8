/** One turn of the conversation on the page: a question, and below it whatever became of it. */

import { replyView } from "./answer.js";
import { make } from "./dom.js";
import { button, buttons, problemView } from "./problem.js";
import { inWords } from "./scope.js";
import { askButton } from "./suggestions.js";
import { readableDate } from "./text.js";

/** @import { Filters } from "./scope.js" */
/** @import { Found, Reply, Timeframe } from "./types.js" */
/** @import { OpenSource } from "./citation.js" */
/** @import { Problem } from "./request.js" */

/**
 * How a question is to be taken.
 *
 * @typedef {object} How
 * @property {boolean} [asTyped] its words are searched as they are, whatever was asked before
 * @property {boolean} [anyTime] what it says of time is not acted on
 * @property {Filters} [filters] which articles may answer
 * @property {number} [topK] how many passages are read
 * @property {"extractive"} [mode] the language model is left out
 */

/** So many titles are named while their passages are read. */
const NAMED = 4;

let turnsMade = 0;

export class TurnView {
  /**
   * @param {string} question
   * @param {How} [how]
   */
  constructor(question, how = {}) {
    const id = `question-${(turnsMade += 1)}`;
    this.question = question;
    this.how = how;
    this.reading = make("div", { className: "readings" });
    this.outcome = make("div", { className: "outcome" });
    this.next = make("div", { className: "next" });
    this.element = make(
      "article",
      { className: "turn", "aria-labelledby": id },
      make("h2", { className: "asked", id, dir: "auto" }, question),
      this.reading,
      this.outcome,
      this.next,
    );
  }

  showWorking() {
    this.reading.replaceChildren();
    this.next.replaceChildren();
    this.outcome.replaceChildren(make("p", { className: "working" }, make("span", {}, "Reading the articles")));
  }

  /** @param {Found} found */
  showFound({ passages }) {
    const titles = [...new Set(passages.map(({ title }) => title || "Untitled article"))];
    const count = passages.length === 1 ? "1 passage" : `${passages.length} passages`;
    this.outcome.querySelector(".working span")?.replaceChildren(`Reading ${count}`);
    const named = titles.slice(0, NAMED).map((title) => make("li", { dir: "auto" }, title));
    const rest = titles.length - named.length;
    const more = rest ? make("li", {}, `and ${rest} more`) : null;
    this.outcome.append(make("ul", { className: "found", "aria-label": "Articles that are read" }, ...named, more));
  }

  /** @param {string} text some more words of a language model, as plain text */
  showWritten(text) {
    let draft = this.outcome.querySelector(".draft");
    if (!draft) {
      this.outcome.querySelector(".working span")?.replaceChildren("Writing an answer, which is checked before it is shown");
      draft = make("p", { className: "draft", dir: "auto" });
      this.outcome.append(draft);
    }
    draft.append(text);
  }

  /**
   * @param {Reply} reply
   * @param {OpenSource} open
   * @param {(how: How) => void} askAgain
   */
  showReply(reply, open, askAgain) {
    const { standalone_question: meant, timeframe, did_you_mean: nearly } = reply;
    const { filters = {} } = this.how;
    const only = inWords(filters);
    const isRewritten = simplified(meant) !== simplified(this.question);
    const readings = [
      isRewritten && reading(`Searched for: ${meant}`, "Search as typed", () => askAgain({ ...this.how, asTyped: true })),
      nearly && readingLine("Did you mean:", askButton("quiet", nearly, this.how)),
      timeframe && reading(ofTime(timeframe), "Any time", () => askAgain({ ...this.how, anyTime: true })),
      only && reading(`Only: ${only}`, "All articles", () => askAgain({ ...this.how, filters: {} })),
    ];
    this.reading.replaceChildren(...readings.filter(Boolean));
    this.outcome.replaceChildren(replyView(reply, open));
  }

  /** @param {() => void} retry */
  showStopped(retry) {
    this.outcome.replaceChildren(make("p", { className: "comment" }, "Stopped."), buttons(button("Retry", retry)));
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
 * How the question was taken, and a button to have it taken otherwise.
 *
 * @param {string} words
 * @param {string} otherwise
 * @param {() => void} onclick
 */
function reading(words, otherwise, onclick) {
  return readingLine(words, make("button", { type: "button", className: "quiet", onclick }, otherwise));
}

/**
 * @param {string} words
 * @param {HTMLElement} button
 */
function readingLine(words, button) {
  return make("p", { className: "reading" }, make("span", { dir: "auto" }, words), button);
}

/** @param {Timeframe} timeframe */
function ofTime({ kind, words, after }) {
  if (kind === "since") return `“${words}”: articles from ${readableDate(after ?? "")} on`;
  return kind === "latest" ? `“${words}”: the newest answer first` : `“${words}”: answers of that time first`;
}

/** @param {string} question */
function simplified(question) {
  return question.trim().replace(/\s+/g, " ").replace(/\?+$/, "").trim().toLowerCase();
}
