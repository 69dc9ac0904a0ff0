// What presenter pages share: figures kept up to date, charts by name, and steps of the lesson.

const ANSWER_MS = 4000; // a request that takes longer is given up: the network is frozen
const REFRESH_MS = 400;

const drawnBy = new WeakMap(); // container → the module that drew into it
const newest = new WeakMap(); // container → the results message to draw
let asking = false; // whether this page can still be had
let refreshing = 0;

// Write a message's counters into the elements that show them.
export function showCounters(root, message) {
  const texts = {
    here: message.here, away: message.joined - message.here, devices: message.devices, joined: message.joined, expected: message.expected,
    answered: message.response_count || 0, finished: message.finished, stage: message.stage,
    abstained: message.abstained === undefined ? undefined
      : message.abstained ? ` · ${message.abstained} don't know` : "",
    late: message.late ? " · +" + message.late + " late" : "",
  };
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined) continue; // results messages have fewer
    for (const element of root.querySelectorAll(`[data-${name}]`)) element.textContent = text;
  }
}

// Say in a red bar why nothing is saved just now, while that is so.
export function showTrouble({ trouble }) {
  const bar = document.querySelector("[data-trouble]");
  if (bar.textContent === trouble) return;
  bar.textContent = trouble;
  window.dispatchEvent(new Event("resize")); // it leaves less room for what is drawn
}

// Say whether the page hears from the laptop, and when that is for having been signed out.
export async function showLink(connected) {
  const link = document.querySelector("[data-link]");
  const say = (text) => { if (link.textContent !== text) link.textContent = text; };
  if (!link || connected) return link && say("");
  if (!link.textContent) say("Connection lost. Trying again …");
  if (asking) return; // browsers have six connections for us: a frozen network would fill them
  asking = true;
  const page = await fetch(location.href, {
    redirect: "manual", signal: AbortSignal.timeout(ANSWER_MS),
  }).catch(() => null);
  asking = false;
  if (page && page.type === "opaqueredirect") say("You are signed out. Reload to sign in again.");
}

// Draw a results message into `container`, by the module that its data-chart names: at once, when
// that is there, so that a picture is never a frame behind its table. While it loads, newer
// messages come: the newest is drawn, in whatever order the imports are answered.
export async function drawChart(container, message) {
  newest.set(container, message);
  const chart = drawnBy.get(container) || await import(`../charts/${container.dataset.chart}.js`);
  if (!container.isConnected) return;
  drawnBy.set(container, chart);
  chart.draw(container, newest.get(container));
}

// Let a chart adapt to the room it has, at once.
export function fitChart(container) {
  const chart = drawnBy.get(container);
  if (chart && chart.fit) chart.fit(container);
}

// Take down what drawChart built; at once, before the container leaves the page.
export function clearChart(container) {
  const chart = drawnBy.get(container);
  if (chart) chart.clear(container);
}

// Fetch what only the presenter sees anew: soon, and once for all answers until then.
export function refreshPrivate() {
  if (refreshing) return;
  refreshing = setTimeout(() => {
    refreshing = 0;
    const shown = document.querySelector("[data-private]");
    if (shown) htmx.trigger(shown, "answers");
  }, REFRESH_MS);
}

// Do one step of the lesson if the state is still that of `seen`, a present message; the state
// as it then is.
export async function takeStep(seen, action, to) {
  const form = new URLSearchParams({
    action, question_id: seen.question_id, round: seen.round, stage: seen.stage,
  });
  if (to) form.set("to", to);
  const response = await fetch(`/api/sessions/${seen.session_id}/step`, {
    method: "POST", body: form, headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!response.ok) throw new Error(`The step was answered with ${response.status}`);
  return response.json();
}
