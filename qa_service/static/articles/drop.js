/** Files dropped anywhere on the page, whole folders too. */

import { byId } from "../dom.js";

/** @param {(files: File[]) => void} take */
export function onDrop(take) {
  const sign = byId("drop");
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // the browser would open the file
    sign.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) sign.hidden = true; // it left the window
  });
  document.addEventListener("drop", async (event) => {
    sign.hidden = true;
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const files = await filesOf(event.dataTransfer);
    if (files.length) take(files);
  });
}

/** @param {DataTransfer} dropped */
async function filesOf(dropped) {
  const entries = [...dropped.items].map((item) => item.webkitGetAsEntry());
  if (!entries.some((entry) => entry?.isDirectory)) return [...dropped.files];
  const found = await Promise.all(entries.map((entry) => (entry ? filesIn(entry) : [])));
  return found.flat();
}

/**
 * The files in a folder of the kinds that can be read; hidden ones and others are passed over.
 *
 * @param {any} entry a FileSystemEntry
 * @returns {Promise<File[]>}
 */
export async function filesIn(entry) {
  if (entry.name.startsWith(".")) return [];
  if (entry.isFile) return isReadable(entry.name) ? [await fileOf(entry)] : [];
  const found = await Promise.all((await entriesIn(entry)).map(filesIn));
  return found.flat();
}

/** @param {any} directory gives its entries some at a time */
async function entriesIn(directory) {
  const reader = directory.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return all;
    all.push(...some);
  }
}

/**
 * @param {any} entry
 * @returns {Promise<File>}
 */
function fileOf(entry) {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** @param {string} name */
function isReadable(name) {
  return byId("files").accept.split(",").some((/** @type {string} */ suffix) => name.toLowerCase().endsWith(suffix));
}
