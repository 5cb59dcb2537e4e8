/** What the service replied: the answer and its proof, or the honest news that there is none. */

import { citationCard, smallCitation } from "./citation.js";
import { make } from "./dom.js";
import { excerpt } from "./text.js";

/** @import { Answer, Reply } from "./types.js" */
/** @import { OpenSource } from "./citation.js" */

/** How confidence is put into words, the first that fits. */
const CONFIDENCE = [
  { atLeast: 0.8, word: "Sure", level: 3 },
  { atLeast: 0.5, word: "Likely", level: 2 },
  { atLeast: 0, word: "Unsure", level: 1 },
];

/** Answers with more characters than this are set as a sentence, not as a headline. */
const HEADLINE_LENGTH = 80;

const SHOWN_AT_ONCE = 3;

/**
 * @param {Reply} reply
 * @param {OpenSource} open
 * @returns {HTMLElement}
 */
export function replyView(reply, open) {
  return make("div", { className: "reply" }, ...(isAnswered(reply) ? answered(reply, open) : refused(reply, open)));
}

/**
 * The reply in one breath, to be read out by a screen reader.
 *
 * @param {Reply} reply
 */
export function spokenReply(reply) {
  if (!isAnswered(reply)) return "The articles don’t say.";
  const [main] = reply.answers;
  const title = citationsOf(main, reply)[0]?.title;
  const parts = [main.text.replace(/[.]$/, ""), confidenceOf(main.confidence).word, title && `From: ${title}`];
  return parts.filter(Boolean).join(". ");
}

/** @param {Reply} reply */
function isAnswered(reply) {
  return reply.answerable && reply.answers.length > 0;
}

/**
 * @param {Reply} reply
 * @param {OpenSource} open
 */
function answered(reply, open) {
  const [main, ...others] = reply.answers;
  const [proof] = citationsOf(main, reply);
  const shown = new Set([proof?.id, ...others.flatMap((answer) => answer.citations)]);
  const further = reply.citations.filter(({ id }) => !shown.has(id));
  return [
    answerText(main),
    confidence(main.confidence),
    proof ? citationCard(proof, open) : null,
    list("More answers", others.map((answer) => otherAnswer(answer, reply, open))),
    list("More passages", further.map((citation) => smallCitation(citation, open, { isMarked: true }))),
  ];
}

/**
 * @param {Reply} reply
 * @param {OpenSource} open
 */
function refused(reply, open) {
  const passages = reply.citations.map((citation) => smallCitation(citation, open, { isMarked: false }));
  const comment = passages.length ? "These passages come closest, but they don’t answer the question." : null;
  return [
    make("p", { className: "answer" }, "The articles don’t say."),
    comment && make("p", { className: "comment" }, comment),
    list("Closest passages", passages),
  ];
}

/** @param {Answer} answer */
function answerText({ text }) {
  const isLong = text.length > HEADLINE_LENGTH;
  return make("p", { className: isLong ? "answer answer-long" : "answer", dir: "auto" }, text);
}

/**
 * @param {Answer} answer
 * @param {Reply} reply
 * @param {OpenSource} open
 */
function otherAnswer(answer, reply, open) {
  const [proof, ...further] = citationsOf(answer, reply);
  const isQuoteShown = proof && proof.quote === answer.text && excerpt(proof).isWholeSentence;
  return make(
    "div",
    { className: "other-answer" },
    make(
      "p",
      { className: "other-answer-text" },
      make("span", { dir: "auto" }, answer.text),
      confidence(answer.confidence),
    ),
    proof ? smallCitation(proof, open, { isMarked: true, isQuoteShown }) : null,
    ...further.map((citation) => smallCitation(citation, open, { isMarked: true, isQuoteShown: true })),
  );
}

/** @param {number} value */
function confidence(value) {
  const { word, level } = confidenceOf(value);
  return make(
    "span",
    { className: `confidence confidence-${level}` },
    make("span", { className: "visually-hidden" }, "Confidence: "),
    word,
  );
}

/** @param {number} value */
function confidenceOf(value) {
  return CONFIDENCE.find(({ atLeast }) => value >= atLeast) ?? CONFIDENCE[CONFIDENCE.length - 1];
}

/**
 * @param {Answer} answer
 * @param {Reply} reply
 */
function citationsOf(answer, reply) {
  return answer.citations.flatMap((id) => reply.citations.find((citation) => citation.id === id) ?? []);
}

/**
 * A titled list whose tail is folded away; nothing where there are no entries.
 *
 * @param {string} title
 * @param {HTMLElement[]} entries
 */
function list(title, entries) {
  if (!entries.length) return null;
  const folded = entries.slice(SHOWN_AT_ONCE);
  const more = folded.length
    ? make("details", {}, make("summary", {}, `${folded.length} more`), plainList(folded))
    : null;
  return make(
    "section",
    { className: "more" },
    make("h3", {}, title),
    plainList(entries.slice(0, SHOWN_AT_ONCE)),
    more,
  );
}

/** @param {HTMLElement[]} entries */
function plainList(entries) {
  return make("ul", {}, ...entries.map((entry) => make("li", {}, entry)));
}
