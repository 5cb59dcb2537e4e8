/** Conversations as a JSON file, out and in. */

import { checked } from "./check.js";

/** @import { Kept } from "./store.js" */

export const FORMAT = "qa-service conversations";
export const VERSION = 1;

const LARGEST_FILE = 200_000_000; // bytes; all of it is held in memory

/** @param {Kept[]} conversations */
export function asJson(conversations) {
  const kept = conversations.map(({ id, title, turns }) => ({
    id,
    title,
    turns: turns.map(({ conversation: _, ...turn }) => turn),
  }));
  return JSON.stringify({ format: FORMAT, version: VERSION, conversations: kept }, null, 1);
}

/**
 * The conversations of a file. Throws an Error that says what is wrong with it, and where.
 *
 * @param {File} file
 * @returns {Promise<Kept[]>}
 */
export async function fromFile(file) {
  if (file.size > LARGEST_FILE) throw new Error(`It has more than ${LARGEST_FILE / 1e6} MB.`);
  return fromJson(await file.text());
}

/** @param {string} text */
export function fromJson(text) {
  let content;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`It is not JSON: ${/** @type {Error} */ (error).message}.`);
  }
  if (content?.format !== FORMAT) {
    throw new Error(`It is not an export of conversations, whose “format” is “${FORMAT}”.`);
  }
  if (content.version !== VERSION) {
    throw new Error(`It is of version ${content.version}; this page reads version ${VERSION}.`);
  }
  return checked(content.conversations);
}

/**
 * Has the browser save a file.
 *
 * @param {string} name
 * @param {string} content
 * @param {string} type
 */
export function save(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers begin to read it later
}

/**
 * A name for a file that any system takes.
 *
 * @param {string} title
 * @param {string} suffix
 */
export function fileName(title, suffix) {
  const words = title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${Array.from(words).slice(0, 60).join("") || "conversation"}.${suffix}`;
}
