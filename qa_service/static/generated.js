/** The answer in a language model's words, each sentence with its sources and how it stood its check. */

import { sourceButton } from "./citation.js";
import { make } from "./dom.js";

/** @import { Generated, Reply, Sentence } from "./types.js" */
/** @import { OpenSource } from "./citation.js" */

/**
 * What stands above the answer from the articles: the generated one, or why there is none.
 *
 * @param {Reply} reply
 * @param {OpenSource} open
 * @returns {HTMLElement[]}
 */
export function generatedView({ generated, note }, open) {
  if (note) return [make("p", { className: "note model-note" }, note)];
  if (!generated) return [];
  return [
    make(
      "section",
      { className: "generated", "aria-label": "Written by a language model" },
      ...paragraphs(generated, open),
      checks(generated),
    ),
    make("h3", { className: "quoted-title" }, "In the articles’ words"),
  ];
}

/**
 * To be read out before the answer from the articles.
 *
 * @param {Reply} reply
 */
export function spokenGenerated({ generated, note }) {
  if (note) return note;
  if (!generated) return null;
  const words = generated.sentences.map(({ text, supported }) => (supported ? text : `${text} (not found in the articles)`));
  return `Written by a language model: ${words.join(" ")} In the articles’ words: `;
}

/**
 * @param {Generated} generated
 * @param {OpenSource} open
 */
function paragraphs(generated, open) {
  /** @type {HTMLElement[]} */
  const all = [];
  for (const sentence of generated.sentences) {
    if (sentence.begins_line || !all.length) all.push(make("p", { dir: "auto" }));
    all[all.length - 1].append(...sentenceNodes(sentence, generated, open));
  }
  return all;
}

/**
 * @param {Sentence} sentence
 * @param {Generated} generated
 * @param {OpenSource} open
 */
function sentenceNodes(sentence, generated, open) {
  const words = make("span", { className: sentence.supported ? "" : "unsupported" }, sentence.text);
  const mark = sentence.supported ? [] : [" ", make("span", { className: "mark" }, "not found in the articles")];
  const sources = generated.citations.flatMap((citation, place) =>
    sentence.citations.includes(citation.id) ? [sourceNumber(place + 1, citation, open)] : [],
  );
  return [words, ...sources, ...mark, " "];
}

/**
 * @param {number} number
 * @param {import("./types.js").Citation} citation
 * @param {OpenSource} open
 */
function sourceNumber(number, citation, open) {
  const button = sourceButton("source-number", String(number), citation, open);
  button.setAttribute("aria-label", `Source ${number}: ${citation.title || "Untitled article"}`);
  return button;
}

/** @param {Generated} generated */
function checks({ model, sentences }) {
  const supported = sentences.filter((sentence) => sentence.supported).length;
  const of = sentences.length === 1 ? "1 sentence" : `${sentences.length} sentences`;
  const items = sentences.map(({ text, support, problem }) =>
    make(
      "li",
      {},
      make("span", { className: "support" }, `${Math.round(100 * support)} %`),
      make("span", { dir: "auto" }, problem ? `${text} ${problem}` : text),
    ),
  );
  return make(
    "details",
    { className: "checks" },
    make("summary", {}, `Written by ${model}; the articles support ${supported} of ${of}`),
    make("ul", { "aria-label": "How well the cited passages support each sentence" }, ...items),
  );
}
