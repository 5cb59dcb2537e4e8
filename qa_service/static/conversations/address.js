/** The open conversation in the page's address, so that a reload, a bookmark and the way back lead to it. */

const PAGE_TITLE = document.title;

let known = idInAddress();

/** @returns {string | null} */
export function idInAddress() {
  return new URLSearchParams(location.search).get("c");
}

/**
 * @param {string | null} id null for a conversation that is not kept
 * @param {string} [title]
 * @param {boolean} [isStep] whether the way back leads to where one was before
 */
export function setAddress(id, title = "", isStep = false) {
  document.title = title ? `${title} – ${PAGE_TITLE}` : PAGE_TITLE;
  if (id && id === idInAddress()) return;
  known = id;
  const address = id ? `/?c=${encodeURIComponent(id)}` : "/";
  if (isStep) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

/**
 * Calls back when somebody goes back or forth to another conversation; links within the page don't count.
 *
 * @param {(id: string | null) => void} listener
 */
export function onStep(listener) {
  addEventListener("popstate", () => {
    const id = idInAddress();
    if (id === known) return;
    known = id;
    listener(id);
  });
}
