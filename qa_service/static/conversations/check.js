/** Checks of conversations that come from a file: every field that the page relies on, and every quote. */

import { utf16Index } from "../text.js";

/** @import { Citation } from "../types.js" */
/** @import { Kept } from "./store.js" */

/** @typedef {(value: any, where: string) => void} Check throws an Error that says what is wrong, and where */

/** @type {Check} */
const text = (value, where) => ensure(typeof value === "string", where, "must be a text");
/** @type {Check} */
const number = (value, where) => ensure(Number.isFinite(value), where, "must be a number");
/** @type {Check} */
const count = (value, where) =>
  ensure(Number.isInteger(value) && value >= 0, where, "must be a whole number from 0 on");
/** @type {Check} */
const bool = (value, where) => ensure(typeof value === "boolean", where, "must be true or false");
/** @type {Check} */
const time = (value, where) => {
  const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
  ensure(isTime, where, "must be a time in ISO 8601, UTC");
};
/** @type {Check} */
const id = (value, where) => ensure(/^[\w-]{1,64}$/.test(value), where, "must be 1 to 64 letters, digits, - or _");

const copy = record({
  article_id: text, title: text, url: optional(text), published: optional(text), source: optional(text),
});

/** @type {Check} */
const citation = both(
  record({
    id: count, article_id: text, content_hash: text, title: text, quote: text, passage: text,
    url: optional(text), published: optional(text), author: optional(text), source: optional(text),
    page: optional(count), copies: optional(list(copy)),
    start: count, end: count, passage_start: count, passage_end: count,
  }),
  quotesItsPassage,
);

const reply = record({
  standalone_question: text, answerable: bool, answer: optional(text), confidence: number,
  kind: optional(oneOf("single", "list", "sentence")),
  timeframe: optional(
    record({ words: text, kind: oneOf("latest", "since", "around"), after: optional(text), before: optional(text) }),
  ),
  answers: list(record({ text, confidence: number, citations: list(count) })),
  citations: list(citation),
});

const turn = record({
  id, asked: time, question: text, rating: optional(oneOf("up", "down")), reply: optional(reply),
  how: record({ asTyped: optional(bool), anyTime: optional(bool) }),
});

const conversations = distinct(record({ id, title: optional(text), turns: both(distinct(turn), notEmpty) }));

/**
 * @param {unknown} value
 * @returns {Kept[]}
 */
export function checked(value) {
  conversations(value, "conversations");
  return /** @type {Kept[]} */ (value);
}

/**
 * @param {unknown} holds
 * @param {string} where
 * @param {string} what
 */
function ensure(holds, where, what) {
  if (!holds) throw new Error(`${where} ${what}.`);
}

/** @param {Record<string, Check>} fields */
function record(fields) {
  /** @type {Check} */
  return (value, where) => {
    ensure(typeof value === "object" && value && !Array.isArray(value), where, "must be an object");
    for (const [name, check] of Object.entries(fields)) check(value[name], `${where}.${name}`);
  };
}

/** @param {Check} check */
function list(check) {
  /** @type {Check} */
  return (value, where) => {
    ensure(Array.isArray(value), where, "must be a list");
    for (const [place, each] of value.entries()) check(each, `${where}[${place}]`);
  };
}

/**
 * A list in which no two have the same id.
 *
 * @param {Check} check
 */
function distinct(check) {
  return both(list(check), (value, where) => {
    const isEachItsOwn = new Set(value.map((/** @type {{id: string}} */ each) => each.id)).size === value.length;
    ensure(isEachItsOwn, where, "must have an id of its own for each");
  });
}

/** @type {Check} */
function notEmpty(value, where) {
  ensure(value.length, where, "must not be empty");
}

/** @param {Check} check */
function optional(check) {
  /** @type {Check} */
  return (value, where) => {
    if (value !== null && value !== undefined) check(value, where);
  };
}

/** @param {...string} values */
function oneOf(...values) {
  /** @type {Check} */
  return (value, where) => ensure(values.includes(value), where, `must be one of ${values.join(", ")}`);
}

/** @param {...Check} checks */
function both(...checks) {
  /** @type {Check} */
  return (value, where) => {
    for (const check of checks) check(value, where);
  };
}

/**
 * A quote that is not what its passage says at its offsets proves nothing.
 *
 * @param {Citation} citation
 * @param {string} where
 */
function quotesItsPassage({ start, end, quote, passage, passage_start, passage_end }, where) {
  const [from, to] = [utf16Index(passage, start - passage_start), utf16Index(passage, end - passage_start)];
  const isInside = passage_start <= start && start < end && end <= passage_end;
  const isWhole = [...passage].length === passage_end - passage_start;
  const isTrue = isInside && isWhole && passage.slice(from, to) === quote;
  ensure(isTrue, `${where}.quote`, "is not what its passage says at its offsets");
}
