/** What the page asks of the service, and what can go wrong with it. */

/** @import { Article, PastTurn, Reply } from "./types.js" */

/** What happened, in words for people, where a status says more than that the question or the service failed. */
const HEADLINES = {
  404: "It is no longer there.",
  409: "There is nothing to answer from yet.",
  429: "Too many questions at once.",
  503: "The service isn’t ready.",
};

/** A request that failed, in words for the person who waits: what happened and what to do. */
export class Problem extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   * @param {number} [status] 0 where the service could not be reached
   */
  constructor(title, detail, status = 0) {
    super(title);
    this.title = title;
    this.detail = detail;
    this.status = status;
  }

  /** Whether another try may help without changing the question. */
  get isPassing() {
    return this.status < 400 || this.status >= 500 || [404, 408, 409, 429].includes(this.status);
  }
}

/**
 * @param {string} question
 * @param {PastTurn[]} history
 * @param {boolean} asTyped whether the words are searched as they are, whatever the history
 * @param {AbortSignal} signal
 * @returns {Promise<Reply>}
 */
export function ask(question, history, asTyped, signal) {
  const context = asTyped ? { as_typed: true } : history.length ? { history } : {};
  return fetchJson("/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ question, ...context }),
    signal,
  });
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

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
async function fetchJson(path, options) {
  const response = await reach(path, options);
  if (!response.ok) throw await problemOf(response);
  try {
    return await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Problem("The reply broke off.", "Try again. If it stays, look at the service's log.");
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Problem(
      "The service can’t be reached.",
      "Check that it is running and that you are connected to it, then try again.",
    );
  }
}

/**
 * Problem details (RFC 9457) where the service sent them, plain words where something else replied.
 *
 * @param {Response} response
 */
async function problemOf(response) {
  const isProblem = response.headers.get("Content-Type")?.startsWith("application/problem+json");
  const sent = isProblem ? await response.json().catch(() => ({})) : {};
  const { status } = response;
  const blamed = status < 500 ? "The question was not accepted." : "The service failed.";
  return new Problem(
    HEADLINES[/** @type {keyof typeof HEADLINES} */ (status)] ?? blamed,
    sent.detail || `It replied with status ${status} and nothing else. Try again in a moment.`,
    status,
  );
}

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}
