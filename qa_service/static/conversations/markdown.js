/** A conversation as Markdown, to read or to send on. */

import { answerWithNumbers, cited, generatedWithNumbers, sources, sourcesTitle, supporting, writtenBy } from "../sources.js";
import { bySentence, excerpt, readableDate } from "../text.js";
import { titleOf } from "./title.js";

/** @import { Citation, Reply, Turn } from "../types.js" */
/** @import { Kept } from "./store.js" */

/** @param {Kept} conversation */
export function asMarkdown(conversation) {
  const [first] = conversation.turns;
  return [
    `# ${escaped(titleOf(conversation))}`,
    `Asked on ${readableDate(first.asked)}`,
    ...conversation.turns.flatMap(turn),
  ].join("\n\n") + "\n";
}

/** @param {Turn} turn */
function turn({ question, reply }) {
  const asked = `## ${escaped(question)}`;
  if (!reply) return [asked, "Not answered."];
  const meant = reply.standalone_question;
  return [
    asked,
    ...(meant === question ? [] : [`*Searched for: ${escaped(meant)}*`]),
    ...(reply.generated ? generated(reply.generated) : []),
    reply.answerable ? `**${escaped(answerWithNumbers(reply))}**` : escaped(answerWithNumbers(reply)),
    ...(reply.answerable ? quotes(supporting(reply)) : []),
    ...list(reply),
  ];
}

/** @param {import("../types.js").Generated} generated */
function generated(generated) {
  const lines = generatedWithNumbers(generated).split("\n").map(escaped);
  return [...lines, `*${escaped(writtenBy(generated))}*`, "In the articles’ words:"];
}

/** @param {Citation[]} citations */
function quotes(citations) {
  return bySentence(citations).map((sentence) => {
    const words = excerpt(sentence).pieces.map(({ text }) => text).join("");
    return `> ${escaped(words)}`;
  });
}

/** @param {Reply} reply */
function list(reply) {
  const lines = sources(cited(reply)).map(({ numbers, citation, about }) => {
    const title = escaped(citation.title || "Untitled article");
    const link = /^https?:\/\//i.test(citation.url ?? "") ? `[${title}](<${address(citation.url ?? "")}>)` : title;
    return `- ${escaped(numbers)} ${[link, escaped(about)].filter(Boolean).join(", ")}`;
  });
  return lines.length ? [`${sourcesTitle(reply)}:`, lines.join("\n")] : [];
}

/**
 * What an article says is never markup.
 *
 * @param {string} text
 */
function escaped(text) {
  return text.replace(/[\\`*_[\]<>#|~&]/g, "\\$&").replace(/\s+/g, " ").trim();
}

/** @param {string} url */
function address(url) {
  return url.replace(/[<>\s\\]/g, encodeURIComponent);
}
