/** The turns that were answered; kept for as long as the tab, so that a reload loses nothing. */

/** @import { PastTurn, Reply, Turn } from "./types.js" */

const SENT_TURNS = 6;
const KEY = "conversation";

export class Conversation {
  constructor() {
    /** @type {Turn[]} */
    this.turns = stored();
  }

  /**
   * @param {string} question
   * @param {Reply} reply
   */
  add(question, reply) {
    this.turns.push({ question, reply });
    this.#store();
  }

  clear() {
    this.turns = [];
    this.#store();
  }

  /** @returns {PastTurn[]} what the service needs to understand the next question: what it understood so far */
  history() {
    return this.turns
      .slice(-SENT_TURNS)
      .map(({ reply }) => ({ question: reply.standalone_question, answer: reply.answer ?? "" }));
  }

  #store() {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(this.turns));
    } catch {
      // Storage may be full or forbidden; the conversation then lives as long as the page.
    }
  }
}

/** @returns {Turn[]} */
function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return [];
  }
}
