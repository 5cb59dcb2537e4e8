/** The chat: joins the question box, the thread of turns, the panels, what is kept and the service. */

import { spokenReply } from "./answer.js";
import { ask } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { idInAddress, onStep, setAddress } from "./conversations/address.js";
import { StorageNotice } from "./conversations/notice.js";
import { Sidebar, recall } from "./conversations/sidebar.js";
import { Store, storageProblem } from "./conversations/store.js";
import { titleOf } from "./conversations/title.js";
import { byId, make } from "./dom.js";
import { Keys } from "./keys.js";
import { refreshLibrary } from "./library.js";
import { linkButton, questionInAddress } from "./link.js";
import { button, buttons, problemView } from "./problem.js";
import { replyTools } from "./reply-tools.js";
import { Problem, isAbort } from "./request.js";
import { ScopePanel } from "./scope-panel.js";
import { SourcePanel } from "./source.js";
import { suggestNext } from "./suggestions.js";
import { TurnView } from "./turn.js";

recall();
const store = new Store();
const conversation = new Conversation(store, onKept);
const notice = new StorageNotice(conversation);
const sidebar = new Sidebar(store, { open: visit, onDeleted, onRestored });
const panel = new SourcePanel();
const { scope } = new ScopePanel();
const composer = new Composer({ onSend: start, onStop: () => waiting.abort() });
const thread = byId("thread");
const UNSHOWABLE = { title: "The reply can’t be shown.", detail: "Another version of this page has kept it." };
const NOT_HERE = { title: "This conversation is not here.", detail: "It was deleted, or another browser keeps it." };
/** @typedef {TurnView & {kept: import("./types.js").Turn}} KeptView */
/** @type {Map<string, KeptView>} the turns on the page by their ids */
const views = new Map();
let waiting = new AbortController();
/** @type {string | null} the conversation that was deleted while it was open */
let deletedHere = null;

/**
 * @param {string} question
 * @param {import("./turn.js").How} [how]
 */
function start(question, how) {
  const turn = addTurn(conversation.ask(question, { ...scope.how(), ...how }));
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  answer(turn);
  turn.element.scrollIntoView({ behavior });
}

/** @param {import("./types.js").Turn} kept */
function addTurn(kept) {
  const turn = Object.assign(new TurnView(kept.question, kept.how), { kept });
  views.set(kept.id, turn);
  thread.append(turn.element);
  byId("intro").hidden = true;
  byId("no-articles").hidden = true;
  byId("new-conversation").hidden = false;
  return turn;
}

/** @param {KeptView} turn */
async function answer(turn) {
  waiting.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  composer.setWaiting(true);
  turn.showWorking();
  announce("Reading the articles.");
  try {
    const progress = { found: turn.showFound.bind(turn), wrote: turn.showWritten.bind(turn) };
    const history = conversation.history(turn.kept);
    const reply = await ask(turn.question, history, turn.how, signal, progress);
    showReply(turn, reply);
    conversation.change(turn.kept, { reply });
    announce(spokenReply(reply));
    if (reply.answerable) suggestNext(turn, history, signal);
  } catch (error) {
    showFailure(turn, error);
  } finally {
    if (waiting.signal === signal) composer.setWaiting(false);
  }
}

/**
 * @param {KeptView} turn
 * @param {import("./types.js").Reply} reply
 */
function showReply(turn, reply) {
  /** @type {import("./citation.js").OpenSource} */
  const open = (citation, opener) => panel.open(citation, reply.citations, opener);
  turn.showReply(reply, open, (how) => {
    composer.focus();
    start(turn.question, how);
  });
  const rate = (/** @type {import("./reply-tools.js").Rating} */ rating) => conversation.change(turn.kept, { rating });
  turn.outcome.append(replyTools(turn.kept, reply, rate, linkButton(reply.standalone_question)));
}

/**
 * @param {KeptView} turn
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
  leave();
  conversation.clear();
  setAddress(null, "", idInAddress() !== null);
  sidebar.setCurrent(null);
  byId("new-conversation").hidden = true;
  composer.focus();
  refreshLibrary();
}

/** Takes what is on the page of the open conversation away. */
function leave() {
  waiting.abort();
  views.clear();
  thread.replaceChildren();
  panel.close();
  announce("");
}

/** @param {string} id of a conversation that is kept */
async function visit(id) {
  await open(id, true);
}

/**
 * Shows a conversation that is kept, or says why not.
 *
 * @param {string} id
 * @param {boolean} isStep whether the way back leads to the one before
 */
async function open(id, isStep) {
  try {
    const isHere = await conversation.open(id);
    if (!isHere) notice.show(NOT_HERE, false);
    if (!isHere) return startAfresh();
  } catch (error) {
    notice.show(storageProblem(error));
    return startAfresh();
  }
  leave();
  for (const kept of conversation.turns) showKept(addTurn(kept));
  thread.lastElementChild?.scrollIntoView();
  setAddress(id, titleOf(conversation), isStep);
  sidebar.setCurrent(id);
}

/**
 * Shows a turn as it was left; what another version of the page has kept may not fit any more.
 *
 * @param {KeptView} turn
 */
function showKept(turn) {
  if (!turn.kept.reply) {
    const again = buttons(button("Retry", () => answer(turn)));
    turn.outcome.replaceChildren(make("p", { className: "comment" }, "Not answered."), again);
    return;
  }
  try {
    showReply(turn, turn.kept.reply);
  } catch {
    turn.outcome.replaceChildren(problemView(UNSHOWABLE, button("Retry", () => answer(turn))));
  }
}

/** @param {string | null} id of the conversation that has changed, maybe in another tab */
async function onChange(id) {
  if (id !== null && id !== conversation.id) return;
  const news = await conversation.news();
  if (idInAddress() === conversation.id) setAddress(conversation.id, titleOf(conversation));
  for (const kept of news) {
    const shown = views.get(kept.id);
    if (shown) shown.kept = kept;
    showKept(shown ?? addTurn(kept));
  }
}

/** @param {Problem | null} problem that kept a turn from being kept */
function onKept(problem) {
  if (problem) return notice.show(problem);
  notice.clear();
  setAddress(conversation.id, titleOf(conversation));
  sidebar.setCurrent(conversation.id);
}

/** @param {string} id */
function onDeleted(id) {
  if (id !== conversation.id) return;
  startAfresh();
  deletedHere = id;
}

/** @param {string} id */
function onRestored(id) {
  if (id === deletedHere && !conversation.turns.length) visit(id);
}

/** Asks the question of a link. */
function askFromAddress() {
  const question = questionInAddress();
  if (question) start(question, { asTyped: true });
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
onStep((id) => (id ? open(id, false) : startAfresh()));
store.onChange(onChange);
if (idInAddress()) open(idInAddress() ?? "", false);
else askFromAddress();
refreshLibrary();
