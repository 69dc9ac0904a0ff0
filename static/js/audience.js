// What a phone runs, in one file: the socket that brings the state, and the outbox that keeps an
// answer until the server has said that it is saved. Presenter pages import `_` and `watch`.
// Written for browsers of the last eight years: no ?., no ??, no API that needs HTTPS.

const SILENCE_MS = 16000; // the server beats every 10 s
const CONNECT_MS = 3000;
// First and longest wait between tries. Waiting and trying together stay below the 5 s in which
// everything is back after the network is.
const BACKOFF_MS = [500, 2000];
const KNOCK_AFTER = 3; // failed sockets
const POLL_MS = 5000; // where sockets are blocked
const LOCKED_MS = 5000; // between two requests of a phone that is locked out
const ANSWER_MS = 4000; // a vote that takes longer is sent again
const RECENT_MS = 1000; // a vote sent within this time is not sent again yet
const RESULT_MS = 1000; // a room full of phones requests its results within this time
const TICK_MS = 200;
const MOVED_MS = 1000; // a countdown whose end moved further is another one
const ANNOUNCED = [0, 10, 30]; // seconds before the end of a countdown, for screen readers
const SAID_MS = 9000; // then what they have read is removed: it would be met again below
const RESULT_TRIES = 10; // after these the phone waits for the next message
const LEFT = "classpulse-left"; // in storage: the name under which the student who left kept answers
const ABSTENTION = "-"; // the value of "I don't know"
const CARD = "card"; // stands for the card after the last of several questions
const GONE = [404, 410]; // with these a session has ended
const FINAL = GONE.concat(403, 409, 422); // with these the server has refused a vote for good

// A text that people read, with its named values; English for now.
export const _ = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name]);

// A random wait of at most `longest`: a room full of phones must not return together.
const spread = (longest) => longest * (0.5 + Math.random() / 2);
const backoff = (failures) =>
  spread(Math.min(BACKOFF_MS[1], BACKOFF_MS[0] * Math.pow(2, failures)));

// What act(given) returns, or null if it throws: one bad message, section or stored entry must
// not stop the rest of the page.
function contain(act, given) {
  try {
    return act(given);
  } catch (problem) {
    console.warn(problem);
    return null;
  }
}

// Whether a refusal comes from our server, not from a proxy or a login page in between.
const isOurs = (fragment) => fragment.includes('class="problem"');

// Call act() when the phone may have slept; returns a function that stops this. iOS may wake with
// any one of these events, and with a socket that is long dead.
function onWake(act) {
  const onEvent = ({ type, persisted }) => {
    if (type === "visibilitychange" ? !document.hidden : type === "online" || persisted) act();
  };
  const events = [[document, "visibilitychange"], [window, "pageshow"], [window, "online"]];
  events.forEach(([target, type]) => target.addEventListener(type, onEvent));
  return () => events.forEach(([target, type]) => target.removeEventListener(type, onEvent));
}

// Request a path, by POST if it has a body; then onAnswer(request) or onFailure() is called.
// Returns the request, which tells when it was sent.
function ask(path, onAnswer, onFailure, body) {
  const request = new XMLHttpRequest();
  request.since = Date.now();
  request.open(body ? "POST" : "GET", path);
  request.timeout = ANSWER_MS;
  request.setRequestHeader("HX-Request", "true"); // a refusal is a sentence, not a page
  if (body) request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
  request.onload = () => onAnswer(request);
  request.onerror = request.ontimeout = onFailure;
  request.send(body);
  return request;
}

// The state that a response holds, or null: the login page of a Wi-Fi also answers with 200.
function readState(request) {
  try {
    const message = JSON.parse(request.responseText);
    return request.status === 200 && message.type === "state" ? message : null;
  } catch (notJson) {
    return null;
  }
}

// Keep a socket open for as long as the page lives, and call onMessage(message) for each newer
// state and onLink(connected) when the link comes or goes. Returns a function that closes it.
// After a few failures plain HTTP goes ahead, and a socket follows once `knock` is answered:
// browsers delay sockets to where others failed, Chromium by up to 5 s, Firefox by up to a minute.
// Where sockets are blocked, the page lives on the states that `knock` answers with. A refusal by our
// server goes to onRefused(status, html); after one that leaves nothing to watch, all is closed.
export function watch(path, onMessage, onLink, knock = "/healthz", onRefused) {
  let socket = null;
  let request = null;
  let timer = 0; // what comes next, if nothing else does
  let triedAt = 0;
  let receivedAt = 0; // by this socket
  // Where cookies are refused no socket opens, and only `knock` is told why. Safari can't be asked.
  document.cookie = "try=1";
  let failures = /\btry=/.test(document.cookie) ? 0 : KNOCK_AFTER;
  document.cookie = "try=;max-age=0";
  let polled = false; // the newest state came by plain HTTP
  let newest = { epoch: "", version: 0 };
  // Different for each page: after a pause of the laptop most get its beat before they give up.
  const patience = SILENCE_MS * (1 + Math.random() / 4);

  function receive(message) {
    onLink(true);
    if (message.type === "beat") return;
    if (message.epoch === newest.epoch && message.version < newest.version) return;
    newest = message;
    onMessage(message);
  }

  function attempt(way) {
    drop();
    triedAt = Date.now();
    timer = setTimeout(lost, CONNECT_MS);
    way();
  }

  function open() {
    const opened = new WebSocket("ws" + location.origin.slice(4) + path);
    socket = opened;
    opened.onmessage = (event) => {
      if (opened !== socket) return;
      clearTimeout(timer);
      receivedAt = Date.now();
      failures = 0;
      polled = false;
      contain((text) => receive(JSON.parse(text)), event.data);
    };
    opened.onclose = () => opened === socket && lost();
  }

  function poll() {
    request = ask(knock, (answer) => {
      const { status, responseText: html } = answer; // ending aborts it
      if (onRefused && status >= 400 && status < 500 && isOurs(html)) {
        onRefused(status, html);
        if (GONE.includes(status)) return end();
      }
      const state = readState(answer);
      polled = Boolean(state);
      if (state) contain(receive, state);
      attempt(open);
    }, lost);
  }

  function drop() {
    const dropped = socket;
    const aborted = request;
    clearTimeout(timer);
    receivedAt = 0;
    socket = request = null; // before closing: its onclose must see that it was replaced
    if (dropped) dropped.close();
    if (aborted) aborted.abort();
  }

  function lost() {
    if (request) polled = false;
    drop();
    failures += 1;
    if (!polled) onLink(false);
    timer = setTimeout(again, polled ? spread(POLL_MS) : backoff(failures));
  }

  const again = () => attempt(failures < KNOCK_AFTER ? open : poll);
  // By the clock, which goes on while a laptop sleeps; timers do not.
  const isSilent = () => receivedAt && Date.now() - receivedAt > patience;
  const check = setInterval(() => isSilent() && lost(), 1000);
  const sleepOn = onWake(() => Date.now() - triedAt > 1000 && again());
  again();
  return end;

  function end() {
    const opening = socket;
    sleepOn();
    clearInterval(check);
    if (opening && opening.readyState === 0) { // closing it now would log a warning
      socket = null;
      opening.onopen = () => opening.close();
      setTimeout(() => opening.close(), CONNECT_MS);
    }
    drop();
  }
}

// {key: entry} of the stored entries that are valid: {parts, seq, tried, shape} in the outbox,
// {parts, shape} in the drafts; without parts they take an answer back. Anything else is dropped.
function selectValid(stored, part) {
  const valid = {};
  const entries = Object(Object(stored)[part]);
  Object.keys(entries).forEach((key) => {
    const { parts, seq } = Object(entries[key]);
    const isText = Array.isArray(parts) && parts.every((one) => typeof one === "string");
    if (/^\d+:\d+$/.test(key) && isText && (part === "drafts" || Number.isSafeInteger(seq))) {
      valid[key] = entries[key];
    }
  });
  return valid;
}

// What this phone keeps; until the page is closed if the browser forbids storage (private mode).
// Another tab of the same student stores under the same name, so each change is made to what is
// stored at that moment.
function openStorage(name) {
  let lasting = true;

  function read() {
    let stored = null;
    try {
      stored = JSON.parse(localStorage.getItem(name));
    } catch (denied) {
      lasting = false;
    }
    return { outbox: selectValid(stored, "outbox"), drafts: selectValid(stored, "drafts") };
  }

  function store(stored) {
    try {
      localStorage.setItem(name, JSON.stringify(stored));
      lasting = true;
    } catch (denied) {
      lasting = false;
    }
  }

  // What a former student of this device kept goes once another one has joined.
  try {
    const former = localStorage.getItem(LEFT);
    if (former !== name) localStorage.removeItem(former);
    localStorage.removeItem(LEFT);
  } catch (denied) {} // then nothing was kept

  const kept = read();
  store(kept);
  return {
    leave: () => lasting && localStorage.setItem(LEFT, name),
    name,
    kept,
    read,
    isLasting: () => lasting,
    set(part, key, value) {
      const stored = read();
      kept[part][key] = stored[part][key] = value;
      store(stored);
    },
    remove(part, key) {
      const stored = read();
      delete kept[part][key];
      delete stored[part][key];
      store(stored);
    },
  };
}

// The first element with data-`name` in a part of the page.
const pick = (root, name) => root.querySelector("[data-" + name + "]");

// Write a text where it is another one than before: a live region is read at each change.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function make(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function button(text, act, ...names) {
  const made = make("button", text);
  made.type = "button";
  made.classList.add(...names);
  made.addEventListener("click", act);
  return made;
}

// Show a picture on the whole screen, until it is tapped, or left by a key; returns what shows it.
function enlarge(link) {
  const picture = link.parentNode.querySelector("img");
  const close = () => {
    overlay.onblur = null; // which removing it would cause
    overlay.remove();
  };
  const overlay = button("", () => {
    close();
    link.focus({ preventScroll: true });
  }, "overlay");
  overlay.setAttribute("aria-label", _("Close the picture: {description}", { description: picture.alt }));
  overlay.append(picture.cloneNode());
  overlay.onblur = close;
  overlay.onkeydown = (event) => {
    if (!/^(Escape|Enter|Tab)$/.test(event.key)) return;
    event.preventDefault(); // Enter would reach the link below it, and open it again
    overlay.click();
  };
  document.body.append(overlay);
  overlay.focus();
  return overlay;
}

function startAudience(main) {
  const path = "/audience/" + main.dataset.code;
  const storage = openStorage("classpulse-" + main.dataset.outboxName);
  // {"7:1": {parts, seq, tried, shape}}
  const outbox = storage.kept.outbox;
  // {"7:1": {parts, shape}}; with a shape it was sent, and met the closing of its question.
  const drafts = storage.kept.drafts;
  const [list, lobby, waiting, lost, announce, progress, card, link, losing, remaining, result, finishing] = [
    "questions", "lobby", "waiting", "lost", "announce", "progress", "finished", "link", "losing", "remaining",
    "result", "finish",
  ].map((name) => pick(document, name));
  // {"7": {value, round, seq, late, html, result, verdict}}: what the server has
  const mine = {};
  // {"7:1": {html, stage, isFinal}}: the server's last answer, and the stage then
  const notes = {};
  // {"7:1": the XMLHttpRequest on its way, with `since`}
  const requests = {};
  // {"7:1": {timer, failures}}
  const retries = {};
  // {"7": {end, most, told}}: when its countdown shows 0, by this page's own clock; the most ms that
  // it had left; and the seconds that were announced last
  const ends = {};
  let active = main.dataset.active === "yes";
  // of several open questions, the key of the one that is shown, or CARD
  let at = "";
  // the key of the question that was chosen on the card, to which its sending leads back
  let chosen = "";
  // keys of the questions that the student has finished with
  let finished = [];
  // why the server lets this phone watch nothing
  let refusal = "";
  // nothing is sent or requested any more
  let over = false;
  // the next student is joining on this device
  let left = false;
  let resultTimer = 0;

  const listUnsent = () => Object.keys(outbox).concat(Object.keys(drafts));
  const keyOf = (section) => section.dataset.questionId + ":" + section.dataset.round;
  const sections = () => Array.from(list.children);
  // A student who has finished has a result, which names the answers that are final.
  const own = () => Object(result.firstElementChild).dataset;
  const isFinal = (section) => Boolean(own()) && own().final.split(" ").includes(keyOf(section));
  const isAsked = (section) => section.dataset.stage === "open";
  const isOpen = (section) => isAsked(section) && !isFinal(section);
  const find = (key) => sections().find((section) => keyOf(section) === key);
  const showAll = () => sections().forEach((section) => contain(show, section));
  const formOf = (section) => section.querySelector("form");
  const shapeOf = (section) => section.querySelector("[name=shape]").value;
  const fields = (form) => Array.from(form.querySelectorAll("[name=response]:not(button)"));
  const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
  const isUnsent = (section) => listUnsent().includes(keyOf(section));
  const isTyping = (section) =>
    fields(section).some((field) => field === document.activeElement && !isChoice(field));

  // Have screen readers read a text.
  function say(text) {
    announce.textContent = text;
    setTimeout(() => announce.textContent === text && write(announce, ""), SAID_MS);
  }

  // Show whether the student abstains.
  function press(form, pressed) {
    const abstain = pick(form, "abstain");
    if (abstain) abstain.setAttribute("aria-pressed", pressed);
  }

  function partsOf(form) {
    if (form.querySelector("[data-abstain][aria-pressed=true]")) return [ABSTENTION];
    const sortable = pick(form, "sortable");
    if (sortable) return Array.from(sortable.children).map((item) => item.dataset.key);
    return fields(form)
      .filter((field) => (isChoice(field) ? field.checked : field.value.trim()))
      .map((field) => field.value);
  }

  function fill(form, given) {
    const abstained = given.length === 1 && given[0] === ABSTENTION; // also where it isn't offered now
    const parts = abstained ? [] : given;
    const sortable = pick(form, "sortable");
    let next = 0;
    press(form, abstained);
    if (sortable) {
      parts.slice().reverse().forEach((key) => {
        const item = Array.from(sortable.children).find((one) => one.dataset.key === key);
        if (item) sortable.prepend(item);
      });
      sortable.querySelectorAll("[data-move]").forEach((one) => (one.hidden = false));
    }
    fields(form).forEach((field) => {
      if (isChoice(field)) field.checked = parts.includes(field.value);
      else field.value = next < parts.length ? parts[next++] : "";
    });
  }

  // What a question is called: formulas are read in one line.
  const titleOf = (section) => (pick(section, "said") || section.querySelector("h2")).textContent;

  // What goes on with a question: voting, a discussion, or its correct answer.
  const stateOf = (section) => (pick(section, "talk") || section.querySelector(".solution, .pill > span")).textContent;

  const answerOf = (section) => (drafts[keyOf(section)] || { parts: sentBy(section) }).parts;

  // What the server has of this phone for a question in its present round, if anything.
  function savedOf(section) {
    const saved = mine[section.dataset.questionId];
    return saved && String(saved.round) === section.dataset.round ? saved : null;
  }

  // The parts that are on their way or saved; none if there is no answer, or it was taken back.
  function sentBy(section) {
    const key = keyOf(section);
    if (outbox[key]) return outbox[key].parts;
    const saved = savedOf(section);
    if (!saved || !saved.value) return [];
    const separator = formOf(section).dataset.separator;
    return separator ? saved.value.split(separator) : [saved.value];
  }

  // Show what is so, and what follows from it; or a fragment of our own server, escaped there.
  function showReceipt(section, title, detail = "", html = "") {
    const receipt = pick(section, "receipt");
    const shown = title + detail + html;
    if (receipt.dataset.shown === shown) return; // a live region is read at each change
    receipt.dataset.shown = shown;
    receipt.innerHTML = html;
    if (title) receipt.append(make("b", title));
    if (detail) receipt.append(make("span", detail));
  }

  // An unsent answer is kept on the phone unless the browser stores nothing, which a private
  // window may not admit: to keep the page open is always safe.
  const keptNow = () => (storage.isLasting() ? _("Not sent yet, kept on this phone") : _("Not sent yet"));
  const keepOpen = () => _("Keep this page open.");

  // The line above the questions, which also stands for receipts whose question has gone.
  function showWaiting() {
    arrange();
    const isEmpty = !list.children.length;
    const hidden = listUnsent().some((key) => !active || (outbox[key] && !find(key)));
    const text = over ? refusal
      : hidden ? (active ? _("An answer is not sent yet. Keep this page open.")
        : _("Session closed. An answer is not sent yet. Keep this page open."))
        : refusal || (!active ? _("Session closed, your answers are saved")
          : isEmpty && !own() ? _("You're in. The next question will appear here.") : "");
    const picture = pick(document, "of");
    if (picture && !find(picture.dataset.of)) picture.onblur();
    lobby.className = isEmpty && !own() ? "lobby" : "note";
    write(waiting, text);
    showLost();
  }

  // What was typed for a question that this page never showed: the next one came before a reload.
  function showLost() {
    const key = Object.keys(drafts).find((one) => drafts[one].parts.length && !outbox[one] && !find(one));
    if (lost.dataset.key === key) return;
    lost.textContent = "";
    delete lost.dataset.key;
    if (!key) return;
    const { parts, shape } = drafts[key];
    const settle = (act) => () => {
      storage.remove("drafts", key);
      act();
      showWaiting();
    };
    lost.dataset.key = key;
    lost.append(make("p", _("Not sent before voting closed: {text}", { text: parts.join(", ") })),
      button(_("Send late"), settle(() => {
        storage.set("outbox", key, { parts, seq: nextSeq(key), tried: true, shape });
        send(key);
      })), button(_("Discard"), settle(() => {}), "quiet"));
  }

  // Bring a question's form and receipt to what is known: typed, on its way, or saved.
  function show(section) {
    if (over) return showReceipt(closeHere(section), "");
    const key = keyOf(section);
    const form = formOf(section);
    const saved = savedOf(section);
    const open = isOpen(section);
    const note = notes[key] && notes[key].stage === section.dataset.stage ? notes[key] : null;
    if (!isTyping(section)) {
      fill(form, answerOf(section));
      const typed = drafts[key] ? drafts[key].parts : [];
      if (typed.length && !typed.some((part) => partsOf(form).includes(part))) {
        storage.remove("drafts", key); // the question was edited, and no part fits any more
        fill(form, answerOf(section));
      }
    }
    form.querySelector("fieldset").disabled = !open;
    const tap = pick(form, "tap");
    if (tap) tap.hidden = !open || !drafts[key] || outbox[key];
    const clearing = pick(section, "clear");
    if (clearing) clearing.hidden = !open || !sentBy(section).length;
    if (outbox[key]) {
      if (retries[key]) showReceipt(section, keptNow(), keepOpen());
      else showReceipt(section, _("Saving…"));
    } else if (note) {
      showReceipt(section, "", "", note.html);
    } else if (open && drafts[key]) {
      showReceipt(section, _("Not sent yet"), drafts[key].parts.length ? ""
        : _("Send it empty to clear your answer."));
    } else if (open || saved) {
      showReceipt(section, "", "", saved ? saved.html : "");
    } else showReceipt(section, pick(section, "receipt").dataset.receipt);
    showVerdict(section, saved);
    if (!open && drafts[key] && !outbox[key]) offerLate(section, form, note);
    arrange();
  }

  // Say how correct the own answer was, where the correct one is shown.
  function showVerdict(section, saved) {
    const judged = pick(section, "judged");
    if (!judged || !saved || !saved.verdict) return;
    const verdict = pick(judged, "verdict") || make("p", "");
    if (verdict.textContent === saved.result) return;
    verdict.className = "result";
    verdict.dataset.verdict = saved.verdict;
    verdict.textContent = saved.result;
    judged.prepend(verdict);
    say(saved.result);
  }

  const isAnswered = (section) => sentBy(section).length > 0 && !isUnsent(section);

  // Several open questions are shown one at a time, with a card after the last one. The student
  // alone moves from one to the next. What is closed stays as it is.
  function arrange() {
    const open = sections().filter(isOpen);
    const isSeveral = open.length > 1;
    let place = open.findIndex((one) => keyOf(one) === at);
    if (isSeveral && place < 0 && at !== CARD) {
      place = open.findIndex((one) => !isAnswered(one));
      at = place < 0 ? CARD : keyOf(open[place]);
    }
    const shown = isSeveral ? open[place] : open[0] || list.firstElementChild;
    if (shown) at = keyOf(shown);
    sections().forEach((one) => {
      one.hidden = isAsked(one) && (isFinal(one) ? !isUnsent(one) : isSeveral && one !== shown);
      one.classList.toggle("is-shown", one === shown);
      stress(one, isSeveral);
    });
    // A receipt with more than its usual lines needs more room below the page's end.
    const height = shown ? pick(shown, "receipt").offsetHeight : 0;
    document.body.style.setProperty("--room", height > 96 ? height + 8 + "px" : "");
    main.querySelectorAll("[data-turns]").forEach((one) => (one.hidden = !isSeveral));
    if (open.some((one) => !finished.includes(keyOf(one)))) finished = [];
    card.hidden = !isSeveral || shown;
    result.hidden = sections().some((one) => !isFinal(one));
    if (finishing) finishing.hidden = open.every((one) => one.dataset.held) || (isSeveral && shown);
    tick();
    if (!isSeveral) return;
    write(progress, shown ? _("{place} of {open}", { place: place + 1, open: open.length }) : "");
    const value = shown ? place + 1 : open.filter(isAnswered).length;
    Object.assign(progress.nextElementSibling, { max: open.length, value });
    const [back, next] = main.querySelectorAll("[data-turn]");
    back.disabled = place === 0;
    back.hidden = finished.length > 0;
    next.hidden = !shown;
    next.className = shown && drafts[at] ? "quiet" : "";
    if (!shown) showCard(open);
  }

  // Of Send and Next the one stands out that the student needs: Send while something is unsent.
  // It stays where it is, and can be pressed and focused.
  function stress(section, isSeveral) {
    const send = section.querySelector("fieldset > button:not([data-abstain])");
    const isSent = sentBy(section).length > 0;
    if (send) send.className = drafts[keyOf(section)] || !(isSent || isSeveral) ? "" : isSent ? "resting" : "quiet";
  }

  function showCard(open) {
    const states = open.map((one) => (isAnswered(one) ? _("Answered")
      : isUnsent(one) ? _("Not sent yet") : _("Not answered yet")));
    const shown = open.map(keyOf).concat(states, finished).join();
    if (card.dataset.shown === shown) return;
    card.dataset.shown = shown;
    card.textContent = "";
    const values = { answered: open.filter(isAnswered).length, open: open.length };
    card.append(make("h2", values.answered === values.open ? _("All {open} answered", values)
      : _("{answered} of {open} answered", values)));
    if (finished.length) {
      card.append(make("p", open.some(isUnsent) ? _("You have finished. Not every answer is sent.")
        : _("You have finished. Your answers are saved.")));
      if (open.every((one) => isAnswered(one) && !isUnsent(one))) return;
    }
    open.forEach((one, place) => {
      const go = card.appendChild(button(_("{number}. {title}", { number: place + 1, title: titleOf(one) }), () => {
        finished = [];
        turn(keyOf(one));
        chosen = at;
      }, "go"));
      go.appendChild(make("span", states[place])).className = isUnsent(one) ? "problem" : "";
    });
    if (finished.length || finishing || open.some(isUnsent)) return;
    card.append(button(_("Finish"), () => {
      finished = open.map(keyOf);
      turn(CARD);
    }));
  }

  // Go to one of several open questions, or to the card.
  function turn(key) {
    at = key;
    chosen = "";
    arrange();
    window.scrollTo(0, 0);
    const title = (find(key) || (key ? card : result)).querySelector("h2");
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }

  function turnBy(step) {
    const keys = sections().filter(isOpen).map(keyOf);
    const place = at === CARD ? keys.length : keys.indexOf(at);
    turn((at !== chosen || step < 0) && keys[place + step] || CARD);
  }

  // Offer what can be done with an answer after closing; `refusal` is the note that says why.
  function offerLate(section, form, refusal) {
    if (!refusal) {
      const saved = savedOf(section);
      showReceipt(section, _("Voting closed before this was sent."), [
        saved && saved.value ? _("Your earlier answer counts.") : "",
        storage.isLasting() ? _("This one is kept on this phone.") : "", keepOpen()].join(" ").trim());
    }
    const receipt = pick(section, "receipt");
    if (receipt.querySelector(".late")) return;
    if (!refusal || !refusal.isFinal) {
      receipt.append(button(_("Send late"), () => post(section, partsOf(form), true), "late"));
    }
    receipt.append(button(_("Discard"), () => {
      storage.remove("drafts", keyOf(section));
      delete notes[keyOf(section)];
      if (section.dataset.gone) section.remove();
      else show(section);
      showWaiting();
    }, "late", "quiet"));
  }

  // Larger at each tap, also when the phone's clock was set back.
  function nextSeq(key) {
    const saved = mine[key.split(":")[0]];
    return Math.max(Date.now(), saved ? saved.seq + 1 : 0, outbox[key] ? outbox[key].seq + 1 : 0);
  }

  // Keep the parts of a form that the student has changed until they are sent.
  function draft(section, parts) {
    const key = keyOf(section);
    if (parts.length || sentBy(section).length) storage.set("drafts", key, { parts });
    else storage.remove("drafts", key);
    delete notes[key];
    show(section);
  }

  // Without parts the answer is taken back. With `late`, the student knows that voting is closed.
  function post(section, parts, late = false) {
    const key = keyOf(section);
    left = false; // leaving was stopped
    storage.set("outbox", key, { parts, seq: nextSeq(key), tried: late, shape: shapeOf(section) });
    storage.remove("drafts", key);
    delete notes[key];
    show(section);
    send(key);
  }

  // Take the answer back. The button that was pressed goes: the focus stays in its question.
  function clear(section, form) {
    fill(form, []);
    post(section, []);
    (form.querySelector("input[type=radio]") || form.querySelector("fieldset button")).focus({ preventScroll: true });
  }

  function send(key) {
    const entry = outbox[key];
    if (!entry || over || left) return;
    if (requests[key]) requests[key].abort();
    if (retries[key]) clearTimeout(retries[key].timer);
    const queued = entry.tried; // an earlier try may have been lost: late is better than never
    entry.tried = true;
    storage.set("outbox", key, entry);
    const [id, round] = key.split(":");
    requests[key] = ask("/audience/respond/" + id, (request) => answered(key, entry, request), () => failed(key, entry),
      entry.parts.map((part) => "response=" + encode(part)).concat(
        entry.parts.length ? [] : "clear=1", "round=" + round, "seq=" + entry.seq, queued ? "queued=1" : [],
        entry.shape === undefined ? [] : "shape=" + encode(entry.shape)).join("&"));
    requests[key].section = find(key);
  }

  // Half of a surrogate pair, which a cut can leave, has no UTF-8.
  const encode = (text) => encodeURIComponent(String(text).replace(/[\ud800-\udfff]/gu, ""));

  function answered(key, entry, request) {
    const { responseText: html, status } = request;
    delete requests[key];
    adopt();
    if (outbox[key] !== entry) return send(key);
    if (status === 403 && !entry.rejoined) return rejoin(key, entry);
    const saved = status === 200 && remember(key, html);
    const refused = FINAL.includes(status) && isOurs(html);
    // Anything else comes from a full laptop, or from a proxy or a login page in between.
    if (!saved && !refused) return failed(key, entry);
    const section = find(key);
    const isFinished = section && isFinal(section);
    const closed = status === 409 && !isFinished;
    if (closed && section && isOpen(section)) {
      // The message of closing is still to come, or voting was opened again before this answer
      // arrived: the next try decides.
      entry.tried = false; // nothing was lost on the way
      storage.set("outbox", key, entry);
      return failed(key, entry);
    }
    storage.remove("outbox", key);
    delete retries[key];
    if (saved) {
      if (!drafts[key] && section) notes[key] = { html, stage: section.dataset.stage };
    } else if (status !== 404) {
      // What was chosen or typed is kept, to be sent again; once there is a name, by resume.
      if (!drafts[key] && entry.parts.length) {
        const resumes = closed || html.includes("/name");
        storage.set("drafts", key, { parts: entry.parts, shape: resumes ? entry.shape : undefined });
      }
      if (section && !(closed && entry.parts.length)) contain(() => takeRefusal(key, request));
    }
    if (section && (over || status !== 404)) show(find(key));
    else if (section) showReceipt(section, "", "", html); // what was typed stays
    showWaiting();
    if (saved && chosen === key && section && isOpen(section) && entry.parts.length && !drafts[key]) turn(CARD);
  }

  // Show why an answer was refused beside it; after an edit also the question as it is now, unless
  // a state brought a newer one while this was on its way.
  function takeRefusal(key, { responseText: html, status, section }) {
    const place = html.indexOf("<section");
    const fresh = place < 0 || find(key) !== section ? null : build(html.slice(place));
    if (fresh && keyOf(fresh) === key) find(key).replaceWith(fresh);
    notes[key] = {
      html: parse(html).querySelector(".problem").outerHTML, stage: find(key).dataset.stage,
      isFinal: status === 403 || isFinal(find(key)), // no other answer would be accepted either
    };
  }

  // A vote that was refused at closing is its student's newest: it is sent when voting opens again
  // in that round, unless the question was edited.
  function resume(section) {
    const kept = drafts[keyOf(section)];
    if (isOpen(section) && kept && kept.shape === shapeOf(section)) {
      post(section, kept.parts);
    }
  }

  // Take over what another tab of this phone kept: it may have been closed since then.
  function adopt() {
    const stored = storage.read().outbox;
    Object.keys(stored).forEach((key) => {
      if (!outbox[key] || outbox[key].seq < stored[key].seq) outbox[key] = stored[key];
    });
  }

  // Note what the server has, from the fragment it sent; returns its data, or null without any.
  function remember(key, fragment) {
    const receipt = pick(parse(fragment), "saved-at");
    if (!receipt) return null;
    const data = receipt.dataset;
    const id = key.split(":")[0];
    const round = Number(data.round);
    if (mine[id] && mine[id].round > round) return data; // a late one of an earlier round
    mine[id] = {
      value: data.value, round, seq: Number(data.seq), late: Number(data.late), html: fragment,
    };
    const change = pick(document, "change-name");
    if (change) change.hidden = true; // only until the first answer
    return data;
  }

  function failed(key, entry) {
    delete requests[key];
    if (outbox[key] !== entry) return send(key);
    const retry = retries[key] || (retries[key] = { failures: 0 });
    showWaiting();
    const section = find(key);
    if (section) show(section);
    clearTimeout(retry.timer);
    retry.timer = setTimeout(() => send(key), backoff(retry.failures++));
  }

  function rejoin(key, entry) {
    requests[key] = ask(path, ({ status, responseText }) => { // gives this browser a new cookie
      // Joined again: if the vote is still refused, the reason is another one, which is shown.
      entry.rejoined = status === 200 && responseText.includes(path);
      failed(key, entry);
    }, () => failed(key, entry));
  }

  // Send what is kept, except what has been on its way for less than `patience`.
  function sendKept(patience) {
    Object.keys(outbox).forEach((key) => {
      if (!requests[key] || Date.now() - requests[key].since > patience) contain(send, key);
    });
  }

  // A phone wakes with up to three events: they make one post.
  function sendAll() {
    adopt();
    sendKept(RECENT_MS);
  }

  function parse(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  }

  // A question's section, with all that the rest relies on.
  function build(html) {
    const section = parse(html).firstElementChild;
    const parts = ["h2", "form>fieldset", "[data-receipt]", "[name=shape]"];
    if (!parts.every((part) => section.querySelector(part))) throw new Error("A part is missing");
    section.dataset.html = html;
    if (section.dataset.settings !== main.dataset.settings) location.reload(); // such as for a name
    return section;
  }

  // Note what the server has of this phone's answers: {"7": {value, round, ...}}.
  function learn(answers) {
    Object.keys(answers).forEach((id) => contain((stored) => {
      const known = mine[id] || {};
      const same = known.round === stored.round;
      // What was acknowledged while this was on its way is newer.
      if (known.round > stored.round || (same && known.seq > stored.seq)) return;
      if (!same || known.seq < stored.seq || known.late !== stored.late) {
        delete notes[id + ":" + stored.round];
      }
      if (typeof stored.value === "string") mine[id] = stored;
    }, answers[id]));
  }

  // After closing an answer can't be taken back: a draft that would do so is dropped.
  function dropEmptied() {
    const open = sections().filter(isOpen).map(keyOf);
    Object.keys(drafts).forEach((key) => {
      if (!drafts[key].parts.length && !open.includes(key)) storage.remove("drafts", key);
    });
  }

  // Count down to what a message says. It is measured when it is sent, and this page counts on from
  // its arrival: after sleep the next message puts it right.
  function noteRemaining({ id, remaining_ms: left }) {
    const end = performance.now() + left;
    const known = ends[id];
    if (typeof left !== "number") delete ends[id];
    else if (known && Math.abs(end - known.end) < MOVED_MS) known.end = end;
    else ends[id] = { end, most: left, told: left / 1000 };
  }

  // Show what is left for the question that is shown.
  function tick() {
    const section = find(at);
    const timed = section && !section.hidden && ends[section.dataset.questionId];
    main.classList.toggle("is-timed", Boolean(timed));
    if (!timed) return;
    const left = Math.max(0, timed.end - performance.now());
    const seconds = Math.ceil(left / 1000);
    const text = seconds ? [Math.floor(seconds / 60), String(seconds % 60).padStart(2, "0")].join(":")
      : _("Time is up");
    write(remaining, text);
    remaining.classList.toggle("is-live", isOpen(section));
    remaining.classList.toggle("is-near", seconds <= 10);
    remaining.style.setProperty("--left", left / timed.most);
    const due = ANNOUNCED.find((one) => one < timed.told && seconds <= one);
    if (due === undefined) return;
    timed.told = due;
    say(seconds ? _("{seconds} seconds left", { seconds }) : text);
  }

  // Take what a state says of this phone alone. One without a result may have been on its way
  // while the student finished.
  function showOwn(state) {
    learn(state.mine);
    const html = state.own || result.html || "";
    if (result.html !== html) result.innerHTML = result.html = html;
  }

  // Show a state, which holds every question that is asked: swap what changed, and nothing else.
  function showState(state) {
    if (state.mine) showOwn(state);
    const before = sections();
    // A question may have changed between the page and its first state.
    const isOfPage = state.epoch + "/" + state.version === main.dataset.version;
    let added = null;
    const choose = (question) => {
      noteRemaining(question);
      const id = String(question.id);
      const old = before.find((section) => section.dataset.questionId === id);
      const same = old && old.dataset.round === String(question.round);
      if (same && !old.dataset.html && isOfPage) old.dataset.html = question.html;
      const kept = same && old.dataset.stage === question.stage
        && (old.dataset.html === question.html || isTyping(old));
      if (kept) return old;
      const fresh = build(question.html);
      if (!same) added = fresh;
      // Another answer may be correct now: this phone's result is requested again.
      else if (!state.mine && mine[id]) delete mine[id].result;
      if (same && stateOf(old) !== stateOf(fresh) && !needsResult(fresh)) say(stateOf(fresh));
      return fresh;
    };
    const wanted = state.questions.map((question) => contain(choose, question)).filter(Boolean);
    const keys = wanted.map(keyOf);
    before.forEach((section) => {
      if (wanted.includes(section)) return;
      const key = keyOf(section);
      const unsent = outbox[key] || (drafts[key] && drafts[key].parts.length);
      if (!keys.includes(key) && unsent) wanted.push(closeHere(section));
      else section.remove();
    });
    wanted.forEach((section, place) => {
      if (list.children[place] !== section) list.insertBefore(section, list.children[place] || null);
    });
    dropEmptied();
    wanted.forEach((section) => contain(show, section));
    wanted.forEach((section) => contain(resume, section));
    if (!state.mine) requestResultSoon(Math.random() * RESULT_MS);
    active = state.active;
    showWaiting();
    if (added && isOpen(added)) {
      say(_("New question: {title}", { title: titleOf(added) }));
      const isSeen = added.classList.contains("is-shown");
      if (isSeen && !sections().some(isTyping)) window.scrollTo(0, 0);
    }
    sendKept(Infinity);
  }

  // One place up or down in a ranking. The focus stays: the button may be pressed again.
  function move(section, pressed) {
    const item = pressed.closest("li");
    const isUp = pressed.dataset.move < 0;
    const other = isUp ? item.previousElementSibling : item.nextElementSibling;
    if (other) {
      item[isUp ? "after" : "before"](other);
      press(section, false);
      draft(section, partsOf(section));
      pressed.focus();
    }
    const place = Array.from(item.parentNode.children).indexOf(item) + 1;
    say(_("{option}: place {place}", { option: item.dataset.key, place }));
  }

  // Whether this phone answered a question whose correct answer was shown since. Its result comes
  // to this phone only, on request.
  function needsResult(section) {
    const answer = savedOf(section);
    return section.dataset.stage === "answer" && answer && answer.value && !answer.result;
  }

  // A request may be lost several times, while the socket lives and nothing new comes by it.
  function requestResultSoon(wait, failures = 0) {
    clearTimeout(resultTimer);
    const isPartial = own() && !own().whole && !sections().some((one) => isAsked(one) && isFinal(one));
    if (over || failures >= RESULT_TRIES || !(isPartial || sections().some(needsResult))) return;
    resultTimer = setTimeout(() => requestResult(failures), wait);
  }

  function requestResult(failures) {
    const retry = () => requestResultSoon(backoff(failures), failures + 1);
    ask(path + "/state", (request) => {
      const state = readState(request);
      if (!state) return retry();
      showOwn(state);
      showAll();
    }, retry);
  }

  // Say why there is no state. Without a cookie the phone joins again, as with a vote; where the
  // session has ended, nothing is sent or requested any more, and what was not sent stays visible.
  function refuse(status, html) {
    refusal = status === 404 ? _("Your teacher has deleted this session.") : parse(html).textContent;
    link.textContent = "";
    over = GONE.includes(status);
    if (over) showAll();
    else if (status === 403) ask(path, () => {}, () => {});
    showWaiting();
  }

  // A question that is no longer asked stays on this phone while something of it is unsent.
  function closeHere(section) {
    section.dataset.stage = "closed";
    section.dataset.gone = "yes";
    delete ends[section.dataset.questionId];
    section.querySelector("fieldset").disabled = true;
    for (const sender of section.querySelectorAll("[data-tap], [data-clear]")) sender.hidden = true;
    const pill = section.querySelector(".pill");
    pill.className = "pill";
    pill.firstElementChild.textContent = _("Voting is closed");
    pill.lastElementChild.textContent = _("closed");
    return section;
  }

  // Call act(event, section, what was meant) for events of a type in a question.
  const on = (type, act) => list.addEventListener(type, (event) =>
    act(event, event.target.closest("section"), event.target));

  on("click", (event, section, target) => {
    const pressed = target.closest("button, a");
    const { abstain, move: step, reading, enlarge: link } = pressed ? pressed.dataset : {};
    if (step) move(section, pressed);
    if (reading) {
      fill(formOf(section), [reading]);
      post(section, [reading], !isOpen(section));
    }
    if (abstain === undefined && link === undefined) return;
    event.preventDefault();
    if (link === undefined) post(section, [pressed.value]);
    else enlarge(pressed).dataset.of = keyOf(section);
  });
  // Among options that are sent on tap, arrow keys move the focus only: to check one is to vote.
  on("keydown", (event, section, field) => {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key];
    const isVote = event.key === "Enter" || event.key === " ";
    if (field.type !== "radio" || !(step || isVote) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const options = fields(field.form);
    if (step) options[(options.indexOf(field) + step + options.length) % options.length].focus();
    else if (!field.checked) field.click();
    else if (drafts[keyOf(section)]) post(section, partsOf(field.form)); // refused before
  });
  on("change", (event, section, { form, type }) => {
    if (!isChoice({ type }) || !pick(form, "tap")) return;
    press(form, false);
    post(section, partsOf(form));
  });
  on("input", (event, section, { form, name }) => {
    if (name !== "response" || pick(form, "tap")) return;
    press(form, false);
    draft(section, partsOf(form));
  });
  on("submit", (event, section, sent) => {
    event.preventDefault();
    const form = formOf(section);
    if (sent !== form) return clear(section, form);
    const parts = partsOf(form);
    if (parts.length || sentBy(section).length) post(section, parts);
    else showReceipt(section, _("Give an answer first."));
  });
  main.addEventListener("click", (event) => {
    const { turn: step } = event.target.dataset;
    if (step) turnBy(Number(step));
  });
  function finish(event) {
    event.preventDefault();
    const problem = finishing.querySelector(".problem");
    const say = (text) => (problem.textContent = text);
    const fail = () => say(_("No connection. Try again."));
    say("");
    if (listUnsent().length) return say(_("An answer is not sent yet. Send it first."));
    ask(path + "/finish", ({ status, responseText: html }) => {
      if (status !== 200 || !html.includes("data-own")) return isOurs(html) ? say(parse(html).textContent) : fail();
      finishing.querySelector("details").open = false;
      showOwn({ mine: {}, own: html });
      showAll();
      showWaiting();
      turn("");
    }, fail, "finish=1");
  }

  if (finishing) finishing.addEventListener("submit", finish);
  // Whoever starts over as someone else is asked once more if something would be lost.
  const leaving = losing.parentNode;
  function askToLose(asks) {
    losing.hidden = !asks;
    leaving.querySelector("button").hidden = asks;
  }
  leaving.addEventListener("submit", (event) => {
    left = !losing.hidden || !listUnsent().length;
    if (left) return storage.leave();
    event.preventDefault();
    return askToLose(true);
  });
  pick(leaving, "stay").addEventListener("click", () => {
    askToLose(false);
    leaving.parentNode.open = false;
    window.scrollTo(0, 0);
  });
  window.addEventListener("pageshow", (event) => event.persisted && left && location.reload());
  // They may do so in another tab: nothing that this one keeps may become an answer of the next.
  window.addEventListener("storage", ({ key, newValue }) => {
    left = left || newValue === storage.name; // under LEFT
    if (key === storage.name && !newValue) location.reload();
  });
  window.addEventListener("beforeunload", (event) => {
    if (left || storage.isLasting() || !listUnsent().length) return;
    event.preventDefault();
    event.returnValue = "";
  });

  sections().forEach((section) => {
    const saved = pick(section, "saved-at");
    if (saved) remember(keyOf(section), saved.outerHTML);
  });
  showAll();
  watch("/ws" + path, showState, (connected) => {
    if (connected) refusal = "";
    write(link, connected || refusal ? "" : _("Connection lost. Trying again. Keep this page open."));
  }, path + "/state", refuse);
  setInterval(tick, TICK_MS);
  onWake(sendAll);
  sendAll();
  showWaiting();
}

const main = pick(document, "audience");
if (main) startAudience(main);
// A phone that is locked out asks until it can join; a page that reloads itself would be read
// aloud each time.
else if (pick(document, "locked-out")) setInterval(() => ask(location.href, ({ status, responseText }) => {
  const busy = status >= 500; // the page of this error would not ask again
  if (!busy && !responseText.includes("data-locked-out")) location.reload();
}), LOCKED_MS);
