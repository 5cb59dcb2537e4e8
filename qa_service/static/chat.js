/** The chat: joins the question box, the thread of turns, the source panel and the service. */

import { spokenReply } from "./answer.js";
import { ask } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId } from "./dom.js";
import { refreshLibrary } from "./library.js";
import { Problem, isAbort } from "./request.js";
import { SourcePanel } from "./source.js";
import { TurnView } from "./turn.js";

const conversation = new Conversation();
const panel = new SourcePanel();
const composer = new Composer({ onSend: start, onStop: () => waiting.abort() });
const thread = byId("thread");
let waiting = new AbortController();

/**
 * @param {string} question
 * @param {import("./turn.js").How} [how]
 */
function start(question, how) {
  const turn = addTurn(question, how);
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  answer(turn);
  turn.element.scrollIntoView({ behavior });
}

/**
 * @param {string} question
 * @param {import("./turn.js").How} [how]
 */
function addTurn(question, how) {
  const turn = new TurnView(question, how);
  thread.append(turn.element);
  byId("intro").hidden = true;
  byId("no-articles").hidden = true;
  byId("new-conversation").hidden = false;
  return turn;
}

/** @param {TurnView} turn */
async function answer(turn) {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  composer.setWaiting(true);
  turn.showWorking();
  announce("Reading the articles.");
  try {
    const reply = await ask(turn.question, conversation.history(), turn.how, signal);
    showReply(turn, reply);
    conversation.add(turn.question, reply);
    announce(spokenReply(reply));
  } catch (error) {
    showFailure(turn, error);
  } finally {
    if (waiting.signal === signal) composer.setWaiting(false);
  }
}

/**
 * @param {TurnView} turn
 * @param {import("./types.js").Reply} reply
 */
function showReply(turn, reply) {
  const open = (citation, opener) => panel.open(citation, reply.citations, opener);
  turn.showReply(reply, open, (how) => {
    composer.focus();
    start(turn.question, how);
  });
}

/**
 * @param {TurnView} turn
 * @param {unknown} error
 */
function showFailure(turn, error) {
  const retry = () => {
    composer.focus();
    answer(turn);
  };
  if (isAbort(error)) {
    turn.showStopped(retry);
    announce("Stopped.");
    return;
  }
  const isExpected = error instanceof Problem;
  const problem = isExpected ? error : new Problem("The reply can’t be shown.", "Reload the page and ask again.");
  turn.showProblem(problem, retry, () => composer.fill(turn.question));
  announce(`${problem.title} ${problem.detail}`);
  if (!isExpected) throw error;
}

/** @param {string} words */
function announce(words) {
  byId("announcer").textContent = words;
}

function startAfresh() {
  waiting.abort();
  conversation.clear();
  thread.replaceChildren();
  byId("new-conversation").hidden = true;
  panel.close();
  announce("");
  composer.focus();
  refreshLibrary();
}

/** Shows the turns of before a reload; what an older version of the page left behind may not fit any more. */
function restore() {
  try {
    for (const { question, reply } of conversation.turns) showReply(addTurn(question), reply);
    thread.lastElementChild?.scrollIntoView();
  } catch {
    startAfresh();
  }
}

for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    composer.focus();
    start(example.textContent ?? "");
  });
}
byId("new-conversation").addEventListener("click", startAfresh);
byId("check-again").addEventListener("click", refreshLibrary);
addEventListener("focus", refreshLibrary);
restore();
refreshLibrary();
