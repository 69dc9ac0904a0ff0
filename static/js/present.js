// The projector: follows the session's present messages, draws its question's results, and does
// the next step on Space or the button.

import { _, watch } from "./audience.js";
import { countDown } from "./lib/countdown.js";
import {
  fetchPiece, newest, post, showCounters, showLink, showTrouble, takeStep,
} from "./lib/page.js";
import { openProjection } from "./lib/projection.js";
import { switchTheme } from "./lib/theme.js";

const PRESS_MS = 700; // a second press within this time is accidental
const KEYS_MS = 3000; // the row of keys stays after the mouse has moved
const DOTS_MAX = 60; // in the join view; of more people only the number is shown
const UNDO_MS = 10000;
const AGAIN_MS = 6000; // a second press within this time does what the first one told
const ANNOUNCE_MS = 5000; // between two announcements
const SAID_MS = 9000; // then what was read is removed: a screen reader would meet it again below
const TABLE_MS = 400; // between two tables

const root = document.querySelector("[data-present]");
const find = (name) => root.querySelector(`[data-${name}]`);
const projection = find("projection");
const projected = openProjection(projection);
const joinView = root.querySelector(".join-view");
const endView = find("end");
const foot = root.querySelector(".foot");
const nextButton = find("next");
const counters = find("counters");
const skip = find("skip");
const [help, asking, timing, ending, closing, hiding] =
  ["help", "ask", "timing", "ending", "closing", "hiding"].map(find);
const black = find("black");
const toast = find("toast");
const undo = find("undo");
const pinned = Number(new URLSearchParams(location.search).get("question")) || null;

let state = null; // the newest present message
let results = null; // the newest results message of the question on screen
let watched = null; // {id, end}: the question whose results come
let pressedAt = 0;
let tableShown = false;
let tableIsOld = false; // something changed since the newest table was asked for
let tableComes = false; // it is on its way
let enlarged = null; // {id, key}: the text that was clicked last, of which question
let hidden = null; // {id, key}: the text that Undo shows again
let warned = false; // while the page says that R would show a first vote
let toastTimer = 0;
let keysTimer = 0;
let pointer = ""; // where the mouse is
let full = null; // "question/round" of which everybody has answered
let dotsWereShown = false;
let announced = null; // {title, text, at}: the newest announcement of what the screen shows
let announceTimer = 0;
let sayTimer = 0;

let moved = !pinned; // a page for one question stays there until the projector moves
const beginEndView = newest();
const beginTiming = newest();

function showMessage(message) {
  if (state && message.address !== state.address) location.reload(); // draws the QR code again
  if (state && message.question_id !== state.question_id) moved = true;
  if (!moved && !message.stages[pinned]) { // it was deleted, and is at this address no more
    moved = true;
    history.replaceState(null, "", location.pathname);
  }
  const before = state || { joining: root.dataset.joining === "yes", session_active: true };
  const isSame = (name) => before[name] === message[name];
  if (!["question_id", "round", "stage", "discussing"].every(isSame)) disarm();
  state = message;
  showTrouble(message);
  const elsewhere = isElsewhere();
  showCounters(root, { ...message, ...counted(message) });
  showPeople(message);
  countDown(elsewhere ? {} : message, announceMoment);
  if (message.joining !== before.joining || (message.stage === "open" && message.question_id !== projected.id())) {
    showJoinView(message.joining);
  }
  if (message.session_active !== before.session_active) showEndView(!message.session_active);
  else if (message.question_id !== before.question_id) showEndView(false);
  if (moved || (message.question_id === pinned && message.finished === null)) show(message);
  showCounters(projection, message);
  follow(moved ? message.question_id : pinned);
  showAnswered(message);
  showUnfinished(message);
  nextButton.hidden = !message.next;
  if (message.next) {
    nextButton.textContent = elsewhere ? _("Show this question") : message.next.label;
  }
  showDiscussion(!elsewhere && message.discussing, elsewhere ? null : message.also[0]);
  timing.querySelector("[data-running]").hidden = message.remaining_ms === null;
  closeDialogs(message);
  if (!spoils()) disarm();
  announce();
  find("locked").hidden = !message.locked;
}

// Close what asks for something that can't be done any more.
function closeDialogs({ session_active: isActive, next }) {
  if (!isActive) asking.close();
  if (!canTime()) timing.close();
  if (!next || next.action !== "end") ending.close();
  if (!next || next.action !== "close_all") closing.close();
}

// Whether this is a page for one question, and the lesson is at another one.
function isElsewhere() {
  return !moved && state.question_id !== pinned;
}

// What the class does between two votes, instead of the counters; and a button beside the next
// step that leaves the second vote out, if `further` is that step.
function showDiscussion(discussing, further) {
  find("talk").hidden = !discussing;
  const skips = Boolean(further) && further.action === "reveal";
  skip.hidden = !skips;
  if (skips) skip.textContent = further.label;
  foot.classList.toggle("has-skip", skips);
}

// "25 of 27 answered", and a bar across the screen. A draft has no answers yet; an exit ticket
// shows how many students finished instead.
function showAnswered(message) {
  const { response_count: answered = 0 } = { ...message, ...counted(message) };
  const { expected, finished } = message;
  const track = find("answering");
  const hides = message.joining || message.stage === "draft" || finished !== null || !endView.hidden
    || (message.discussing && !isElsewhere());
  for (const element of [counters, track]) element.classList.toggle("is-unseen", hides);
  const share = (count) => (expected ? Math.min(100, (100 * count) / expected) : 0);
  const isOpen = message.stage === "open";
  track.classList.toggle("is-open", isOpen);
  track.style.setProperty("--share", share(answered));
  const finishing = projection.querySelector("[data-finishing]");
  if (finishing) finishing.style.setProperty("--share", share(finished));
  // When everybody has answered, the button pulses once in each round.
  const asked = `${message.question_id}/${message.round}`;
  const done = isOpen && expected > 0 && (finished === null ? answered : finished) >= expected;
  nextButton.classList.toggle("is-pulsing", done && (full !== asked || nextButton.classList.contains("is-pulsing")));
  if (done) full = asked;
}

// How many are still at it, while the page asks whether to close the voting of several questions.
function showUnfinished({ expected, finished }) {
  const values = { count: expected - finished, expected };
  find("unfinished").textContent = values.count === 1
    ? _("{count} of {expected} has not finished.", values) : _("{count} of {expected} have not finished.", values);
}

// A dot for each student who is in; one that is new appears with a pop.
function showPeople({ joined }) {
  const count = { count: joined };
  find("in").textContent = joined === 1 ? _("{count} is in", count) : _("{count} are in", count);
  const dots = find("dots");
  dots.hidden = joined > DOTS_MAX;
  while (dots.children.length > joined) dots.lastChild.remove();
  while (dots.children.length < Math.min(joined, DOTS_MAX)) {
    const dot = document.createElement("i");
    dot.dataset.key = "ABCDEF"[dots.children.length % 6];
    if (dotsWereShown) dot.className = "is-new";
    dots.append(dot);
  }
  dotsWereShown = true;
}

// {response_count, late} of the question on screen: from its results once these came, or the
// counter would run ahead of the bars.
function counted(message) {
  const id = moved ? message.question_id : pinned;
  if (!results || results.question_id !== id) return moved ? {} : { response_count: 0 };
  if (moved && results.round !== message.round) return {};
  return { response_count: results.response_count, late: results.late };
}

// Swap the projected question when it looks different, and only then: bars must keep growing.
function show(message) {
  if (projected.id() !== message.question_id) results = null;
  if (projected.show(message.html)) {
    draw();
    shrinkText();
  }
}

// A screen reader reads what the projector shows; of quick changes only the last. What is there
// when the page opens is read anyway.
function announce() {
  clearTimeout(announceTimer);
  if (!announced) announced = { ...describeScreen(), at: 0 };
  else {
    const wait = Math.max(0, announced.at + ANNOUNCE_MS - Date.now());
    announceTimer = setTimeout(() => announceScreen(), wait);
  }
}

// With what the screen shows goes the `moment` of a countdown, which does not wait.
function announceScreen(moment = "") {
  const seen = describeScreen();
  const isNew = seen.text !== announced.text || seen.title !== announced.title;
  if (!isNew && !moment) return;
  const texts = [moment, isNew && seen.text, seen.title !== announced.title && seen.title];
  say(texts.filter(Boolean).join(". "));
  announced = { ...seen, at: Date.now() };
}

function say(text) {
  const region = find("announce");
  region.textContent = text;
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => { region.textContent = ""; }, SAID_MS);
}

function announceMoment(moment) {
  clearTimeout(announceTimer);
  announceScreen(moment);
}

// {title, text}: the question on screen and its stage; empty for the join view.
function describeScreen() {
  const read = (selector) => Array.from(projection.querySelectorAll(selector), (one) => one.dataset.plain || one.textContent);
  const [title] = read("h1");
  if (state.joining) return { title: "", text: "" };
  return { title, text: read(".strip .pill").join(". ") };
}

// Watch the results of the question on screen, and of no other.
function follow(id) {
  if (watched && watched.id === id) return;
  if (watched) watched.end();
  watched = id && {
    id,
    end: watch("/ws/results/" + id, (message) => {
      results = message;
      showCounters(root, message);
      draw();
      shrinkText();
    }, showLink),
  };
}

function draw() {
  const table = projection.querySelector("[data-table]");
  const picture = projection.querySelector(".chart-box, [data-tiles]");
  if (!results || results.question_id !== projected.id()) return;
  if (state) showAnswered(state);
  if (!table) return;
  table.hidden = !tableShown;
  picture.hidden = tableShown;
  projected.draw(results);
  if (tableShown) fillTable();
}

// The table is fetched only while it is shown, once for all changes since the last time.
async function fillTable() {
  tableIsOld = true;
  if (tableComes) return;
  tableComes = true;
  try {
    while (tableIsOld && tableShown) {
      tableIsOld = false;
      const id = projected.id();
      const html = await fetchPiece(`/questions/${id}/table`);
      const table = projection.querySelector("[data-table]");
      if (html !== null && table && projected.id() === id) table.innerHTML = html; // escaped by our server
      projected.fit();
      await new Promise((done) => setTimeout(done, TABLE_MS));
    }
  } finally {
    tableComes = false;
  }
}

// Whether a press follows another so soon that it is accidental; else it counts as one.
function isSlip() {
  if (Date.now() - pressedAt < PRESS_MS) return true;
  pressedAt = Date.now();
  return false;
}

// Do a step; its result comes by the socket. A page for one question first goes there.
async function step(action, more) {
  if (!state || !state.question_id || isSlip()) return;
  const elsewhere = isElsewhere();
  moved = true;
  try {
    if (elsewhere) await takeStep(state, "go", { to: pinned });
    else await takeStep(state, action, more);
  } catch (problem) {
    showLink(false); // the sockets notice when it is back
  }
}

function move(to) {
  showEndView(false);
  if (to) step("go", { to });
}

function showJoinView(shown) {
  joinView.hidden = !shown;
  coverQuestion();
}

// The question keeps its size below the join view and the end, and is out of reach there.
function coverQuestion() {
  const isCovered = !joinView.hidden || !endView.hidden;
  projection.classList.toggle("is-covered", isCovered);
  if (isCovered) hiding.close();
}

// The end of the session in numbers. It is fetched each time: answers may be shown later.
async function showEndView(shown) {
  const isNewest = beginEndView();
  endView.hidden = !shown;
  if (shown) joinView.hidden = true;
  coverQuestion();
  if (!shown) return;
  const html = await fetchPiece(`${location.pathname}/end`);
  if (!isNewest()) return;
  if (html !== null) endView.innerHTML = html; // escaped by our server
  endView.hidden = html === null;
  coverQuestion();
}

function takeNext() {
  if (!state || !state.next) return;
  const { expected, finished, next: { action } } = state;
  if (!joinView.hidden && !state.joining) {
    if (!isSlip()) showJoinView(false);
  } else if (isElsewhere()) step(action); // goes to its question first
  else if (action === "end") askFirst(ending);
  else if (action === "close_all" && finished < expected) askFirst(closing);
  else step(action);
}

// R. What the first vote brought would spoil the discussion: that is shown by a second press, after
// the first one has said so.
function switchResults() {
  showEndView(false);
  if (!spoils() || warned) step(state.results_shown ? "hide_results" : "show_results");
  else if (!isSlip()) {
    showToast(_("Press R again to show the class the results of the first vote."), { ms: AGAIN_MS, warns: true });
  }
}

function spoils() {
  return state.first_vote && !state.results_shown && !isElsewhere()
    && (state.stage === "open" || state.stage === "closed");
}

// A countdown runs while students vote or discuss.
function canTime() {
  return state.session_active && (state.stage === "open" || state.discussing) && !isElsewhere();
}

function askTime() {
  if (!canTime()) {
    showToast(_("Open voting first. Then you can start a countdown."));
    return;
  }
  beginTiming();
  refuse("");
  timing.showModal();
  timing.querySelector(state.remaining_ms === null ? "[value='60']" : "[data-timer]").focus();
}

// Start, extend or stop the countdown. A number that is refused says why beside its field, unless
// the window was opened again meanwhile.
async function setTimer(action, more) {
  if (!timing.open) return;
  const isNewest = beginTiming();
  try {
    await takeStep(state, action, more);
    if (isNewest()) timing.close();
  } catch (problem) {
    const answer = new DOMParser().parseFromString(problem.answer || "", "text/html");
    const reason = answer.querySelector("[role=alert]");
    if (isNewest()) refuse(reason ? reason.textContent : "");
    if (!reason) showLink(false);
  }
}

function refuse(reason) {
  find("refused").textContent = reason;
  timing.querySelector("input").setAttribute("aria-invalid", Boolean(reason));
}

function askFirst(dialog) {
  if (isSlip()) return;
  dialog.showModal();
  dialog.focus(); // on a button, letting go of a key that is held down could press it
}

function agree() {
  if (Date.now() - pressedAt < PRESS_MS) return; // the second half of the press that asked
  const action = ending.open ? "end" : "close_all";
  disagree();
  step(action);
}

function disagree() {
  ending.close();
  closing.close();
}

function showBlack(shown) {
  black.hidden = !shown;
  pressedAt = Date.now();
}

// Where the browser allows it (on localhost), the screen stays awake while this page is visible.
async function stayAwake() {
  if (!navigator.wakeLock) root.querySelector("[data-sleep]").hidden = false;
  else if (!document.hidden) await navigator.wakeLock.request("screen").catch(() => null);
}

const acts = {
  " ": takeNext,
  PageDown: takeNext,
  ArrowRight: () => move(state.following_id),
  ArrowLeft: () => move(state.previous_id),
  PageUp: () => move(state.previous_id),
  ArrowDown: () => projected.turn(1),
  ArrowUp: () => projected.turn(-1),
  r: switchResults,
  o: () => step("open"),
  v: () => step("vote_again"),
  a: () => state.session_active && asking.showModal(),
  c: askTime,
  j: () => (state.session_active ? showJoinView(joinView.hidden) : showEndView(endView.hidden)),
  b: () => showBlack(true),
  ".": () => showBlack(true),
  d: switchTheme,
  t: () => { tableShown = !tableShown; draw(); projected.fit(); },
  f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  "?": () => (help.open ? help.close() : help.showModal()),
  Escape: () => { hideToast(); if (!state.joining) showJoinView(false); showEndView(false); },
};
const showAgain = () => showBlack(false);
const actsInBlack = {
  " ": showAgain, PageDown: showAgain, b: showAgain, ".": showAgain, Escape: showAgain,
};
// A clicker has few keys: what they do while the page asks whether to end or to close.
const answers = {
  " ": agree, PageDown: agree, Enter: agree, PageUp: disagree, Escape: disagree,
};

// In the window of the countdown, unless a number is typed there: what its buttons say.
const press = (selector) => () => {
  const button = timing.querySelector(selector);
  if (!button.closest("[hidden]")) button.click();
};
const times = {
  1: press("[value='30']"), 2: press("[value='60']"), 3: press("[value='120']"),
  "+": press("[data-timer=more_time]"), 0: press("[data-timer=stop_timer]"),
};

document.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = findAct(key, event);
  if (!act || event.ctrlKey || event.metaKey || event.altKey || !state) return;
  event.preventDefault();
  if (event.repeat) return;
  if (key !== "r") disarm();
  act();
});

// What a key does now; a dialog has the keys to itself.
function findAct(key, event) {
  const { target } = event;
  if (!black.hidden) return actsInBlack[key];
  // Space on a focused control does what the control does, and nothing else.
  const isOnControl = target.closest("button, a, summary");
  if (isOnControl && (event.key === " " || event.key === "Enter")) return null;
  if (ending.open || closing.open) return answers[key];
  if (timing.open) return target.matches("input") ? null : times[key];
  if (root.querySelector("dialog[open]") && !(help.open && key === "?")) return null;
  if (/^Arrow/.test(key) && target.closest(".table-twin")) return null; // it scrolls
  return acts[key];
}

black.addEventListener("click", showAgain);
nextButton.addEventListener("click", takeNext);
skip.addEventListener("click", () => step("reveal"));
for (const dialog of [ending, closing]) dialog.querySelector("[data-agree]").addEventListener("click", agree);
for (const dialog of [help, asking, timing, ending, closing, hiding]) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
}
asking.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  asking.close();
  moved = true;
  send(event.target.action, { ask: event.submitter.value }, "data-control");
});
timing.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-timer], [value]:not(input)");
  if (!button) return;
  if (button.dataset.timer) setTimer(button.dataset.timer);
  else setTimer("start_timer", { seconds: button.value });
});
timing.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  setTimer("start_timer", { seconds: event.target.elements.seconds.value });
});
document.addEventListener("mousemove", ({ screenX, screenY }) => {
  const before = pointer;
  pointer = [screenX, screenY].join();
  if (!before || before === pointer) return; // browsers send one when the page changes below it
  foot.classList.add("has-keys");
  clearTimeout(keysTimer);
  keysTimer = setTimeout(() => foot.classList.remove("has-keys"), KEYS_MS);
});

// A click makes a text large, and offers to hide it from the class; for a while that can be undone.
projection.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-hides] [data-key]");
  if (!entry || !results) return;
  if (event.detail) document.activeElement.blur(); // after a mouse, Space is the next step again
  enlarged = { id: results.question_id, key: entry.dataset.key };
  const row = findEnlarged();
  find("text").textContent = row ? row.label : entry.textContent;
  hiding.showModal();
});
hiding.querySelector("[data-hide]").addEventListener("click", async () => {
  const text = enlarged;
  hiding.close();
  if (await hide("hide", text)) showToast(_("Hidden."), { undoes: text });
  else showToast(_("This was not hidden."));
});
undo.addEventListener("click", async () => {
  const text = hidden;
  hideToast();
  if (!await hide("show", text)) showToast(_("It is still hidden."), { undoes: text });
});

const hide = (act, { id, key }) => send(`/api/questions/${id}/hide`, { [act]: key }, "data-private");

function findEnlarged() {
  return results.results.find(({ key }) => key === enlarged.key);
}

// A text is large as long as the class can see it without that, too.
function shrinkText() {
  if (!hiding.open) return;
  const isShown = results && enlarged.id === projected.id() && projection.querySelector("[data-hides]");
  if (!isShown || !findEnlarged()) hiding.close();
}

// One that warns stands aside, where tiles that show no results are empty.
function showToast(text, { undoes = null, ms = UNDO_MS, warns = false } = {}) {
  hidden = undoes;
  warned = warns;
  toast.classList.toggle("is-aside", warns);
  toast.querySelector("[data-done]").textContent = text;
  undo.hidden = !undoes;
  toast.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(hideToast, ms);
}

function hideToast() {
  toast.hidden = true;
  warned = false;
}

// Whatever else is done than what was warned of, the next R warns again.
function disarm() {
  if (warned) hideToast();
}

// Whether it was done; the result comes by the sockets.
async function send(path, fields, mark) {
  try {
    await post(path, new URLSearchParams(fields), mark);
    return true;
  } catch (problem) {
    showLink(false);
    return false;
  }
}

for (const button of root.querySelectorAll("[data-press]")) {
  button.addEventListener("click", (event) => {
    if (button.dataset.press !== "r") disarm();
    if (state) acts[button.dataset.press]();
    if (event.detail) button.blur(); // after a mouse, Space is the next step again
  });
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
window.addEventListener("resize", draw);
projected.fit();

watch("/ws/present/" + root.dataset.present, showMessage, showLink);
