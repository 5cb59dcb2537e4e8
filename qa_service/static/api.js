/** What the chat asks of the service. */

import { eventsOf } from "./events.js";
import { Problem, fetchJson, isAbort, jsonBody, problemOf, reach } from "./request.js";

/** @import { Article, Found, PastTurn, Ready, Reply } from "./types.js" */
/** @import { How } from "./turn.js" */

const REFUSED = "The question was not accepted.";

/**
 * What is told of a reply before it is there: what is read, and what a language model writes, unchecked.
 *
 * @typedef {{found: (found: Found) => void, wrote: (text: string) => void}} Progress
 */

/**
 * The reply to a question, whose passages are told as soon as they are found.
 *
 * @param {string} question
 * @param {PastTurn[]} history
 * @param {How} how
 * @param {AbortSignal} signal
 * @param {Progress} progress
 * @returns {Promise<Reply>}
 */
export async function ask(question, history, how, signal, progress) {
  const options = { ...jsonBody("POST", askBody(question, history, how)), signal };
  const reply = await streamed(options, progress);
  return reply ?? fetchJson("/ask", options, REFUSED);
}

/**
 * Questions that can be asked next, each answered by the articles.
 *
 * @param {string} question
 * @param {PastTurn[]} history
 * @param {How} how
 * @param {AbortSignal} signal
 * @returns {Promise<string[]>}
 */
export async function getSuggestions(question, history, how, signal) {
  const options = { ...jsonBody("POST", askBody(question, history, how)), signal };
  return (await fetchJson("/ask/suggestions", options)).questions;
}

/**
 * What /ask and its kin take.
 *
 * @param {string} question
 * @param {PastTurn[]} history
 * @param {How} how
 */
function askBody(question, history, { asTyped, anyTime, filters, topK, mode }) {
  return {
    question,
    as_of: today(),
    ...(asTyped ? { as_typed: true } : history.length ? { history } : {}),
    ...(anyTime ? { any_time: true } : {}),
    ...(filters ? { filters } : {}),
    ...(topK ? { top_k: topK } : {}),
    ...(mode ? { mode } : {}),
  };
}

/** The day that it is for whoever asks, in ISO 8601: the service may be where it is another. */
function today() {
  const now = new Date();
  const [month, day] = [now.getMonth() + 1, now.getDate()].map((number) => String(number).padStart(2, "0"));
  return `${now.getFullYear()}-${month}-${day}`;
}

/**
 * The reply by way of a stream; null where no stream comes through, as behind some proxies.
 *
 * @param {RequestInit} options
 * @param {Progress} progress
 * @returns {Promise<Reply | null>}
 */
async function streamed(options, progress) {
  const response = await reach("/ask/stream", options);
  const kind = response.headers.get("Content-Type") ?? "";
  if (!response.ok && kind.startsWith("application/problem+json") && response.status !== 404) {
    throw problemOf(response.status, kind, await response.text(), REFUSED);
  }
  if (!response.body || !kind.startsWith("text/event-stream")) return null;
  try {
    for await (const { name, data } of eventsOf(response.body)) {
      if (name === "search") progress.found(JSON.parse(data));
      if (name === "token") progress.wrote(JSON.parse(data).text);
      if (name === "done") return JSON.parse(data);
      if (name === "error") throw problemOf(JSON.parse(data).status, "application/problem+json", data);
    }
  } catch (error) {
    if (isAbort(error) || error instanceof Problem) throw error;
  }
  return null;
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Article>}
 */
export function getArticle(id, signal) {
  return fetchJson(`/articles/${encodeURIComponent(id)}`, { signal });
}

/**
 * What there is to ask. Throws a Problem that says why, where the service can't answer yet.
 *
 * @returns {Promise<Ready>}
 */
export function getReady() {
  return fetchJson("/ready");
}
