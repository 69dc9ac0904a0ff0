// What a phone runs, in one file: the socket that brings the state, and the outbox that keeps an
// answer until the server has said that it is saved. Presenter pages import `watch` from here.
// Written for browsers of the last eight years: no ?., no ??, no API that needs HTTPS.

const SILENCE_MS = 25000; // the server beats every 10 s
const CONNECT_MS = 5000;
const BACKOFF_MS = [500, 15000]; // first and longest wait
const POLL_MS = 4000; // where sockets are blocked
const POLL_AFTER = 3; // failed connections
const ANSWER_MS = 4000; // a vote that takes longer is sent again
const RESULT_MS = 1000; // a room full of phones asks for its results within this time
const FINAL = [404, 409, 422]; // with these the server has refused a vote for good

function backoff(failures) {
  const longest = Math.min(BACKOFF_MS[1], BACKOFF_MS[0] * Math.pow(2, failures));
  return longest * (0.5 + Math.random() / 2); // a room full of phones must not return as one
}

// Call act() when the phone may have slept; returns a function that ends it. iOS may come back with
// any one of these events, and with a socket that is long dead.
function onWake(act) {
  const woken = (event) => {
    if (event.type === "visibilitychange" ? !document.hidden : event.type === "online" || event.persisted) {
      act();
    }
  };
  document.addEventListener("visibilitychange", woken);
  window.addEventListener("pageshow", woken);
  window.addEventListener("online", woken);
  return () => {
    document.removeEventListener("visibilitychange", woken);
    window.removeEventListener("pageshow", woken);
    window.removeEventListener("online", woken);
  };
}

// Keep a socket open for as long as the page lives, and call hear(message) for each newer state
// and tell(connected) when the link comes or goes. With `poll`, ask that address instead while
// sockets fail. Returns a function that ends it.
export function watch(path, hear, tell, poll) {
  let socket = null;
  let startedAt = 0;
  let heardAt = 0;
  let failures = 0;
  let timer = 0;
  let ended = false;
  let newest = { epoch: "", version: 0 };

  function receive(text) {
    const message = JSON.parse(text);
    heardAt = Date.now();
    failures = 0;
    tell(true);
    if (message.type === "beat") return;
    if (message.epoch === newest.epoch && message.version < newest.version) return;
    newest = message;
    hear(message);
  }

  function open() {
    clearTimeout(timer);
    if (ended) return;
    drop();
    const opened = new WebSocket("ws" + location.origin.slice(4) + path);
    socket = opened;
    startedAt = Date.now();
    heardAt = 0;
    opened.onmessage = (event) => opened === socket && receive(event.data);
    opened.onclose = () => opened === socket && lost();
  }

  function drop() {
    const dropped = socket;
    socket = null; // before closing: its onclose must find that it is no longer the one
    if (dropped) dropped.close();
  }

  function lost() {
    drop();
    failures += 1;
    const polling = poll && failures >= POLL_AFTER;
    if (polling) ask();
    else tell(false);
    timer = setTimeout(open, polling ? POLL_MS : backoff(failures));
  }

  function ask() {
    const request = new XMLHttpRequest();
    request.open("GET", poll);
    request.timeout = POLL_MS;
    request.onload = () => {
      if (heardAt) return; // a socket was quicker
      if (request.status !== 200) return tell(false);
      const before = failures;
      receive(request.responseText);
      failures = before; // the socket still fails
      heardAt = 0;
    };
    request.onerror = request.ontimeout = () => tell(false);
    request.send();
  }

  const check = setInterval(() => {
    if (!socket) return;
    const silent = heardAt ? Date.now() - heardAt > SILENCE_MS : Date.now() - startedAt > CONNECT_MS;
    if (silent) lost();
  }, 1000);
  const sleepOn = onWake(() => Date.now() - startedAt > 1000 && open());
  open();

  return function end() {
    ended = true;
    sleepOn();
    clearInterval(check);
    clearTimeout(timer);
    drop();
  };
}

// What this phone keeps, also when the browser forbids it to (private mode): then until the page
// is closed.
function openStorage(name) {
  let kept = {};
  let lasting = true;
  try {
    kept = JSON.parse(localStorage.getItem(name)) || {};
    localStorage.setItem(name, JSON.stringify(kept));
  } catch (denied) {
    lasting = false;
  }
  return {
    kept,
    isLasting: () => lasting,
    save() {
      try {
        localStorage.setItem(name, JSON.stringify(kept));
        lasting = true;
      } catch (denied) {
        lasting = false;
      }
    },
  };
}

function startAudience(main) {
  const code = main.dataset.audience;
  const storage = openStorage("classpulse-" + main.dataset.outboxName);
  const outbox = storage.kept.outbox || (storage.kept.outbox = {}); // {"7:1": {parts, seq, queued}}
  const drafts = storage.kept.drafts || (storage.kept.drafts = {}); // {"7:1": parts}
  const list = main.querySelector("[data-questions]");
  const waiting = main.querySelector("[data-waiting]");
  const announce = main.querySelector("[data-announce]");
  const progress = main.querySelector("[data-progress]");
  const link = document.querySelector("[data-link]");
  const mine = {}; // {"7": {value, round, seq, saved_at}}: what the server has
  const notes = {}; // {"7:1": what the server said last, as HTML}
  const requests = {}; // {"7:1": the XMLHttpRequest on its way}
  const retries = {}; // {"7:1": {timer, failures}}

  const keyOf = (section) => section.dataset.questionId + ":" + section.dataset.round;
  const sections = () => Array.from(list.children);
  const find = (key) => sections().find((section) => keyOf(section) === key);
  const fields = (form) => Array.from(form.querySelectorAll("[name=response]:not(button)"));
  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
  const isTyping = (section) =>
    fields(section).some((field) => field === document.activeElement && !isChoice(field));

  function partsOf(form) {
    const sortable = form.querySelector("[data-sortable]");
    if (sortable) return Array.from(sortable.children).map((item) => item.dataset.key);
    return fields(form)
      .filter((field) => (isChoice(field) ? field.checked : field.value.trim()))
      .map((field) => field.value);
  }

  function fill(form, given) {
    const abstain = form.querySelector("[data-abstain]");
    const abstained = abstain && given.length === 1 && given[0] === abstain.value;
    const parts = abstained ? [] : given;
    const sortable = form.querySelector("[data-sortable]");
    let next = 0;
    if (abstain) abstain.setAttribute("aria-pressed", abstained ? "true" : "false");
    if (sortable) {
      parts.forEach((key) => sortable.appendChild(sortable.querySelector("[data-key=" + key + "]")));
    }
    fields(form).forEach((field) => {
      if (isChoice(field)) field.checked = parts.indexOf(field.value) >= 0;
      else field.value = next < parts.length ? parts[next++] : "";
    });
  }

  function answerOf(section) {
    const key = keyOf(section);
    if (drafts[key]) return drafts[key];
    if (outbox[key]) return outbox[key].parts;
    const saved = mine[section.dataset.questionId];
    if (!saved || String(saved.round) !== section.dataset.round) return [];
    const separator = section.querySelector("form").dataset.separator;
    return separator ? saved.value.split(separator) : [saved.value];
  }

  function say(section, text, html = "") {
    const receipt = section.querySelector(".receipt");
    if (receipt.dataset.said === text + html) return; // a live region: nothing is said twice
    receipt.dataset.said = text + html;
    if (html) receipt.innerHTML = html; // a fragment of our own server, escaped there
    else receipt.textContent = text;
  }

  function clock(moment) {
    const time = new Date(moment);
    return ("0" + time.getHours()).slice(-2) + ":" + ("0" + time.getMinutes()).slice(-2);
  }

  // Bring a question's form and receipt to what is known: typed, on its way, or saved.
  function show(section) {
    const key = keyOf(section);
    const form = section.querySelector("form");
    const saved = mine[section.dataset.questionId];
    const open = section.dataset.stage === "open";
    if (!isTyping(section)) fill(form, answerOf(section));
    const tap = form.querySelector("[data-tap]");
    if (tap) {
      tap.hidden = true;
      section.querySelector(".receipt").classList.add("is-sticky");
    }
    if (outbox[key]) say(section, retries[key] ? "Not sent yet, kept on this phone" : "Saving…");
    else if (open && drafts[key]) say(section, "Changed, not sent yet");
    else if (notes[key]) say(section, "", notes[key]);
    else if (saved && String(saved.round) === section.dataset.round) {
      say(section, (saved.result ? saved.result + " " : "") + "Saved " + clock(saved.saved_at)
        + (saved.late === 1 ? ", late: your teacher decides whether it counts" : "")
        + (open ? ". You can change it until voting closes." : ""));
    } else say(section, "");
    if (!open && drafts[key] && !outbox[key]) offerLate(section, form);
    showProgress();
  }

  // Of several questions that are open at once, how many are answered.
  function showProgress() {
    const open = sections().filter((one) => one.dataset.stage === "open");
    const answered = open.filter((one) => answerOf(one).length && !drafts[keyOf(one)]).length;
    const text = open.length > 1 ? answered + " of " + open.length + " answered" : "";
    if (progress.textContent !== text) progress.textContent = text;
  }

  function offerLate(section, form) {
    say(section, "Voting closed before this was sent. It is kept on this phone. ");
    if (section.querySelector(".receipt button")) return;
    const receipt = section.querySelector(".receipt");
    receipt.appendChild(button("Send late", () => post(section, partsOf(form), true)));
    receipt.appendChild(button("Discard", () => {
      delete drafts[keyOf(section)];
      storage.save();
      if (section.dataset.gone) section.remove();
      else show(section);
    })).className = "quiet";
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function nextSeq(key) {
    const saved = mine[key.split(":")[0]];
    storage.kept.seq = Math.max(Date.now(), (storage.kept.seq || 0) + 1, saved ? saved.seq + 1 : 0);
    return storage.kept.seq;
  }

  function post(section, parts, queued) {
    const key = keyOf(section);
    outbox[key] = { parts, seq: nextSeq(key), queued: Boolean(queued) };
    delete drafts[key];
    delete notes[key];
    storage.save();
    show(section);
    send(key);
  }

  function send(key) {
    const entry = outbox[key];
    if (!entry) return;
    if (requests[key]) requests[key].abort();
    if (retries[key]) clearTimeout(retries[key].timer);
    const first = !entry.tried;
    entry.tried = true;
    if (!first) entry.queued = true; // an earlier try may have been lost: late is better than never
    storage.save();
    const place = key.split(":");
    const request = new XMLHttpRequest();
    requests[key] = request;
    request.open("POST", "/audience/respond/" + place[0]);
    request.timeout = ANSWER_MS;
    request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    request.setRequestHeader("HX-Request", "true");
    request.onload = () => answered(key, entry, request);
    request.onerror = request.ontimeout = () => failed(key, entry);
    request.send(entry.parts.map((part) => "response=" + encodeURIComponent(part))
      .concat("round=" + place[1], "seq=" + entry.seq, entry.queued ? "queued=1" : []).join("&"));
  }

  function answered(key, entry, request) {
    if (outbox[key] !== entry) return; // a later tap is on its way
    if (request.status === 403) return rejoin(key, entry);
    const saved = request.status === 200 && remember(key, request.responseText);
    // Anything else comes from a full laptop, or from somebody in between, such as a login page.
    if (!saved && FINAL.indexOf(request.status) < 0) return failed(key, entry);
    delete requests[key];
    delete outbox[key];
    delete retries[key];
    const section = find(key);
    // Refused: nothing typed is lost, and where voting has closed it can be sent late.
    if (!saved && !drafts[key] && request.status !== 404) drafts[key] = entry.parts;
    if (saved) notes[key] = request.responseText;
    storage.save();
    if (section) show(section);
    if (section && request.status === 422) say(section, "", request.responseText);
  }

  // Note what the server has, from the fragment it answered with; whether it was one.
  function remember(key, fragment) {
    const holder = document.createElement("template");
    holder.innerHTML = fragment;
    const receipt = holder.content.querySelector("[data-saved-at]");
    if (!receipt) return false;
    const data = receipt.dataset;
    mine[key.split(":")[0]] = {
      value: data.value, round: Number(data.round), seq: Number(data.seq), saved_at: data.savedAt,
    };
    return true;
  }

  function failed(key, entry) {
    if (outbox[key] !== entry) return;
    const retry = retries[key] || (retries[key] = { failures: 0 });
    delete requests[key];
    const section = find(key);
    if (section) show(section);
    clearTimeout(retry.timer);
    retry.timer = setTimeout(() => send(key), backoff(retry.failures++));
  }

  function rejoin(key, entry) {
    const request = new XMLHttpRequest(); // gives this browser a new cookie
    request.open("GET", "/audience/" + code);
    request.timeout = ANSWER_MS;
    request.onloadend = () => failed(key, entry);
    request.send();
  }

  const sendAll = () => Object.keys(outbox).forEach(send);
  const sendIdle = () => Object.keys(outbox).forEach((key) => requests[key] || send(key));

  function build(question) {
    const holder = document.createElement("template");
    holder.innerHTML = question.html;
    const section = holder.content.firstElementChild;
    section.dataset.html = question.html;
    if (section.dataset.names !== main.dataset.names) location.reload(); // names are asked for now
    return section;
  }

  // The state is the whole of what is asked: swap what changed, and leave alone what did not.
  function hear(state) {
    Object.keys(state.mine || {}).forEach((id) => {
      const newer = mine[id] && mine[id].round === state.mine[id].round
        && mine[id].seq > state.mine[id].seq; // acknowledged while this was on its way
      if (!newer) mine[id] = state.mine[id];
    });
    if (!state.mine && state.questions.some(isJudged)) setTimeout(askForResult, Math.random() * RESULT_MS);
    const before = sections();
    let added = null;
    const wanted = state.questions.map((question) => {
      const id = String(question.id);
      const old = before.find((section) => section.dataset.questionId === id);
      const same = old && old.dataset.round === String(question.round);
      if (same && !old.dataset.html) old.dataset.html = question.html; // it came with the page
      const kept = same && old.dataset.stage === question.stage
        && (old.dataset.html === question.html || isTyping(old));
      if (kept) return old;
      const fresh = build(question);
      if (!same) added = fresh;
      if (old && old.dataset.stage !== question.stage) delete notes[keyOf(fresh)];
      return fresh;
    });
    const keys = wanted.map(keyOf);
    before.forEach((section) => {
      if (wanted.indexOf(section) >= 0) return;
      const key = keyOf(section);
      if (keys.indexOf(key) < 0 && (drafts[key] || outbox[key])) wanted.push(closeHere(section));
      else section.remove();
    });
    wanted.forEach((section, place) => {
      if (list.children[place] !== section) list.insertBefore(section, list.children[place] || null);
      show(section);
    });
    const unsent = Object.keys(outbox).length;
    waiting.textContent = !state.active
      ? unsent ? "Session closed. An answer is not sent yet: it is kept on this phone"
        : "Session closed, your answers are saved"
      : wanted.length ? "" : "Waiting for the next question";
    if (added && added.dataset.stage === "open") {
      announce.textContent = "New question: " + added.querySelector("h2").textContent;
      if (!sections().some(isTyping)) window.scrollTo(0, 0);
    }
    sendIdle();
  }

  // One place up or down in a ranking. The focus stays on the button: it may be pressed again.
  function move(section, pressed) {
    const item = pressed.closest("li");
    const other = pressed.dataset.move < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (pressed.dataset.move < 0) item.parentNode.insertBefore(item, other);
    else item.parentNode.insertBefore(other, item);
    pressed.focus();
    drafts[keyOf(section)] = partsOf(item.closest("form"));
    storage.save();
    announce.textContent = item.dataset.key + ": place "
      + (Array.from(item.parentNode.children).indexOf(item) + 1);
  }

  // Whether the right answer was shown to a question that this phone answered. How far it was
  // right is told to this phone only, when it asks.
  function isJudged(question) {
    const answer = mine[question.id];
    return question.stage === "answer" && answer && answer.round === question.round && !answer.result;
  }

  function askForResult() {
    const request = new XMLHttpRequest();
    request.open("GET", "/audience/" + code + "/state");
    request.timeout = ANSWER_MS;
    request.onload = () => request.status === 200 && hear(JSON.parse(request.responseText));
    request.send();
  }

  // The question left the screen with something unsent: it stays on this phone.
  function closeHere(section) {
    section.dataset.stage = "closed";
    section.dataset.gone = "yes";
    section.querySelector("fieldset").disabled = true;
    return section;
  }

  list.addEventListener("click", (event) => {
    const section = event.target.closest("section");
    if (event.target.closest("[data-abstain]")) {
      event.preventDefault();
      post(section, [event.target.closest("[data-abstain]").value]);
    } else if (event.target.closest("[data-move]")) {
      move(section, event.target.closest("[data-move]"));
    }
  });
  list.addEventListener("change", (event) => {
    const section = event.target.closest("section");
    const form = event.target.closest("form");
    if (form && isChoice(event.target) && form.querySelector("[data-tap]")) {
      post(section, partsOf(form));
    }
  });
  list.addEventListener("input", (event) => {
    const form = event.target.closest("form");
    if (event.target.name !== "response" || form.querySelector("[data-tap]")) return;
    const section = event.target.closest("section");
    const parts = partsOf(form);
    if (parts.length) drafts[keyOf(section)] = parts;
    else delete drafts[keyOf(section)];
    storage.save();
    show(section);
  });
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    const section = event.target.closest("section");
    const parts = partsOf(event.target);
    if (parts.length) post(section, parts);
    else say(section, "Nothing is filled in yet.");
  });
  window.addEventListener("beforeunload", (event) => {
    if (storage.isLasting() || !Object.keys(outbox).length) return;
    event.preventDefault();
    event.returnValue = "";
  });

  sections().forEach((section) => {
    const saved = section.querySelector("[data-saved-at]");
    if (saved) remember(keyOf(section), section.querySelector(".receipt").innerHTML);
    show(section);
  });
  watch("/ws/audience/" + code, hear, (connected) => {
    link.textContent = connected ? "" : "Connection lost. Trying again; your answers are kept.";
  }, "/audience/" + code + "/state");
  onWake(sendAll);
  sendAll();
}

const main = document.querySelector("[data-audience]");
if (main) startAudience(main);
