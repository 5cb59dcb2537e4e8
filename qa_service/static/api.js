/** What the chat asks of the service. */

import { fetchJson, jsonBody } from "./request.js";

/** @import { Article, PastTurn, Reply } from "./types.js" */

/**
 * @param {string} question
 * @param {PastTurn[]} history
 * @param {import("./turn.js").How} how
 * @param {AbortSignal} signal
 * @returns {Promise<Reply>}
 */
export function ask(question, history, { asTyped, anyTime }, signal) {
  const context = asTyped ? { as_typed: true } : history.length ? { history } : {};
  const time = anyTime ? { any_time: true } : {};
  const options = { ...jsonBody("POST", { question, ...context, ...time }), signal };
  return fetchJson("/ask", options, "The question was not accepted.");
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Article>}
 */
export function getArticle(id, signal) {
  return fetchJson(`/articles/${encodeURIComponent(id)}`, { signal });
}

/** @returns {Promise<number>} how many articles there are to ask */
export async function countArticles() {
  return (await fetchJson("/articles?limit=1")).total;
}

/** Throws a Problem that says why, where the service can't answer yet. */
export async function checkReady() {
  await fetchJson("/ready");
}
