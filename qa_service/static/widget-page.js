/** The chat inside another site's frame: Escape closes it there, unless it closed something here. */

function onKey(/** @type {KeyboardEvent} */ event) {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  // Says nothing but that; whoever frames the page may hear it.
  parent.postMessage("close", "*");
}

// Before the page's own listeners, which close dialogs.
addEventListener("keydown", onKey, { capture: true });
