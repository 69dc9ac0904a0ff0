// A countdown: figures and a ring in every element with data-remaining. A message tells what is
// left at its arrival; this page's own clock counts on from there.

import { _ } from "../audience.js";

const TICK_MS = 200;
const CHANGED_MS = 1000; // an end that differs by more was moved; by less, a message was late
const QUIET_S = 10; // until then the figures are quiet
const ANNOUNCED_S = [QUIET_S, 30]; // before the end, for screen readers

let endsAt = null; // by performance.now(), null without a countdown
let whole = 0; // ms: what the ring is a part of
let told = 0; // seconds that were left at the newest announcement
let timer = 0;

// Milliseconds that are left now, or null without a countdown.
export const readRemaining = () => (endsAt === null ? null : Math.max(0, Math.round(endsAt - performance.now())));

// Count down to what a message says; `announce` is given what a screen reader should read.
export function countDown({ remaining_ms: left }, announce) {
  const before = readRemaining();
  if (left === null || left === undefined) endsAt = null;
  else {
    endsAt = performance.now() + left;
    if (before === null || Math.abs(left - before) > CHANGED_MS) {
      whole = left;
      told = left / 1000;
    }
    timer = timer || setInterval(() => tick(announce), TICK_MS);
  }
  showRemaining();
}

function tick(announce) {
  const left = readRemaining();
  showRemaining();
  if (!left) {
    clearInterval(timer);
    timer = 0;
  }
  if (left === null) return;
  const seconds = left / 1000;
  const next = left ? ANNOUNCED_S.find((one) => seconds <= one && one < told) : 0;
  if (next) announce(_("{seconds} seconds left", { seconds: next }));
  else if (!left && told) announce(_("Time is up"));
  if (next || !left) told = seconds;
}

// Bring the elements to what is left; also after one of them was put into the page.
export function showRemaining(root = document) {
  const left = readRemaining();
  for (const element of root.querySelectorAll("[data-remaining]")) {
    element.hidden = left === null;
    if (left === null) continue;
    const seconds = Math.ceil(left / 1000);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (element.textContent !== text) element.textContent = text;
    element.style.setProperty("--left", whole ? left / whole : 0);
    element.classList.toggle("is-short", seconds <= QUIET_S);
    element.classList.toggle("is-over", left === 0);
  }
}
