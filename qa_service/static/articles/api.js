/** What the page of articles asks of the service. */

import { fetchJson, jsonBody, problemOf, unreachable } from "../request.js";

/** @import { Article, ArticleList, Chunk, Facets, Outcomes } from "../types.js" */

/** @typedef {Article & {fields: Record<string, string>}} StoredArticle with whatever else is said of it */

const REFUSED = "The article was not accepted.";

/**
 * @param {URLSearchParams} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<ArticleList>}
 */
export function listArticles(query, signal) {
  return fetchJson(`/articles?${query}`, { signal });
}

/** @returns {Promise<Facets>} */
export function getFacets() {
  return fetchJson("/facets");
}

/**
 * @param {string} id
 * @param {AbortSignal} signal
 * @returns {Promise<Chunk[]>}
 */
export async function getChunks(id, signal) {
  return (await fetchJson(`${address(id)}/chunks`, { signal })).chunks;
}

/**
 * @param {Partial<Article>} article
 * @returns {Promise<Outcomes>}
 */
export function addArticle(article) {
  return fetchJson("/articles", jsonBody("POST", article), REFUSED);
}

/**
 * @param {string} id
 * @param {object} changes
 * @returns {Promise<Article>}
 */
export function changeArticle(id, changes) {
  return fetchJson(address(id), jsonBody("PUT", changes), REFUSED);
}

/**
 * @param {string} id
 * @returns {Promise<void>} even if the page is closed at once
 */
export function deleteArticle(id) {
  return fetchJson(address(id), { method: "DELETE", keepalive: true });
}

/**
 * XMLHttpRequest, since fetch does not say how much was sent.
 *
 * @param {File} file
 * @param {(share: number) => void} onProgress told the part that was sent, 0 to 1
 * @returns {Promise<Outcomes>}
 */
export function uploadFile(file, onProgress) {
  const form = new FormData();
  form.append("files", file, file.name);
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
  request.open("POST", "/articles");
  return new Promise((resolve, reject) => {
    request.addEventListener("error", () => reject(unreachable()));
    request.addEventListener("load", () => {
      const { status, responseText } = request;
      const type = request.getResponseHeader("Content-Type");
      // What is no JSON is of something between here and the service, such as a page to sign in at.
      if (status < 300 && type?.startsWith("application/json")) resolve(JSON.parse(responseText));
      else reject(problemOf(status, type, responseText, "It can’t be added."));
    });
    request.send(form);
  });
}

/** @param {string} id */
function address(id) {
  return `/articles/${encodeURIComponent(id)}`;
}
