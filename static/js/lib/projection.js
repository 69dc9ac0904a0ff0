// A question as the projector shows it, in any box: the projector itself, and small on the control
// page and beside the question form.

import { _ } from "../audience.js";
import { showRemaining } from "./countdown.js";
import { clearChart, drawChart, turnChart } from "./page.js";

// Sizes of titles and of options, in the stylesheet, in the order in which they are tried.
const SIZES = [[0, 0], [1, 1], [1, 2], [2, 3], [3, 3], [4, 3]];
const TITLE_SIZES = 5;
const TITLE_SHARE = 0.3; // of the box's height, for a title above options, a picture or a chart
const TITLE_SHARE_MANY = 0.17; // above two columns of options
const TITLE_SHARE_ALONE = 0.6; // above a line of text
// Rooms that are kept for an explanation, in units: as much as its lines need, then less and less.
const LINE = 4.2;
const ROOM_MOST = 40; // below options
const ROOM_MOST_CHART = 22;
const ROOM_USUAL = 15; // also for a short one
const ROOM_LEAST = 8.5;
const FIRM = 0.7; // of the most, at the smallest size of its text
const EXPLANATION_SIZES = [0, 1, 2]; // of its text, in the stylesheet
const WIDE = ".scene math, h1 math, code[tabindex]"; // they scroll, which nobody can on a wall
const SLACK_PX = 1; // browsers round sizes differently

// The projection in `box`, an element with `data-projection`:
//   show(html)      a present message's html; returns whether it was another one
//   draw(message)   a results message, if it is of the question and round shown
//   fit()           after the box was hidden, or what is in it has changed
//   id()            the id of the question shown, or null
//   turn(by)        show the page of texts after this one, or with -1 the one before
// A click makes an explanation as large as the box, and another one as it was.
export function openProjection(box) {
  let shown = "";
  let results = null;
  let revealing = false; // bars grow when results come where the class saw none before

  function show(html) {
    if (html === undefined || html === shown) return false;
    const before = look(box);
    const chart = box.querySelector("[data-chart]");
    if (chart) clearChart(chart);
    box.innerHTML = html; // rendered and escaped by our server
    const now = look(box);
    revealing = Boolean(shown) && before.votes === now.votes && !before.reveals && now.reveals;
    shown = html;
    showRemaining(box);
    fit();
    if (results) draw(results);
    return true;
  }

  function id() {
    const article = box.querySelector("[data-question-id]");
    return article ? Number(article.dataset.questionId) : null;
  }

  function draw(message) {
    results = message;
    if (`${message.question_id}/${message.round}` !== look(box).votes) return;
    if (box.querySelector(".strip.is-compared") && !message.previous) return; // it comes
    const grows = revealing;
    revealing = false;
    const tiles = box.querySelector("[data-tiles]");
    const chart = box.querySelector("[data-chart]");
    if (tiles) fillTiles(tiles, message, grows);
    if (chart && !chart.closest("[hidden]")) drawChart(chart, message, grows);
    const figures = box.querySelector("[data-figures]");
    if (figures) figures.textContent = describeFigures(message);
  }

  // Long questions shrink in steps until everything fits; code and formulas that fit at no size are
  // broken. What is still too long at the smallest size is cut, at the end of a line.
  function fit() {
    const article = box.querySelector(".projection");
    if (!article || !box.clientHeight) return; // hidden
    const tiles = box.querySelector(".tiles.is-double"); // read down, then across
    if (tiles) tiles.style.setProperty("--rows", Math.ceil(tiles.children.length / 2));
    const smallest = fitTitle(article);
    article.classList.remove("is-cut");
    const tried = listRooms(article);
    const body = article.querySelector(".title-body"); // beside the answers, or above them
    const fitsWith = (wrapped) => {
      article.classList.toggle("is-wrapped", wrapped);
      const places = body ? [wrapped, !wrapped] : [false];
      return tried.some((rooms) => SIZES.some(([title, option]) => places.some((above) => rooms.some((room) => {
        if (body) body.parentNode.classList.toggle("is-above", above);
        article.style.setProperty("--room", room);
        article.dataset.title = Math.max(title, smallest);
        article.dataset.size = option;
        return fits(article);
      }))));
    };
    const fitting = fitsWith(false) || article.querySelector("code[tabindex], .tile math") && fitsWith(true);
    fitExplanation(article);
    if (fitting) return;
    article.classList.add("is-cut");
    cutTexts(article);
  }

  function turn(by) {
    const chart = box.querySelector("[data-chart]");
    if (chart) turnChart(chart, by);
  }

  window.addEventListener("resize", fit);
  box.addEventListener("load", fit, true); // of a picture, whose size is known only now
  box.addEventListener("click", ({ target }) => {
    const text = target.closest(".explanation p");
    if (text) text.classList.toggle("is-whole");
  });

  return { show, draw, fit, id, turn };
}

// Whose votes the box shows, and whether it shows them.
function look(box) {
  const article = box.querySelector("[data-question-id]");
  return {
    votes: article && `${article.dataset.questionId}/${article.dataset.round}`,
    reveals: Boolean(box.querySelector("[data-bar], [data-chart]")),
  };
}

// The first size at which the title leaves enough room; at the smallest it is cut.
function fitTitle(article) {
  const title = article.querySelector("h1");
  const share = article.querySelector(".is-double") ? TITLE_SHARE_MANY
    : article.querySelector(".cover") && !article.querySelector(".picture") ? TITLE_SHARE_ALONE : TITLE_SHARE;
  const room = share * article.clientHeight;
  article.classList.remove("has-long-title");
  for (let size = 0; size < TITLE_SIZES; size += 1) {
    article.dataset.title = size;
    if (title.offsetHeight <= room && [title, ...title.querySelectorAll(WIDE)].every(holds)) return size;
  }
  article.classList.add("has-long-title");
  setLines(title, room);
  return TITLE_SIZES - 1;
}

// Rooms for the explanation, largest first. A formula on display is not cut in two while smaller
// options would leave it its room.
function listRooms(article) {
  const explanation = article.querySelector(".explanation");
  if (!explanation) return [[0]];
  const most = article.querySelector(".tiles") ? ROOM_MOST : ROOM_MOST_CHART;
  const rooms = [Math.min(most, Math.max(ROOM_USUAL, LINE * explanation.dataset.lines + 2))];
  while (rooms[0] * 0.8 > ROOM_LEAST) rooms.unshift(rooms[0] * 0.8);
  const all = [...rooms.reverse(), ROOM_LEAST];
  return "firm" in explanation.dataset ? [all.filter((room) => room > FIRM * all[0]), all] : [all];
}

// The first size at which the explanation has room; at the smallest it is cut.
function fitExplanation(article) {
  const text = article.querySelector(".explanation p");
  if (!text) return;
  const room = text.parentNode.clientHeight;
  text.classList.remove("is-clipped");
  const fitting = EXPLANATION_SIZES.some((size) => {
    text.dataset.explained = size;
    return text.offsetHeight <= room + SLACK_PX;
  });
  if (fitting) return;
  text.classList.add("is-clipped");
  setLines(text, room - (text.offsetHeight - text.clientHeight));
}

function fits(article) {
  const parts = [article, ...article.querySelectorAll(".scene, .answers, .tiles, .tile-text, .title-body")];
  const texts = Array.from(article.querySelectorAll(".tile-words > :first-child"));
  return parts.every((part) => part.scrollHeight <= part.clientHeight + SLACK_PX
    && holds(part))
    && Array.from(article.querySelectorAll(WIDE)).every(holds)
    && texts.every((text) => text.offsetHeight <= text.parentNode.offsetHeight + SLACK_PX);
}

// Whether what is in a box is no wider than it. A formula in a line has no width to Firefox: what
// it stands in is measured as well.
function holds(box) {
  return !box.clientWidth || box.scrollWidth <= box.clientWidth + SLACK_PX;
}

// As many lines of each option as its tile has room for.
function cutTexts(article) {
  for (const text of article.querySelectorAll(".tile-text")) {
    const style = getComputedStyle(text);
    const room = text.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    setLines(text.querySelector(".tile-words > :first-child"), room);
  }
}

// Its padding below is what the last line's descenders need.
function setLines(text, room) {
  const { lineHeight, paddingBottom } = getComputedStyle(text);
  const lines = Math.floor((room + SLACK_PX - parseFloat(paddingBottom)) / parseFloat(lineHeight));
  text.style.setProperty("--lines", Math.max(1, lines));
}

function fillTiles(tiles, message, grows) {
  if (!tiles.querySelector("[data-bar]")) return; // results are not shown
  const filled = "filled" in tiles.dataset;
  tiles.dataset.filled = "";
  // What is first shown stands there immediately, unless it is revealed; later it moves.
  tiles.classList.toggle("is-growing", grows);
  tiles.classList.toggle("is-moving", filled);
  if (grows) tiles.getBoundingClientRect(); // so that bars begin at nothing
  for (const row of message.results) {
    const tile = tiles.querySelector(`[data-key="${row.key}"]`);
    if (tile) fillTile(tile, row, message);
  }
}

// One round, or two: then also the bar and the percent of the earlier one, and the difference.
function fillTile(tile, row, message) {
  const { previous } = message;
  const earlier = previous && previous.results.find(({ key }) => key === row.key);
  const show = (name, text) => { tile.querySelector(`[data-${name}]`).textContent = text; };
  show("percent", _("{percent} %", row));
  show("count", row.count);
  show("before", earlier ? _("{percent} %", earlier) : "");
  show("difference", earlier ? formatDifference(row.percent - earlier.percent) : "");
  const note = earlier && row.note ? compareNotes(earlier, row) : row.note;
  if (note !== undefined) show("note", note);
  show("told", [describeRow(row, earlier), note].filter(Boolean).join(", "));
  const [bar, barBefore] = Array.from(tile.querySelectorAll("[data-bar]")).reverse();
  bar.style.setProperty("--share", shareOf(row.count, message));
  if (earlier) barBefore.style.setProperty("--share", shareOf(earlier.count, previous));
}

// A tile's numbers, for anyone who can't see where they stand.
function describeRow({ percent, count }, earlier) {
  const values = { percent, count, before: earlier && earlier.percent };
  if (earlier) {
    return count === 1 ? _("{before} %, then {percent} %, {count} answer", values)
      : _("{before} %, then {percent} %, {count} answers", values);
  }
  return count === 1 ? _("{percent} %, {count} answer", values) : _("{percent} %, {count} answers", values);
}

// In percentage points of the percents that are shown.
const formatDifference = (points) => (points > 0 ? "+" : points < 0 ? "−" : "") + Math.abs(points);

function compareNotes({ mean_rank: before }, { mean_rank: mean, note }) {
  return before === null || mean === null ? note : _("mean place {before} → {mean}", { before, mean });
}

// How long a count's bar is, in percent. Its number is rounded so that all add up to 100, which
// would draw equal counts unequal.
export function shareOf(count, { total }) {
  return (100 * count) / Math.max(1, total);
}

// Median and mean; of two rounds, both and where they went.
export function describeFigures({ average, median, previous }) {
  if (average == null) return "";
  const values = { median: showNumber(median), mean: showNumber(average) };
  if (!previous || previous.average == null) return _("Median {median} · mean {mean}", values);
  return _("Median {median_before} → {median} · mean {mean_before} → {mean}", {
    ...values, median_before: showNumber(previous.median), mean_before: showNumber(previous.average),
  });
}

// 6.02 × 10²³, as the server shows numbers.
export function showNumber(number) {
  const [digits, power] = String(number).replace("e+", "e").split("e");
  return power ? digits + " × 10" + power.replace(/-/, "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]) : digits;
}
