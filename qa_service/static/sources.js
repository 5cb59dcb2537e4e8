/** What an answer cites, as a numbered list of sources in plain words. */

import { readableDate } from "./text.js";

/** @import { Citation, Generated, Reply } from "./types.js" */

/**
 * @typedef {object} Source an article and the numbers of its citations
 * @property {string} numbers such as [1] or [1–3, 5]
 * @property {Citation} citation the first of them
 * @property {string} about who published it and when
 * @property {Citation[]} citations
 *
 * @param {Citation[]} citations
 * @returns {Source[]}
 */
export function sources(citations) {
  const articles = Map.groupBy(citations, ({ article_id }) => article_id);
  return Array.from(articles.values(), (ofOne) => ({
    numbers: numbers(ofOne),
    citation: ofOne[0],
    about: about(ofOne),
    citations: ofOne,
  }));
}

/**
 * The answer for the clipboard: its words with the numbers of what supports them, then the sources.
 *
 * @param {Reply} reply
 */
export function answerWithSources(reply) {
  const listed = sources(cited(reply)).map(({ numbers, citation, about }) =>
    [`${numbers} ${citation.title || "Untitled article"}`, about, citation.url].filter(Boolean).join(". "),
  );
  const { generated } = reply;
  const written = generated ? [generatedWithNumbers(generated), "", writtenBy(generated), "", "In the articles’ words:"] : [];
  const list = listed.length ? ["", `${sourcesTitle(reply)}:`, ...listed] : [];
  return [...written, answerWithNumbers(reply), ...list].join("\n");
}

/**
 * All that is cited where a reply is written down.
 *
 * @param {Reply} reply
 */
export function cited(reply) {
  const written = reply.generated?.citations ?? [];
  const quoted = reply.answerable ? supporting(reply) : written.length ? [] : reply.citations;
  return [...quoted, ...written];
}

/** @param {Reply} reply */
export function sourcesTitle({ answerable, generated }) {
  return answerable || generated ? "Sources" : "Closest passages";
}

/**
 * The sentences of a language model, each with [n] behind it, and marked where the articles don't bear it out.
 *
 * @param {Generated} generated
 */
export function generatedWithNumbers({ sentences, citations }) {
  return sentences
    .map(({ text, supported, citations: ids, begins_line: beginsLine }, place) => {
      const proof = numbers(citations.filter(({ id }) => ids.includes(id)));
      const words = [text, proof, supported ? "" : "(not found in the articles)"].filter(Boolean).join(" ");
      return `${place ? (beginsLine ? "\n" : " ") : ""}${words}`;
    })
    .join("");
}

/** @param {Generated} generated */
export function writtenBy({ model }) {
  return `Written by ${model}, a language model.`;
}

/**
 * The answer in a line with [n] behind it, unless it brings numbers of its own.
 *
 * @param {Reply} reply
 */
export function answerWithNumbers(reply) {
  if (!reply.answerable || !reply.answer) return "The articles don’t say.";
  const isNumbered = /\[\d+\]/.test(reply.answer);
  return isNumbered ? reply.answer : `${reply.answer} ${numbers(supporting(reply))}`.trim();
}

/**
 * The citations of the answer as it is shown: those of all members of a list, else those of the first answer.
 *
 * @param {Reply} reply
 */
export function supporting({ kind, answers, answer, citations }) {
  if (kind === "list" || /\[\d+\]/.test(answer ?? "")) return citations;
  const ids = answers[0]?.citations ?? [];
  return citations.filter(({ id }) => ids.includes(id));
}

/** @param {Citation[]} ofOne of one article */
function about(ofOne) {
  const [{ author, source, published }] = ofOne;
  const pages = [...new Set(ofOne.map(({ page }) => page).filter(Boolean))];
  const place = pages.length ? `p. ${pages.join(", ")}` : null;
  return [author, source, published && readableDate(published), place].filter(Boolean).join(", ");
}

/** @param {Citation[]} citations */
function numbers(citations) {
  if (!citations.length) return "";
  /** @type {[number, number][]} */
  const runs = [];
  for (const id of citations.map((citation) => citation.id).toSorted((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last && id <= last[1] + 1) last[1] = id;
    else runs.push([id, id]);
  }
  return `[${runs.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(", ")}]`;
}
