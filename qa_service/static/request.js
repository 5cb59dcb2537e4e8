/** Requests to the service, and what can go wrong with them. */

/** What happened, in words for people, where a status says more than that the request or the service failed. */
const HEADLINES = {
  404: "It is no longer there.",
  409: "There is nothing to answer from yet.",
  413: "It is too large.",
  415: "It is of a kind that can’t be read.",
  429: "Too many questions at once.",
  503: "The service isn’t ready.",
};

/** A request that failed, in words for the person who waits: what happened and what to do. */
export class Problem extends Error {
  /**
   * @param {string} title
   * @param {string} detail
   * @param {number} [status] 0 where the service could not be reached
   * @param {{field: string, message: string}[]} [errors] the fields that are wrong
   */
  constructor(title, detail, status = 0, errors = []) {
    super(title);
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.errors = errors;
  }

  /** Whether another try may help without changing what was sent. */
  get isPassing() {
    return this.status < 400 || this.status >= 500 || [404, 408, 409, 429].includes(this.status);
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 * @param {string} [refused] what to say where the service does not accept what was sent
 * @returns {Promise<any>} nothing where there is nothing to say (204)
 */
export async function fetchJson(path, options, refused) {
  const response = await reach(path, options);
  const { status, headers } = response;
  if (!response.ok) throw problemOf(status, headers.get("Content-Type"), await textOf(response), refused);
  try {
    return status === 204 ? null : await response.json();
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Problem("The reply broke off.", "Try again. If it stays, look at the service's log.");
  }
}

/**
 * @param {string} path
 * @param {RequestInit} [options]
 */
export async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (isAbort(error)) throw error;
    throw unreachable();
  }
}

/**
 * Problem details (RFC 9457) where the service sent them, plain words where something else replied.
 *
 * @param {number} status
 * @param {string | null} contentType
 * @param {string} body
 * @param {string} [refused] what to say where the service does not accept what was sent
 */
export function problemOf(status, contentType, body, refused = "That was not accepted.") {
  const sent = contentType?.startsWith("application/problem+json") ? parsed(body) : {};
  return new Problem(
    HEADLINES[/** @type {keyof typeof HEADLINES} */ (status)] ?? (status < 500 ? refused : "The service failed."),
    sent.detail || `It replied with status ${status} and nothing else. Try again in a moment.`,
    status,
    sent.errors,
  );
}

export function unreachable() {
  return new Problem(
    "The service can’t be reached.",
    "Check that it is running and that you are connected to it, then try again.",
  );
}

/**
 * The options of a request that sends JSON.
 *
 * @param {"POST" | "PUT"} method
 * @param {object} body
 */
export function jsonBody(method, body) {
  return { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

/** @param {string} body */
function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** @param {Response} response */
function textOf(response) {
  return response.text().catch(() => "");
}

/** @param {unknown} error */
export function isAbort(error) {
  return error instanceof DOMException && error.name === "AbortError";
}
