// The projector: follows the session's present messages, draws its question's results, and does
// the next step on Space or the button.

import { _, watch } from "./audience.js";
import { giveUpAfter, post, showCounters, showLink, showTrouble, takeStep } from "./lib/page.js";
import { openProjection } from "./lib/projection.js";
import { switchTheme } from "./lib/theme.js";

const PRESS_MS = 700; // a second press within this time is accidental
const UNDO_MS = 10000;
const ANNOUNCE_MS = 5000; // between two announcements
const TABLE_MS = 400; // between two tables
const ANSWER_MS = 4000; // a table that takes longer is given up

const root = document.querySelector("[data-present]");
const projection = root.querySelector("[data-projection]");
const projected = openProjection(projection);
const joinView = root.querySelector(".join-view");
const nextButton = root.querySelector("[data-next]");
const counters = root.querySelector("[data-counters]");
const help = root.querySelector("[data-help]");
const asking = root.querySelector("[data-ask]");
const hiding = root.querySelector("[data-hiding]");
const toast = root.querySelector("[data-toast]");
const undo = toast.querySelector("[data-undo]");
const pinned = Number(new URLSearchParams(location.search).get("question")) || null;

let state = null; // the newest present message
let results = null; // the newest results message of the question on screen
let watched = null; // {id, end}: the question whose results come
let pressedAt = 0;
let tableShown = false;
let tableIsOld = false; // something changed since the newest table was asked for
let tableComes = false; // it is on its way
let hidden = null; // {id, key}: the text that was clicked last, of which question
let undoTimer = 0;
let announced = null; // {title, text, at}: the newest announcement
let announceTimer = 0;

let moved = !pinned; // a page for one question stays there until the projector moves

function showMessage(message) {
  if (state && message.address !== state.address) location.reload(); // draws the QR code again
  if (state && message.question_id !== state.question_id) moved = true;
  const wasJoining = state ? state.joining : root.dataset.joining === "yes";
  state = message;
  showTrouble(message);
  showCounters(root, { ...message, ...counted(message) });
  if (message.joining !== wasJoining || (message.stage === "open" && message.question_id !== projected.id())) {
    showJoinView(message.joining);
  }
  if (moved || (message.question_id === pinned && message.finished === null)) show(message);
  showCounters(projection, message);
  follow(moved ? message.question_id : pinned);
  const elsewhere = !moved && message.question_id !== pinned;
  // A draft has no answers yet; an exit ticket shows how many students finished instead.
  counters.hidden = message.joining || message.stage === "draft" || message.finished !== null;
  nextButton.hidden = !message.next;
  if (message.next) {
    nextButton.textContent = elsewhere ? _("Show this question") : message.next.label;
  }
  const others = projection.querySelector("[data-others]");
  const count = message.others_open;
  if (others) others.textContent = count ? _(" · {count} more open", { count }) : "";
  announce();
  root.dataset.active = message.session_active ? "yes" : "no";
  root.querySelector("[data-locked]").hidden = !message.locked;
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
  if (projected.show(message.html)) draw();
}

// A screen reader reads what the projector shows; of quick changes only the last. What is there
// when the page opens is read anyway.
function announce() {
  clearTimeout(announceTimer);
  if (!announced) announced = { ...describeScreen(), at: 0 };
  else {
    const wait = Math.max(0, announced.at + ANNOUNCE_MS - Date.now());
    announceTimer = setTimeout(announceScreen, wait);
  }
}

function announceScreen() {
  const seen = describeScreen();
  if (seen.text === announced.text && seen.title === announced.title) return;
  const texts = seen.title === announced.title ? [seen.text] : [seen.text, seen.title];
  root.querySelector("[data-announce]").textContent = texts.filter(Boolean).join(". ");
  announced = { ...seen, at: Date.now() };
}

// {title, text}: the question on screen and its stage; empty for the join view.
function describeScreen() {
  const read = (selector) => Array.from(projection.querySelectorAll(selector), (one) => one.textContent);
  const [title] = read("h1");
  if (state.joining) return { title: "", text: "" };
  const texts = read("[data-status]");
  const shown = projection.querySelector("[data-figures]");
  if (texts.length === 1 && shown) texts.push(_("Results are shown"));
  return { title, text: texts.join(". ") };
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
    }, showLink),
  };
}

// 6.02 × 10²³, as the server shows numbers.
function showNumber(number) {
  const [digits, power] = String(number).replace("e+", "e").split("e");
  return power ? digits + " × 10" + power.replace(/-/, "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]) : digits;
}

function draw() {
  const table = projection.querySelector("[data-table]");
  const picture = projection.querySelector("[data-chart], [data-tiles]");
  if (!table || !results || results.question_id !== projected.id()) return;
  projection.querySelector("[data-figures]").textContent = !results.response_count
    ? _("No answers yet")
    : results.average == null ? "" : _("Median {median} · average {average}", {
      median: showNumber(results.median), average: showNumber(results.average),
    });
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
      const html = await fetch(`/questions/${id}/table`, {
        redirect: "manual", signal: giveUpAfter(ANSWER_MS),
      }).then((answer) => (answer.ok ? answer.text() : null)).catch(() => null);
      const table = projection.querySelector("[data-table]");
      if (html !== null && table && projected.id() === id) table.innerHTML = html; // escaped by our server
      projected.fit();
      await new Promise((done) => setTimeout(done, TABLE_MS));
    }
  } finally {
    tableComes = false;
  }
}

// Do a step; its result comes by the socket. A page for one question first goes there.
async function step(action, to) {
  if (!state || !state.question_id || Date.now() - pressedAt < PRESS_MS) return;
  pressedAt = Date.now();
  const elsewhere = !moved && state.question_id !== pinned;
  moved = true;
  try {
    if (elsewhere) await takeStep(state, "go", pinned);
    else await takeStep(state, action, to);
  } catch (problem) {
    showLink(false); // the sockets notice when it is back
  }
}

function showJoinView(shown) {
  joinView.hidden = !shown;
  projected.fit(); // what was hidden has a size again
}

function takeNext() {
  if (!state || !state.next) return;
  if (!joinView.hidden && !state.joining) showJoinView(false);
  else if (state.next.action !== "end"
    || confirm(_("End the session? Students can't answer any more."))) step(state.next.action);
}

// Where the browser allows it (on localhost), the screen stays awake while this page is visible.
async function stayAwake() {
  if (!navigator.wakeLock) root.querySelector("[data-sleep]").hidden = false;
  else if (!document.hidden) await navigator.wakeLock.request("screen").catch(() => null);
}

const acts = {
  " ": takeNext,
  PageDown: takeNext,
  ArrowRight: () => state.following_id && step("go", state.following_id),
  ArrowLeft: () => state.previous_id && step("go", state.previous_id),
  PageUp: () => state.previous_id && step("go", state.previous_id),
  r: () => step(state.results_shown ? "hide_results" : "show_results"),
  o: () => step("open"),
  v: () => step("vote_again"),
  a: () => state.session_active && asking.showModal(),
  j: () => showJoinView(joinView.hidden),
  d: switchTheme,
  t: () => { tableShown = !tableShown; draw(); },
  f: () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()),
  "?": () => (help.open ? help.close() : help.showModal()),
  Escape: () => { if (!state.joining) showJoinView(false); },
};

document.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!acts[key] || event.ctrlKey || event.metaKey || event.altKey || !state) return;
  if (root.querySelector("dialog[open]") && !(help.open && key === "?")) return; // it has the keys
  // Space on a focused button presses that button, and does nothing else.
  if (key === " " && event.target.closest("button, a, summary")) return;
  event.preventDefault();
  if (!event.repeat) acts[key]();
});
nextButton.addEventListener("click", takeNext);
for (const dialog of [help, asking, hiding]) {
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
}
asking.querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  asking.close();
  moved = true;
  send(event.target.action, { ask: event.submitter.value }, "data-control");
});

// A text that the class should not see: a click offers to hide it, and for a while to undo that.
projection.addEventListener("click", (event) => {
  const entry = event.target.closest("[data-hides] [data-key]");
  if (!entry || !results) return;
  if (event.detail) document.activeElement.blur(); // after a mouse, Space is the next step again
  hidden = { id: results.question_id, key: entry.dataset.key };
  hiding.showModal();
});
hiding.querySelector("[data-hide]").addEventListener("click", async () => {
  hiding.close();
  const done = await hide("hide");
  showToast(done ? _("Hidden.") : _("This was not hidden."), done);
});
undo.addEventListener("click", async () => {
  toast.hidden = true;
  if (!await hide("show")) showToast(_("It is still hidden."), true);
});

const hide = (act) => send(`/api/questions/${hidden.id}/hide`, { [act]: hidden.key }, "data-private");

function showToast(text, undoable) {
  toast.querySelector("[data-done]").textContent = text;
  undo.hidden = !undoable;
  toast.hidden = false;
  clearTimeout(undoTimer);
  undoTimer = setTimeout(() => { toast.hidden = true; }, UNDO_MS);
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
    if (state) acts[button.dataset.press]();
    if (event.detail) button.blur(); // after a mouse, Space is the next step again
  });
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();
window.addEventListener("resize", () => { projected.fit(); draw(); });
projection.addEventListener("load", projected.fit, true); // of a picture, whose size is known only now
projected.fit();

watch("/ws/present/" + root.dataset.present, showMessage, showLink);
