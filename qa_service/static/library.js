/** What there is to ask: the count in the footer, and how to add articles while there are none. */

import { checkReady, countArticles } from "./api.js";
import { byId } from "./dom.js";

/** @import { Problem } from "./request.js" */

/** Looks again at how many articles there are, and shows it. */
export async function refreshLibrary() {
  try {
    const count = await countArticles();
    showCount(count);
    setEmpty(count === 0);
    if (count > 0) await checkReady();
  } catch (error) {
    const problem = /** @type {Problem} */ (error);
    // The count is a comfort, not a need; only a service that says it isn't ready is worth a word.
    if (problem.status === 503) byId("article-count").textContent = problem.detail;
  }
}

/** @param {number} count */
function showCount(count) {
  const number = count.toLocaleString(document.documentElement.lang);
  const articles = count === 1 ? "1 article" : `${number} articles`;
  byId("article-count").textContent = count ? `Answers from ${articles}.` : "";
}

/** @param {boolean} isEmpty */
function setEmpty(isEmpty) {
  const hasTurns = byId("thread").childElementCount > 0;
  byId("no-articles").hidden = !isEmpty || hasTurns;
  byId("intro").hidden = isEmpty || hasTurns;
}
