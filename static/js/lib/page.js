// What presenter pages share: figures kept up to date, charts by name, and steps of the lesson.

import { _ } from "../audience.js";
import { readRemaining } from "./countdown.js";

const ANSWER_MS = 4000; // a request that takes longer is given up: the network is frozen
const REFRESH_MS = 400;

const drawnBy = new WeakMap(); // container → the module that drew into it
const lastMessage = new WeakMap(); // container → the results message to draw
let asking = false; // whether this page can still be loaded
let refreshing = 0;

// Write a message's counters into the elements that show them.
export function showCounters(root, message) {
  const texts = {
    here: message.here, away: message.joined - message.here, devices: message.devices,
    joined: message.joined, expected: message.expected, answered: message.response_count || 0,
    completed: message.finished,
    abstained: message.abstained === undefined ? undefined
      : message.abstained ? _(" · {count} don't know", { count: message.abstained }) : "",
    late: message.late ? _(" · +{count} late", { count: message.late }) : "",
    tallied: message.tallied === undefined ? undefined : !message.tallied ? ""
      : message.tallied === 1 ? _(", {count} hand", { count: message.tallied })
        : _(", {count} hands", { count: message.tallied }),
    raised: message.tallied === undefined ? undefined : describeRaised(message.previous),
    paired: message.tallied === undefined ? undefined
      : message.paired ? _(" · {count} answered twice", { count: message.paired.n }) : "",
  };
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined) continue; // results messages have fewer
    for (const element of root.querySelectorAll(`[data-${name}]`)) element.textContent = text;
  }
}

// The hands of the round before, which its shares count; those of this round stand beside the answers.
function describeRaised(previous) {
  if (!previous || !previous.tallied) return "";
  const values = { count: previous.tallied, round: previous.round };
  return previous.tallied === 1 ? _(" · {count} hand in round {round}", values)
    : _(" · {count} hands in round {round}", values);
}

// Show in a red bar why nothing is saved, while that is so.
export function showTrouble({ trouble }) {
  const bar = document.querySelector("[data-trouble]");
  if (bar.textContent === trouble) return;
  bar.textContent = trouble;
  window.dispatchEvent(new Event("resize")); // it leaves less room for what is drawn
}

// A signal that aborts a request after a while; older browsers lack AbortSignal.timeout.
export function giveUpAfter(ms) {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), ms);
  return controller.signal;
}

// Tells the answer of the last request from those that came too late: a function to call when one
// begins, which returns a function that says whether that one is still the newest.
export function newest() {
  let count = 0;
  return () => {
    count += 1;
    const mine = count;
    return () => mine === count;
  };
}

// A piece of our server's HTML, or null where it cannot be had.
export function fetchPiece(path) {
  const headers = { "HX-Request": "true" };
  return fetch(path, { headers, redirect: "manual", signal: giveUpAfter(ANSWER_MS) })
    .then((answer) => (answer.ok ? answer.text() : null)).catch(() => null);
}

// Show whether the page has a connection to the laptop, and if not, whether it was signed out.
export async function showLink(connected) {
  const link = document.querySelector("[data-link]");
  const show = (text) => { if (link.textContent !== text) link.textContent = text; };
  if (!link || connected) return link && show("");
  if (!link.textContent) show(_("Connection lost. Trying again …"));
  if (asking) return; // browsers have six connections for us: a frozen network would fill them
  asking = true;
  const page = await fetch(location.href, {
    redirect: "manual", signal: giveUpAfter(ANSWER_MS),
  }).catch(() => null);
  asking = false;
  if (!page || !link.textContent) return; // it came too late: the connection is back
  if (page.type === "opaqueredirect") show(_("You are signed out. Reload to sign in again."));
  else if (page.status === 404) {
    show(location.pathname.startsWith("/questions/") ? _("This question was deleted.")
      : _("This session was deleted."));
  }
}

// Draw a results message into `container`, by the module that its data-chart names: immediately
// once that is loaded, so that a picture is never a frame behind its table. While it loads, newer
// messages come: the newest is drawn, in whatever order the imports are answered. With `grows` the
// bars grow from nothing.
export async function drawChart(container, message, grows = false) {
  lastMessage.set(container, message);
  let chart = drawnBy.get(container);
  if (!chart) {
    chart = await import(`../charts/${container.dataset.chart}.js`);
    await chart.ready; // some need a library
  }
  if (!container.isConnected) return;
  drawnBy.set(container, chart);
  chart.draw(container, lastMessage.get(container), grows);
}

// Show the next page (1) or the one before (-1) of what finds no room on one.
export function turnChart(container, by) {
  const chart = drawnBy.get(container);
  if (chart && chart.turn) chart.turn(container, by);
}

// Remove what drawChart built, before the container leaves the page.
export function clearChart(container) {
  const chart = drawnBy.get(container);
  if (chart) chart.clear(container);
}

// Fetch what only the presenter sees again: soon, and once for all answers until then. A form in
// which something is typed or chosen is not taken away.
export function refreshPrivate() {
  if (refreshing) return;
  refreshing = setTimeout(() => {
    refreshing = 0;
    const shown = document.querySelector("[data-private]");
    if (isInUse()) refreshPrivate();
    else if (shown) htmx.trigger(shown, "answers");
  }, REFRESH_MS);
}

// Whether something is typed or chosen in what only the presenter sees.
export function isInUse() {
  const shown = document.querySelector("[data-private]");
  return Boolean(shown) && isUsed(shown);
}

function isUsed(piece) {
  return Array.from(piece.querySelectorAll("select, input[maxlength]"))
    .some((field) => field.value || field === document.activeElement);
}

// Raised hands: each press counts immediately, and the newest number of a row is sent once its
// former one is saved. Until a piece that was asked for after that arrives, the number is known
// better here than there.
const hands = new Map(); // a row and its round → {count, sending, savedAt}
const rowOf = ({ dataset }) => `${dataset.hands}/${dataset.round}`;
let askedAt = 0; // when the piece with forms that is swapped in was asked for

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-hands] button");
  if (!button) return;
  event.preventDefault();
  const { form } = button;
  const raised = hands.get(rowOf(form)) || {};
  hands.set(rowOf(form), raised);
  raised.count = Number(button.value);
  showHands(form, raised.count);
  if (!raised.sending) sendHands(form, raised);
});

async function sendHands(form, raised) {
  const fields = new URLSearchParams(new FormData(form)); // another form may be here afterwards
  Object.assign(raised, { sending: true, savedAt: Infinity });
  try {
    for (let sent = null; sent !== raised.count;) {
      sent = raised.count;
      fields.set("count", sent);
      await post(form.getAttribute("action"), fields, "data-private");
    }
    raised.savedAt = performance.now();
  } catch (error) {
    hands.delete(rowOf(form));
    const { answer: responseText } = error;
    document.dispatchEvent(Number(error.message)
      ? new CustomEvent("htmx:responseError", { detail: { xhr: { responseText } } })
      : new Event("htmx:sendError"));
  }
  raised.sending = false;
  refreshPrivate();
}

function showHands(form, count) {
  const [fewer, more] = form.querySelectorAll("button");
  fewer.value = Math.max(0, count - 1);
  more.value = Math.min(999, count + 1);
  form.querySelector("output").textContent = count === 1 ? _("{count} hand", { count })
    : _("{count} hands", { count });
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.askedAt = performance.now();
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { target, requestConfig } = detail;
  askedAt = target.matches("[data-control], [data-private]") ? requestConfig.askedAt : 0;
});
// Whether rows show what counts hands before one was raised: known by the page, so that what is
// focused in a row is never hidden while the row is replaced.
document.addEventListener("toggle", ({ target }) => {
  if (target.matches("[data-counting]")) document.body.classList.toggle("is-counting", target.open);
}, true);
document.addEventListener("htmx:afterSwap", () => {
  for (const details of document.querySelectorAll("[data-counting]")) {
    details.open = document.body.classList.contains("is-counting");
  }
  for (const form of document.querySelectorAll("[data-hands]")) {
    const raised = hands.get(rowOf(form));
    if (raised && askedAt > raised.savedAt) hands.delete(rowOf(form));
    else if (raised) showHands(form, raised.count);
  }
});

// Do one step of the lesson if the state is still that of `seen`, a present message; the state
// as it then is. `more` are fields that the step needs: {to}, {seconds}.
export async function takeStep(seen, action, more = {}) {
  const form = new URLSearchParams({
    action, question_id: seen.question_id, round: seen.round, stage: seen.stage,
    discussing: Number(seen.discussing), ...more,
  });
  const left = readRemaining();
  if (left !== null) form.set("remaining_ms", left);
  const accepts = { Accept: "application/json" };
  return JSON.parse(await post(`/api/sessions/${seen.session_id}/step`, form, '"present"', accepts));
}

// Post a form; returns the answer, which holds `mark`. It throws if our server has not done it:
// the sign-in page after signing out, and a Wi-Fi's login page, also come with 200. The error has
// the `answer`.
export async function post(path, form, mark, headers = { "HX-Request": "true" }) {
  const response = await fetch(path, {
    method: "POST", body: form, headers, redirect: "manual", signal: giveUpAfter(ANSWER_MS),
  });
  const text = await response.text();
  if (!response.ok || !text.includes(mark)) throw Object.assign(new Error(response.status), { answer: text });
  return text;
}

// What htmx puts into a page is a piece of the kind that it replaces, and nothing else.
const PIECES = [
  "[data-control]", "[data-private]", "[data-who]", "[data-grid]", "[data-chosen-by]", "form.toggle",
];
let typed = null; // the form that a name is being corrected in, while its piece is replaced
let unfolded = []; // rows whose students are listed, meanwhile

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, isError, requestConfig } = event.detail;
  const piece = PIECES.find((one) => target.matches(one));
  const answer = document.createElement("template");
  answer.innerHTML = xhr.responseText;
  const first = answer.content.firstElementChild;
  const late = requestConfig.verb === "get" && target.matches("[data-private]");
  if (late && isUsed(target)) event.detail.shouldSwap = false; // asked for before it was in use
  const form = target.querySelector("form.rename");
  typed = form && isUsed(form) && requestConfig.elt !== form
    ? { form, focused: form.contains(document.activeElement) && document.activeElement } : null;
  unfolded = Array.from(target.querySelectorAll("[data-chosen][open]"));
  if (isError || !piece || (first && first.matches(piece))) return;
  event.detail.shouldSwap = false;
  event.detail.isError = true;
});

// What is typed outlives the piece around it, and rows stay unfolded: with the students as they
// were until they have been fetched again, which unfolding does.
document.addEventListener("htmx:afterSwap", () => {
  for (const before of unfolded) {
    const row = document.querySelector(`[data-chosen="${CSS.escape(before.dataset.chosen)}"]`);
    if (!row) continue;
    const [listed, list] = [before, row].map((one) => one.querySelector("[data-chosen-by]"));
    list.replaceChildren(...listed.childNodes);
    row.open = true;
  }
  unfolded = [];
  const fresh = typed && document.querySelector("form.rename");
  if (!fresh || fresh === typed.form) return;
  typed.form.elements.question.value = fresh.elements.question.value;
  fresh.replaceWith(typed.form);
  htmx.process(typed.form);
  if (typed.focused) typed.focused.focus();
});
