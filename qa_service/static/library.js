/** What there is to ask: the count and its age in the footer, and how to add articles while there are none. */

import { getReady } from "./api.js";
import { byId, make } from "./dom.js";
import { ago, readableDate } from "./text.js";

/** @import { Problem } from "./request.js" */
/** @import { Ready } from "./types.js" */

/** Looks again at how many articles there are, and shows it. */
export async function refreshLibrary() {
  try {
    const ready = await getReady();
    showCount(ready);
    setEmpty(ready.articles === 0);
  } catch (error) {
    const problem = /** @type {Problem} */ (error);
    // The count is a comfort, not a need; only a service that says it isn't ready is worth a word.
    if (problem.status === 503) byId("article-count").textContent = problem.detail;
  }
}

/** @param {Ready} ready */
function showCount({ articles, changed_at: changed }) {
  const number = articles.toLocaleString(document.documentElement.lang);
  const words = articles === 1 ? "1 article" : `${number} articles`;
  const age = changed ? [", changed ", make("time", { dateTime: changed, title: readableDate(changed) }, ago(changed))] : [];
  byId("article-count").replaceChildren(...(articles ? [words, ...age] : []));
}

/** @param {boolean} isEmpty */
function setEmpty(isEmpty) {
  const hasTurns = byId("thread").childElementCount > 0;
  byId("no-articles").hidden = !isEmpty || hasTurns;
  byId("intro").hidden = isEmpty || hasTurns;
}
