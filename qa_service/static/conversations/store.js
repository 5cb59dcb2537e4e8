/**
 * The conversations that are kept in this browser, in IndexedDB.
 *
 * A turn is a record of its own, so tabs that write at once add to each other's turns. Beside the turns each
 * conversation has a summary, made anew from its turns whenever one is written, which is all that a list needs.
 */

import { Problem } from "../request.js";

/** @import { Turn } from "../types.js" */

/**
 * @typedef {object} Summary
 * @property {string} id
 * @property {string | null} title as it was given; without one the first question is the title
 * @property {string} first the first question
 * @property {string} created when the first question was asked, in ISO 8601
 * @property {string} changed when the last question was asked
 * @property {string} words every question and answer, to search in
 *
 * @typedef {{id: string, title: string | null, turns: Turn[]}} Kept
 */

const NAME = "conversations";
const VERSION = 1;
const STORES = ["summaries", "turns"];

export class Store {
  constructor() {
    /** @type {Promise<IDBDatabase> | null} */
    this.opened = null;
    /** @type {((id: string | null) => void)[]} */
    this.listeners = [];
    this.channel = new BroadcastChannel(NAME);
    this.channel.addEventListener("message", ({ data }) => this.#tell(data));
  }

  /**
   * Calls back after each change, whichever tab made it.
   *
   * @param {(id: string | null) => void} listener gets the conversation that changed, null for many
   */
  onChange(listener) {
    this.listeners.push(listener);
  }

  /** @returns {Promise<Summary[]>} the one that was changed last comes first */
  async list() {
    /** @type {Summary[]} */
    const all = await this.#read((summaries) => summaries.getAll());
    return all.sort((one, other) => other.changed.localeCompare(one.changed));
  }

  /**
   * @param {string} id
   * @returns {Promise<Kept | null>}
   */
  async get(id) {
    const summary = await this.#read((summaries) => summaries.get(id));
    if (!summary) return null;
    return { id, title: summary.title, turns: inOrder(await this.#read((_, turns) => turnsOf(turns, id))) };
  }

  /** @returns {Promise<Kept[]>} */
  async all() {
    const kept = await Promise.all((await this.list()).map(({ id }) => this.get(id)));
    return kept.filter((each) => each !== null);
  }

  /**
   * Keeps one turn, as it is now.
   *
   * @param {string} id of its conversation
   * @param {Turn} turn
   * @param {Turn[]} others of the conversation, which are kept too where it is not there, or not any more
   */
  async keep(id, turn, others) {
    await this.#write(id, async (summaries, turns) => {
      const summary = await result(summaries.get(id));
      for (const each of summary ? [turn] : [...others, turn]) turns.put({ ...each, conversation: id });
      await summarise(summaries, turns, id, summary?.title ?? null);
    });
  }

  /**
   * Adds what is missing of conversations; what is there already stays as it is.
   *
   * @param {Kept[]} conversations
   */
  async merge(conversations) {
    await this.#write(conversations.length === 1 ? conversations[0].id : null, async (summaries, turns) => {
      for (const { id, title, turns: added } of conversations) {
        const there = new Map((await result(turnsOf(turns, id))).map((turn) => [turn.id, turn]));
        for (const turn of added) if (!there.get(turn.id)?.reply) turns.put({ ...turn, conversation: id });
        const summary = await result(summaries.get(id));
        await summarise(summaries, turns, id, summary ? summary.title : title);
      }
    });
  }

  /**
   * @param {string} id
   * @param {string | null} title null for the first question
   */
  async rename(id, title) {
    await this.#write(id, (summaries, turns) => summarise(summaries, turns, id, title));
  }

  /**
   * @param {string} id
   * @returns {Promise<Kept | null>} what was deleted, for merge to put back
   */
  async delete(id) {
    /** @type {Kept | null} */
    let deleted = null;
    await this.#write(id, async (summaries, turns) => {
      const summary = await result(summaries.get(id));
      if (summary) deleted = { id, title: summary.title, turns: await result(turnsOf(turns, id)) };
      for (const turn of deleted?.turns ?? []) turns.delete([id, turn.id]);
      summaries.delete(id);
    });
    return deleted;
  }

  /** @param {(summaries: IDBObjectStore, turns: IDBObjectStore) => IDBRequest} ask */
  async #read(ask) {
    const database = await this.#open();
    const transaction = database.transaction(STORES);
    return result(ask(transaction.objectStore("summaries"), transaction.objectStore("turns")));
  }

  /**
   * All that `change` does, or nothing; then everybody is told.
   *
   * @param {string | null} id of the conversation that changes, null for many
   * @param {(summaries: IDBObjectStore, turns: IDBObjectStore) => Promise<void>} change
   */
  async #write(id, change) {
    const database = await this.#open();
    const transaction = database.transaction(STORES, "readwrite", { durability: "strict" });
    const done = completed(transaction);
    try {
      await change(transaction.objectStore("summaries"), transaction.objectStore("turns"));
    } catch (error) {
      abort(transaction);
      await done.catch(() => {});
      throw transaction.error ?? error;
    }
    await done;
    this.channel.postMessage(id);
    this.#tell(id);
  }

  /** @param {string | null} id */
  #tell(id) {
    for (const listener of this.listeners) listener(id);
  }

  #open() {
    this.opened ??= open().catch((error) => {
      this.opened = null; // it may be let in the next time
      throw error;
    });
    return this.opened;
  }
}

/**
 * An id that nobody else has. Not crypto.randomUUID, which is only there for pages that came by https.
 *
 * @returns {string} 22 letters and digits
 */
export function newId() {
  const letters = "0123456789abcdefghijklmnopqrstuvwxyz";
  return Array.from(crypto.getRandomValues(new Uint8Array(22)), (byte) => letters[byte % 36]).join("");
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("summaries", { keyPath: "id" });
      const turns = request.result.createObjectStore("turns", { keyPath: ["conversation", "id"] });
      turns.createIndex("conversation", "conversation");
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // lets a newer page in another tab begin
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBObjectStore} turns
 * @param {string} id of the conversation
 */
function turnsOf(turns, id) {
  return turns.index("conversation").getAll(id);
}

/**
 * @param {IDBObjectStore} summaries
 * @param {IDBObjectStore} turns
 * @param {string} id
 * @param {string | null} title
 */
async function summarise(summaries, turns, id, title) {
  /** @type {Turn[]} */
  const all = inOrder(await result(turnsOf(turns, id)));
  if (!all.length) return;
  const words = all.map(({ question, reply }) => `${question}\n${reply?.answer ?? ""}`).join("\n");
  const [first, last] = [all[0], all[all.length - 1]];
  summaries.put({ id, title, first: first.question, created: first.asked, changed: last.asked, words });
}

/** @param {Turn[]} turns in any order; those that were asked first come first */
export function inOrder(turns) {
  return turns.toSorted((one, other) => one.asked.localeCompare(other.asked));
}

/**
 * @param {IDBRequest} request
 * @returns {Promise<any>}
 */
function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function completed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/** @param {IDBTransaction} transaction */
function abort(transaction) {
  try {
    transaction.abort();
  } catch {
    // It ended already.
  }
}

/**
 * What to tell of a storage that did not take something.
 *
 * @param {unknown} error
 */
export function storageProblem(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "QuotaExceededError") {
    return new Problem("The browser’s storage is full.", "Delete conversations or free space on the disk.");
  }
  if (name === "VersionError") {
    return new Problem("A newer version of this page keeps the conversations here.", "Reload to get it.");
  }
  return new Problem("This browser lets the page keep nothing.", "Allow it to store data for this site.");
}
