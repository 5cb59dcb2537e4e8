/** One file on its way: its name, how far it is, and what became of it. */

import { byId, make } from "../dom.js";
import { button } from "../problem.js";
import { Problem } from "../request.js";
import { uploadFile } from "./api.js";

/** @import { Outcomes } from "../types.js" */

const REASONS_SHOWN = 20;

export class Upload {
  /**
   * @param {File} file
   * @param {(id: string) => void} open
   * @param {(again: Upload) => void} retry
   */
  constructor(file, open, retry) {
    this.file = file;
    this.open = open;
    this.retry = retry;
    this.bar = make("progress", { max: 1, value: 0, "aria-label": `Sending ${file.name}`, hidden: true });
    this.status = make("p", { className: "status" }, "Waiting");
    this.more = make("div", { className: "more-of-it" });
    const name = make("p", { className: "file-name", dir: "auto" }, file.name);
    this.element = make("li", { className: "upload" }, name, this.status, this.bar, this.more);
  }

  /** @returns {Promise<boolean>} whether anything was added or changed */
  async send() {
    this.more.replaceChildren();
    this.#show("sending", "Sending");
    try {
      this.#checkSize();
      const outcomes = await uploadFile(this.file, (share) => this.#showSent(share));
      this.showOutcomes(outcomes);
      this.#announce();
      return outcomes.added + outcomes.changed > 0;
    } catch (error) {
      this.#showProblem(/** @type {Problem} */ (error));
      return false;
    }
  }

  /** @param {Outcomes} outcomes */
  showOutcomes(outcomes) {
    const { failed } = outcomes;
    this.#show(failed ? "mixed" : "done", told(outcomes));
    const [only, another] = outcomes.outcomes.filter(({ id }) => id);
    const reasons = outcomes.outcomes.flatMap(({ reason }) => reason ?? []);
    this.more.replaceChildren(
      ...(only?.id && !another ? [openButton(this.file.name, only.id, this.open)] : []),
      ...(failed ? [make("ul", {}, ...reasonsOf(reasons))] : []),
    );
  }

  /** The service would refuse it too, but only when all of it was sent. */
  #checkSize() {
    const most = Number(byId("main").dataset.maxFileBytes);
    if (this.file.size <= most) return;
    const [size, limit] = [this.file.size, most].map(megabytes);
    const detail = `${this.file.name} has ${size} MB; a file may have ${limit} MB (max_file_bytes).`;
    throw new Problem("It is too large.", detail, 413);
  }

  /** @param {number} share */
  #showSent(share) {
    const bar = /** @type {HTMLProgressElement} */ (this.bar);
    bar.value = share;
    if (share < 1) return;
    bar.removeAttribute("value"); // how long the service reads is not known
    this.status.textContent = "Reading and indexing";
  }

  /** @param {Problem} problem */
  #showProblem(problem) {
    const { title, detail, isPassing } = problem;
    this.#show("failed", isPassing ? `${title} ${detail}` : detail); // which names the file and what is wrong with it
    this.more.replaceChildren(...(isPassing ? [button("Retry", () => this.#again())] : []));
    this.#announce();
  }

  #again() {
    this.more.replaceChildren();
    this.#show("waiting", "Waiting");
    this.retry(this);
  }

  /**
   * @param {string} state
   * @param {string} words
   */
  #show(state, words) {
    this.element.className = `upload ${state}`;
    this.status.textContent = words;
    this.bar.hidden = state !== "sending";
  }

  #announce() {
    byId("announcer").textContent = `${this.file.name}: ${this.status.textContent}`;
  }
}

/**
 * @param {Outcomes} outcomes
 * @returns {string} what became of a file, in words
 */
export function told({ added, changed, unchanged, failed }) {
  if (added + changed + unchanged + failed === 1) {
    return added ? "Added" : changed ? "Put in place of the older version" : "Already here, unchanged";
  }
  const counts = [
    added && `${added} added`,
    changed && `${changed} replaced`,
    unchanged && `${unchanged} already here`,
    failed && `${failed} could not be read`,
  ];
  return counts.filter(Boolean).join(", ");
}

/**
 * @param {string} name
 * @param {string} id
 * @param {(id: string) => void} open
 */
function openButton(name, id, open) {
  return make(
    "button",
    { type: "button", className: "quiet", "aria-label": `Open ${name}`, onclick: () => open(id) },
    "Open",
  );
}

/** @param {string[]} reasons */
function reasonsOf(reasons) {
  const more = reasons.length - REASONS_SHOWN;
  const shown = reasons.slice(0, REASONS_SHOWN).map((reason) => make("li", { dir: "auto" }, reason));
  return more > 0 ? [...shown, make("li", {}, `and ${more} more`)] : shown;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
}
