/** The conversation that is open: its turns, each kept in the browser as soon as it is asked and answered. */

import { inOrder, newId, storageProblem } from "./conversations/store.js";

/** @import { Store } from "./conversations/store.js" */
/** @import { Problem } from "./request.js" */
/** @import { PastTurn, Reply, Turn } from "./types.js" */

const SENT_TURNS = 6;

export class Conversation {
  /**
   * @param {Store} store
   * @param {(problem: Problem | null) => void} onKept told after each try to keep a turn; null if it is kept
   */
  constructor(store, onKept) {
    this.store = store;
    this.onKept = onKept;
    this.clear();
  }

  /** Begins another one. */
  clear() {
    this.id = newId();
    /** @type {string | null} as it was given */
    this.title = null;
    /** @type {Turn[]} */
    this.turns = [];
  }

  /**
   * Opens one that is kept; this one stays open if it is not there.
   *
   * @param {string} id
   * @returns {Promise<boolean>} whether it is there
   */
  async open(id) {
    const kept = await this.store.get(id);
    if (kept) Object.assign(this, { id, title: kept.title, turns: kept.turns });
    return kept !== null;
  }

  /**
   * What another tab has added to it.
   *
   * @returns {Promise<Turn[]>} turns that are new here, or whose reply is
   */
  async news() {
    const { id } = this;
    const kept = await this.store.get(id);
    if (!kept || id !== this.id) return [];
    this.title = kept.title;
    const known = new Map(this.turns.map((turn) => [turn.id, turn]));
    const isNew = (/** @type {Turn} */ turn) => !known.has(turn.id) || (turn.reply && !known.get(turn.id)?.reply);
    const news = kept.turns.filter(isNew);
    for (const turn of news) known.set(turn.id, turn);
    this.turns = inOrder([...known.values()]);
    return news;
  }

  /**
   * @param {string} question
   * @param {import("./turn.js").How} [how]
   * @returns {Turn}
   */
  ask(question, how = {}) {
    /** @type {Turn} */
    const turn = { id: newId(), asked: new Date().toISOString(), question, how, reply: null };
    this.turns.push(turn);
    this.#keep(turn);
    return turn;
  }

  /**
   * @param {Turn} turn
   * @param {Pick<Turn, "reply" | "rating">} change
   */
  change(turn, change) {
    Object.assign(turn, change);
    if (this.turns.includes(turn)) this.#keep(turn);
  }

  /**
   * What the service needs to understand a question: what it understood of those before it.
   *
   * @param {Turn} turn
   * @returns {PastTurn[]}
   */
  history(turn) {
    return this.turns
      .slice(0, this.turns.indexOf(turn))
      .flatMap(({ reply }) => (reply ? [{ question: reply.standalone_question, answer: reply.answer ?? "" }] : []))
      .slice(-SENT_TURNS);
  }

  /** @param {Turn} turn */
  async #keep(turn) {
    const { id } = this;
    let problem = null;
    try {
      await this.store.keep(id, turn, this.turns.filter((other) => other !== turn));
    } catch (error) {
      problem = storageProblem(error);
    }
    if (id === this.id) this.onKept(problem);
  }
}
