/** What the service replied: the answer and its proof, or the honest news that there is none. */

import { citationCard, smallCitation, sourceButton } from "./citation.js";
import { make } from "./dom.js";
import { generatedView, spokenGenerated } from "./generated.js";
import { bySentence, excerpt } from "./text.js";

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
const MEMBERS_AT_ONCE = 8;

/**
 * @param {Reply} reply
 * @param {OpenSource} open
 * @returns {HTMLElement}
 */
export function replyView(reply, open) {
  const generated = generatedView(reply, open);
  return make("div", { className: "reply" }, ...generated, ...(isAnswered(reply) ? answered(reply, open) : refused(reply, open)));
}

/**
 * The reply in one breath, to be read out by a screen reader.
 *
 * @param {Reply} reply
 */
export function spokenReply(reply) {
  return [spokenGenerated(reply), spokenAnswer(reply)].filter(Boolean).join(" ");
}

/** @param {Reply} reply */
function spokenAnswer(reply) {
  const nearly = reply.did_you_mean ? `Did you mean: ${reply.did_you_mean}` : null;
  if (!isAnswered(reply)) return ["The articles don’t say.", nearly].filter(Boolean).join(" ");
  const [main] = reply.answers;
  const count = isList(reply) ? `A list of ${reply.answers.length}` : null;
  const line = reply.answer.replace(/[.]$/, "");
  return [count, line, confidenceOf(main.confidence).word, spokenSource(reply), nearly].filter(Boolean).join(". ");
}

/** @param {Reply} reply */
function spokenSource(reply) {
  const citations = isList(reply) ? reply.citations : citationsOf(reply.answers[0], reply);
  const articles = new Set(citations.map((citation) => citation.article_id));
  if (isList(reply) && articles.size > 1) return `From ${articles.size} articles`;
  return citations[0]?.title && `From: ${citations[0].title}`;
}

/** @param {Reply} reply */
function isAnswered(reply) {
  return reply.answerable && reply.answers.length > 0;
}

/** @param {Reply} reply */
function isList(reply) {
  return reply.kind === "list";
}

/**
 * @param {Reply} reply
 * @param {OpenSource} open
 */
function answered(reply, open) {
  const [main, ...rest] = reply.answers;
  const others = isList(reply) ? [] : rest;
  const othersProof = new Set(others.flatMap((answer) => answer.citations));
  const [proof, ...further] = bySentence(reply.citations.filter(({ id }) => !othersProof.has(id)));
  return [
    answerText(reply.answer),
    confidence(main.confidence),
    isList(reply) ? members(reply, open) : null,
    proof ? citationCard(proof, open) : null,
    list(
      reply.kind === "sentence" ? "More sentences" : "More answers",
      others.map((answer) => otherAnswer(answer, reply, open)),
    ),
    list("More passages", further.map((citations) => smallCitation(citations, open, { isMarked: true }))),
  ];
}

/**
 * @param {Reply} reply
 * @param {OpenSource} open
 */
function refused(reply, open) {
  const passages = reply.citations.map((citation) => smallCitation([citation], open, { isMarked: false }));
  return [
    make("p", { className: "answer" }, "The articles don’t say."),
    list("Closest passages, which don’t answer it", passages),
  ];
}

/** @param {string} text */
function answerText(text) {
  const isLong = text.length > HEADLINE_LENGTH;
  return make("p", { className: isLong ? "answer answer-long" : "answer", dir: "auto" }, text);
}

/**
 * The members of a list, each the way to its place. Their confidence is said where it is not the list's.
 *
 * @param {Reply} reply
 * @param {OpenSource} open
 */
function members(reply, open) {
  const { word } = confidenceOf(reply.answers[0].confidence);
  const entries = reply.answers.map((answer) => {
    const button = sourceButton("link member", answer.text, citationsOf(answer, reply)[0], open);
    const isOther = confidenceOf(answer.confidence).word !== word;
    return make("div", {}, button, isOther ? confidence(answer.confidence) : null);
  });
  return list(`${entries.length} on the list`, entries, { className: "more members", atOnce: MEMBERS_AT_ONCE });
}

/**
 * @param {Answer} answer
 * @param {Reply} reply
 * @param {OpenSource} open
 */
function otherAnswer(answer, reply, open) {
  const [proof, ...further] = bySentence(citationsOf(answer, reply));
  const isQuoteShown = proof && proof[0].quote === answer.text && excerpt(proof).isWholeSentence;
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
    ...further.map((citations) => smallCitation(citations, open, { isMarked: true, isQuoteShown: true })),
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
 * @param {{className?: string, atOnce?: number}} [how] atOnce is how many are shown before the fold
 */
function list(title, entries, { className = "more", atOnce = SHOWN_AT_ONCE } = {}) {
  if (!entries.length) return null;
  const folded = entries.slice(atOnce);
  const more = folded.length
    ? make("details", {}, make("summary", {}, `${folded.length} more`), plainList(folded))
    : null;
  return make(
    "section",
    { className },
    make("h3", {}, title),
    plainList(entries.slice(0, atOnce)),
    more,
  );
}

/** @param {HTMLElement[]} entries */
function plainList(entries) {
  return make("ul", {}, ...entries.map((entry) => make("li", {}, entry)));
}
