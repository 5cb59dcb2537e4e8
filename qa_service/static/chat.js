/** The chat: joins the question box, the thread of turns, the source panel and the service. */

import { spokenReply } from "./answer.js";
import { ask } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { byId, make } from "./dom.js";
import { Keys } from "./keys.js";
import { refreshLibrary } from "./library.js";
import { linkButton, putQuestionInAddress, questionInAddress } from "./link.js";
import { Problem, isAbort } from "./request.js";
import { ScopePanel } from "./scope-panel.js";
import { SourcePanel } from "./source.js";
import { suggestNext } from "./suggestions.js";
import { TurnView } from "./turn.js";

const conversation = new Conversation();
const panel = new SourcePanel();
const { scope } = new ScopePanel();
const composer = new Composer({ onSend: start, onStop: () => waiting.abort() });
const thread = byId("thread");
let waiting = new AbortController();

/** @type {import("./citation.js").OpenSource} */
const openSource = (citation, opener) => panel.open(citation, opener);

/**
 * @param {string} question
 * @param {import("./turn.js").How} [how]
 */
function start(question, how) {
  const turn = addTurn(question, { ...scope.how(), ...how });
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
    const found = turn.showFound.bind(turn);
    const history = conversation.history();
    const reply = await ask(turn.question, history, turn.how, signal, { found });
    showReply(turn, reply);
    conversation.add(turn.question, reply);
    putQuestionInAddress(reply.standalone_question);
    announce(spokenReply(reply));
    if (reply.answerable) suggestNext(turn, history, signal);
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
  turn.showReply(reply, openSource, (how) => {
    composer.focus();
    start(turn.question, how);
  });
  turn.outcome.append(make("p", { className: "turn-tools" }, linkButton(reply.standalone_question, announce)));
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
  putQuestionInAddress("");
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

/** Asks the question of a link, unless it is what was talked about last. */
function askFromAddress() {
  const question = questionInAddress();
  if (question && question !== conversation.turns.at(-1)?.reply.standalone_question) start(question, { asTyped: true });
}

thread.addEventListener("ask", (/** @type {any} */ { detail }) => {
  composer.focus();
  start(detail.question, detail.how);
});
new Keys({ startAfresh, focusBox: () => composer.box.focus() });
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
askFromAddress();
refreshLibrary();
