// What has an axis, drawn by Chart.js: ratings and numbers as columns over a scale, and options as
// bars with their letters, for the results page.
//
// With the round before in a message, each has two: the earlier one pale, the later one solid.
//
//   ready                             a promise: the library is there
//   draw(container, message, grows)   a results message; the first call builds, later ones update.
//                                     `data-unit` and `data-range` say what stands at the axis
//   picture(container, title, date)   a canvas with the same, on white paper
//   describeRounds(message)           which of two rounds is which, in words
//   clear(container)                  takes everything away again

import { _ } from "../audience.js";
import { font, openSheet, wrap } from "../lib/picture.js";
import { describeFigures, shareOf, showNumber } from "../lib/projection.js";

const LIBRARY = new URL("../../vendor/chart-4.6.1.umd.min.js", import.meta.url).href;
const GROW_MS = 500;
const MOVE_MS = 250;
const STAGGER_MS = 60;          // from one column to the next
const COLUMN_SHARE = 0.86;      // of the distance between two columns
const EARLIER_SHARE = 0.4;      // of a column's width: the other one has the rest
const BAR_SHARE = 0.7;
const END_GAP = 0.35;           // between the bins and what lies beyond them, in bins
const NUMBER_EM = 1.25;         // sizes in the container's text size
const NOTE_EM = 0.95;
const NUMBER_RISE_EM = 1.45;    // from a column to its percent
const TICK_EM = 1.1;
const DIGIT_EM = 0.6;           // a digit's width in its own size
const NUMBERED_EM = 8;          // what stands beside a bar
const NOTED_EM = 13;
const LABEL_LINE_MAX = 34;      // characters
const LABEL_LINES_MAX = 2;
const LINE_PX = 3;
const PICTURE = { width: 1500, height: 640, em: 30 }; // pixels, below its title
const PAPER = { paper: "#ffffff", ink: "#171a2b", muted: "#565b70", accent: "#4338ca", pale: "#ecebfb", edge: "#7d8196", correct: "#0b6b3a", soft: "#e2f5ea" };

const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
const darkPreferred = window.matchMedia("(prefers-color-scheme: dark)");
const built = new WeakMap();    // container → what build() returned

export const ready = window.Chart ? Promise.resolve() : new Promise((done, fail) => {
  const script = document.createElement("script");
  script.src = LIBRARY;
  script.onload = done;
  script.onerror = fail;
  document.head.append(script);
});

export function draw(container, message, grows = false) {
  const drawn = built.get(container) || build(container);
  drawn.message = message;
  const { chart } = drawn;
  const size = sizeOf(container);
  const first = !chart.data.datasets.length;
  drawn.look = readLook(container);
  const config = configure(message, container.dataset, drawn.look, size);
  chart.options = { ...config.options, animation: animate(first, grows) };
  // A dataset that stays is what Chart.js moves from one state to the next.
  if (chart.data.datasets.length !== config.data.datasets.length) chart.data = config.data;
  else config.data.datasets.forEach((dataset, n) => Object.assign(chart.data.datasets[n], dataset));
  chart.data.labels = config.data.labels;
  if (chart.width !== size.width || chart.height !== size.height) chart.resize(size.width, size.height);
  chart.update();
  drawn.canvas.setAttribute("aria-label", describe(message));
}

export function clear(container) {
  const drawn = built.get(container);
  if (!drawn) return;
  drawn.stopWatching();
  drawn.chart.destroy();
  drawn.canvas.remove();
  built.delete(container);
}

export function picture(container, title, date) {
  const { message } = built.get(container);
  const { width, height, em } = PICTURE;
  const canvas = document.createElement("canvas");
  const look = { ...PAPER, fills: readFills(container), family: readLook(container).family, em, isWhole: true };
  const lines = Math.max(...message.results.map((row) => (row.letter ? labelOf(row, look).length : 1)));
  const rows = message.results.length * Math.max(message.previous ? 3.6 : 2.4, 1.3 * lines + 0.8) * em;
  const size = { width, height: Math.max(height, rows) };
  const config = configure(message, container.dataset, look, size);
  config.options.animation = false;
  config.options.devicePixelRatio = 1;
  [canvas.width, canvas.height] = [size.width, size.height];
  const chart = new window.Chart(canvas, { ...config, plugins: [marks(() => ({ message, look }), container)] });
  const rounds = message.previous ? [describeFigures(message), describeRounds(message)] : [];
  const paper = openSheet({ ...size, em, family: look.family, title, date, note: rounds.filter(Boolean).join(" · ") });
  paper.drawImage(canvas, 0, 0, size.width, size.height);
  chart.destroy();
  return paper.canvas;
}

// ---- Building

function build(container) {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  container.append(canvas);
  const drawn = { canvas, message: { results: [] } };
  drawn.chart = new window.Chart(canvas, {
    type: "bar", data: { datasets: [] },
    options: { responsive: false, maintainAspectRatio: false, animation: false },
    plugins: [marks(() => drawn, container)],
  });
  drawn.stopWatching = watch(container, drawn);
  built.set(container, drawn);
  return drawn;
}

// A new size or theme is drawn immediately: the next vote may come much later.
function watch(container, drawn) {
  const redraw = () => { if (drawn.look && container.clientHeight) draw(container, drawn.message); };
  const size = new ResizeObserver(redraw);
  size.observe(container);
  window.addEventListener("theme", redraw);
  darkPreferred.addEventListener("change", redraw);
  return () => {
    size.disconnect();
    window.removeEventListener("theme", redraw);
    darkPreferred.removeEventListener("change", redraw);
  };
}

const sizeOf = ({ clientWidth, clientHeight }) => ({ width: clientWidth, height: clientHeight });

// The first picture stands there, unless it is revealed; then votes move it.
function animate(first, grows) {
  if (reducedMotion.matches || (first && !grows)) return false;
  if (!grows) return { duration: MOVE_MS };
  return { duration: GROW_MS, easing: "easeOutCubic", delay: ({ dataIndex = 0 }) => dataIndex * STAGGER_MS };
}

// ---- What Chart.js is given

function configure(message, axis, look, size) {
  const rows = message.results;
  const options = rows.some((row) => row.letter);
  const shared = {
    responsive: false,
    maintainAspectRatio: false,
    events: [],
    layout: { autoPadding: false },
    plugins: { legend: { display: false }, tooltip: { enabled: false } },
  };
  return options ? barsOf(message, look, size, shared) : columnsOf(message, axis, look, size, shared);
}

function columnsOf(message, axis, look, size, shared) {
  const rows = message.results;
  const scale = layOut(rows);
  const isRevealed = rows.some((row) => row.right);
  const texts = new Map(scale.ticks.map(({ value, label }) => [value, label]));
  const longest = Math.max(0, ...scale.ticks.map(({ value }) => String(value).length));
  const pixels = (scale.width / (scale.max - scale.min)) * (size.width - 2 * look.em);
  const { previous } = message;
  // Columns of a round: `share` of the width that each row has, `from` on.
  const columns = (stats, from, share) => ({
    data: stats.results.map(({ count }, n) => ({
      x: scale.at[n] + (from + share / 2 - 0.5) * COLUMN_SHARE * scale.width,
      y: previous ? shareOf(count, stats) : count,
    })),
    barThickness: Math.max(share * COLUMN_SHARE * pixels, LINE_PX),
    borderRadius: 0.3 * look.em,
    grouped: false,
  });
  return {
    type: "bar",
    data: {
      labels: [],
      datasets: [{
        ...columns(message, previous ? EARLIER_SHARE : 0, previous ? 1 - EARLIER_SHARE : 1),
        backgroundColor: rows.map((row) => (row.right ? look.soft : isRevealed ? look.edge : look.accent)),
        borderColor: look.correct,
        borderWidth: rows.map((row) => (row.right ? 2 * LINE_PX : 0)),
      }, previous && {
        ...columns(previous, 0, EARLIER_SHARE),
        backgroundColor: isRevealed ? "transparent" : look.pale,
        borderColor: rows.map((row) => (row.right ? look.correct : isRevealed ? look.edge : look.accent)),
        borderWidth: LINE_PX,
      }].filter(Boolean),
    },
    options: {
      ...shared,
      // Above the columns: their numbers, and above these the names of the two lines, if these are drawn.
      layout: { autoPadding: false, padding: { top: (previous ? 3 : 5.4) * look.em, left: look.em, right: look.em } },
      scales: {
        x: {
          type: "linear", min: scale.min, max: scale.max, offset: false,
          grid: { display: false, offset: false },
          border: { color: look.edge, width: 2 },
          afterBuildTicks: (built) => { built.ticks = scale.ticks.map(({ value }) => ({ value })); },
          ticks: {
            color: look.ink, font: chartFont(look, TICK_EM, 600), maxRotation: 0,
            autoSkip: longest * TICK_EM * look.em * DIGIT_EM > pixels, autoSkipPadding: look.em,
            callback: (value) => texts.get(value),
          },
          title: { display: Boolean(axis.unit), text: axis.unit, color: look.muted, font: chartFont(look, 1, 600) },
        },
        y: { display: false, min: 0, max: highest(message) },
      },
    },
  };
}

// While votes come in, everybody in the room would fill the height: a vote makes one column higher
// and no other lower. Afterwards the highest one does. Two rounds are compared by their shares.
function highest(message) {
  const { active, expected, response_count: answers, results, previous } = message;
  if (previous) {
    return Math.max(1, active ? 100 : 0, ...[message, previous].flatMap(
      (stats) => stats.results.map(({ count }) => shareOf(count, stats)),
    ));
  }
  const counts = results.map((row) => row.count);
  return Math.max(1, ...counts, ...(active ? [expected || 0, answers || 0] : []));
}

// Where rows lie on their scale: {at: of each, width, min, max, ticks: [{value, label}]}. A row is
// a number ("3"), a bin ("10…20"), or all that lies below or above the bins ("…10", "20…").
function layOut(rows) {
  const ends = rows.map(({ key }) => key.split("…"));
  const bins = ends.filter(([low, high]) => low && high);
  if (!bins.length) {
    const at = ends.map(([number]) => Number(number));
    const gaps = at.slice(1).map((number, n) => number - at[n]);
    const width = gaps.length ? Math.min(...gaps) : 1;
    return spread(at, width, rows.map(({ label }, n) => ({ value: at[n], label })));
  }
  const width = bins[0][1] - bins[0][0];
  const beyond = (0.5 + END_GAP) * width;
  const at = ends.map(([low, high]) => (!low ? high - beyond
    : !high ? Number(low) + beyond : (Number(low) + Number(high)) / 2));
  const edges = [...bins.map(([low]) => low), bins[bins.length - 1][1]];
  const ticks = edges.map((edge) => ({ value: Number(edge), label: showNumber(edge) }));
  ends.forEach(([low, high], n) => {
    if (!low || !high) ticks.push({ value: at[n], label: rows[n].label });
  });
  return spread(at, width, ticks.sort((one, other) => one.value - other.value));
}

function spread(at, width, ticks) {
  const margin = 0.6 * width;
  return {
    at, width, ticks, min: Math.min(...at, Infinity) - margin, max: Math.max(...at, -Infinity) + margin,
  };
}

function barsOf(message, look, size, shared) {
  const { results: rows, previous } = message;
  const isRevealed = rows.some((row) => row.right);
  const beside = (rows.some(({ note }) => note) ? NOTED_EM : NUMBERED_EM) * look.em;
  return {
    type: "bar",
    data: {
      labels: rows.map((row) => labelOf(row, look)),
      datasets: [{
        data: rows.map(({ count }) => shareOf(count, message)),
        backgroundColor: rows.map((row, n) => look.fills[n] + (isRevealed && !row.right ? "80" : "")),
        borderColor: rows.map((row) => (row.right ? look.correct : look.edge)),
        borderWidth: rows.map((row) => (row.right ? 2 * LINE_PX : 1)),
        borderSkipped: false,
        categoryPercentage: previous ? BAR_SHARE : 1,
        barPercentage: previous ? 1 : BAR_SHARE,
        order: 1, // below the earlier one
      }, previous && {
        data: previous.results.map(({ count }) => shareOf(count, previous)),
        backgroundColor: rows.map((row, n) => look.fills[n] + "40"),
        borderColor: look.edge,
        borderWidth: 1,
        borderSkipped: false,
        categoryPercentage: BAR_SHARE,
        barPercentage: 2 * EARLIER_SHARE,
      }].filter(Boolean),
    },
    options: {
      ...shared,
      indexAxis: "y",
      layout: { autoPadding: false, padding: { right: beside } },
      scales: {
        x: { display: false, min: 0, max: 100 },
        y: {
          grid: { display: false },
          border: { color: look.edge, width: 2 },
          ticks: { color: look.ink, font: chartFont(look, 1, 500), autoSkip: false, crossAlign: "far" },
          afterFit: (scale) => { // where the page is narrow Chart.js leaves less than words need
            const wanted = scale._labelSizes.widest.width + look.em;
            scale.width = Math.min(wanted, size.width / 2, size.width - beside - look.em);
          },
        },
      },
    },
  };
}

// A row's label as text: a canvas draws no formulas, and code without its marks.
function readLabel({ label, label_html: html }) {
  if (html === undefined) return label; // it is long, and has no formulas
  const holder = document.createElement("template");
  holder.innerHTML = html; // escaped by our server
  for (const formula of holder.content.querySelectorAll("math")) {
    formula.replaceWith(formula.getAttribute("aria-label"));
  }
  return holder.content.textContent;
}

// In lines, of which a picture has all.
function labelOf(row, { isWhole }) {
  const { letter } = row;
  const label = readLabel(row);
  const lines = label === letter ? [] : wrap(label, (text) => text.length <= LABEL_LINE_MAX);
  const shown = isWhole ? lines : lines.slice(0, LABEL_LINES_MAX);
  if (lines.length > shown.length) shown[shown.length - 1] += "…";
  return [[letter, shown[0]].filter(Boolean).join("  "), ...shown.slice(1)];
}

// ---- What Chart.js does not draw

// The numbers of columns and bars; on a scale also the correct range, and of a single round the
// median and the mean.
function marks(read, container) {
  return {
    id: "marks",
    beforeDatasetsDraw(chart) {
      const { message, look } = read();
      const range = (container.dataset.range || "").split(" ").filter(Boolean).map(Number);
      if (!look || !range.length || !chart.scales.x || chart.options.indexAxis === "y") return;
      const { ctx, chartArea: { top, bottom, left, right } } = chart;
      if (range[0] === range[1]) return; // its column says it
      const labels = boxesOf(chart, message, look);
      const [from, to] = range.map((number) => Math.min(Math.max(
        chart.scales.x.getPixelForValue(number), left), right));
      ctx.save();
      ctx.fillStyle = look.soft;
      ctx.fillRect(from - LINE_PX, top - look.em, to - from + 2 * LINE_PX, bottom - top + look.em);
      ctx.strokeStyle = look.correct;
      ctx.lineWidth = LINE_PX;
      for (const x of [from, to]) strokeBehind(ctx, x, top - look.em, bottom, labels);
      ctx.restore();
    },
    afterDatasetsDraw(chart) {
      const { message, look } = read();
      if (!look || !chart.data.datasets.length) return;
      const lies = chart.options.indexAxis === "y";
      if (!lies && message.average != null && !message.previous) drawLines(chart, message, boxesOf(chart, message, look), look);
      chart.getDatasetMeta(0).data.forEach((bar, n) => {
        const row = message.results[n];
        if (lies ? row : isLabelled(row, message)) (lies ? besideBar : aboveColumn)(chart.ctx, bar, row, look);
      });
      if (message.previous && chart.data.datasets[1]) drawEarlier(chart, message, lies, look);
    },
  };
}

// Beside the columns of another round an empty one needs no numbers, unless it is the correct one.
function isLabelled(row, { previous }) {
  return Boolean(row) && (!previous || row.count > 0 || Boolean(row.right));
}

function aboveColumn(ctx, { x, y }, row, look) {
  const [percent, count] = labelsOf(row);
  write(ctx, percent, x, y - NUMBER_RISE_EM * look.em, look, NUMBER_EM, 800, "center");
  write(ctx, count, x, y - 0.4 * look.em, look, NOTE_EM, 600, "center", row.right ? look.correct : look.muted);
}

// The percents of the round before, in small: above a column only where they stand free.
function drawEarlier(chart, message, lies, look) {
  const { ctx, chartArea: { bottom } } = chart;
  const taken = lies ? [] : [...boxesOf(chart, message, look), ...chart.getDatasetMeta(0).data.map(
    ({ x, y, width }) => ({ left: x - width / 2, right: x + width / 2, top: y, bottom }),
  )];
  chart.getDatasetMeta(1).data.forEach(({ x, y }, n) => {
    const row = message.previous.results[n];
    if (!row || (!lies && !row.count)) return;
    const text = _("{percent} %", row);
    if (lies) {
      write(ctx, text, x + 0.6 * look.em, y + 0.35 * look.em, look, NOTE_EM, 600, "left", look.muted);
      return;
    }
    ctx.font = font(look.family, NOTE_EM * look.em, 600);
    const half = ctx.measureText(text).width / 2;
    const [left, right, top] = [x - half, x + half, y - 1.3 * look.em];
    const isFree = taken.every((box) => right < box.left || left > box.right || y < box.top || top > box.bottom);
    if (isFree) write(ctx, text, x, y - 0.4 * look.em, look, NOTE_EM, 600, "center", look.muted);
  });
}

function labelsOf({ count, percent, right }) {
  return [_("{percent} %", { percent }), right ? _("{count} ✓", { count }) : String(count)];
}

// Where the columns' labels stand: [{left, right, top, bottom}, ...].
function boxesOf(chart, message, look) {
  const { results } = message;
  const { ctx } = chart;
  const measure = (text, size, weight) => {
    ctx.font = font(look.family, size * look.em, weight);
    return ctx.measureText(text).width;
  };
  return chart.getDatasetMeta(0).data.slice(0, results.length).flatMap(({ x, y }, n) => {
    if (!isLabelled(results[n], message)) return [];
    const [percent, count] = labelsOf(results[n]);
    const half = Math.max(measure(percent, NUMBER_EM, 800), measure(count, NOTE_EM, 600)) / 2 + 0.2 * look.em;
    return { left: x - half, right: x + half, top: y - (NUMBER_RISE_EM + NUMBER_EM) * look.em, bottom: y };
  });
}

// A line downwards that no label is struck through by.
function strokeBehind(ctx, x, top, bottom, labels) {
  ctx.beginPath();
  ctx.moveTo(x, top);
  const behind = labels.filter(({ left, right }) => left < x && x < right);
  for (const label of behind.sort((one, other) => one.top - other.top)) {
    ctx.lineTo(x, Math.max(label.top, top));
    ctx.moveTo(x, label.bottom);
  }
  ctx.lineTo(x, bottom);
  ctx.stroke();
}

function besideBar(ctx, { x, y }, { count, percent, note, right }, look) {
  const number = _("{percent} %", { percent });
  write(ctx, number, x + 0.6 * look.em, y + 0.42 * look.em, look, NUMBER_EM, 800, "left");
  ctx.font = font(look.family, NUMBER_EM * look.em, 800);
  const after = x + 1.2 * look.em + ctx.measureText(number).width;
  const more = [count, note, right ? "✓" : ""].filter((part) => part !== "" && part !== undefined);
  write(ctx, more.join(" · "), after, y + 0.42 * look.em, look, NOTE_EM, 600, "left", right ? look.correct : look.muted);
}

// Median and mean: lines behind the columns' labels, the lower one's name at its left and the
// other's at its right. Where single numbers far away pull the mean off the scale, it is only said
// below.
function drawLines(chart, { median, average }, labels, look) {
  const { ctx, width, chartArea: { left, right }, scales } = chart;
  ctx.font = font(look.family, NOTE_EM * look.em, 600);
  const lines = [
    { number: median, text: _("Median {number}", { number: showNumber(median) }), dashes: [] },
    { number: average, text: _("Mean {number}", { number: showNumber(average) }), dashes: [LINE_PX, 2 * LINE_PX] },
  ].map((line) => ({
    ...line, x: scales.x.getPixelForValue(line.number), room: ctx.measureText(line.text).width + 0.8 * look.em,
  })).filter(({ x }) => x >= left && x <= right).sort((one, other) => one.x - other.x);
  lines.forEach((line, n) => {
    const isLeft = lines.length > 1 ? !n : line.x + line.room > width;
    const fits = isLeft ? line.x >= line.room : line.x + line.room <= width;
    // A name that must stand on the other side is above the other line.
    drawLine(chart, line, (fits ? 2.55 : 1.2) * look.em, isLeft === fits, labels, look);
  });
}

function drawLine({ ctx, chartArea: { bottom } }, { x, text, dashes }, y, isLeft, labels, look) {
  ctx.save();
  ctx.strokeStyle = look.ink;
  ctx.lineWidth = LINE_PX;
  ctx.setLineDash(dashes);
  ctx.globalAlpha = 0.55;
  strokeBehind(ctx, x, y - 0.9 * look.em, bottom, labels);
  ctx.restore();
  write(ctx, text, x + (isLeft ? -0.4 : 0.4) * look.em, y, look, NOTE_EM, 600, isLeft ? "right" : "left");
}

function write(ctx, text, x, y, look, size, weight, align, color = look.ink) {
  ctx.save();
  ctx.font = font(look.family, size * look.em, weight);
  ctx.textAlign = align;
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  ctx.lineWidth = 0.25 * look.em;
  ctx.strokeStyle = look.paper; // where a line or a frame passes behind it
  ctx.strokeText(text, x, y);
  ctx.fillStyle = color;
  ctx.fillText(text, x, y);
  ctx.restore();
}

// ---- Small things

function describe({ results, response_count: answers, previous }) {
  const rows = results.map(({ letter, label, count, right }, n) => {
    const values = { option: letter || label, count, before: previous && previous.results[n].count };
    if (previous) {
      return right ? _("{option}: {before}, then {count} (correct answer)", values)
        : _("{option}: {before}, then {count}", values);
    }
    return right ? _("{option}: {count} (correct answer)", values) : _("{option}: {count}", values);
  });
  return _("Bars, {count} answered. {rows}", { count: answers, rows: rows.join("; ") });
}

export function describeRounds({ previous, round }) {
  return previous ? _("Pale: round {before}. Solid: round {round}.", { before: previous.round, round }) : "";
}

// {paper, ink, …, fills: of the options, family, em}: as the page looks now.
function readLook(container) {
  const style = getComputedStyle(container);
  const read = (name) => style.getPropertyValue(`--color-${name}`).trim();
  return {
    paper: read("paper"), ink: read("ink"), muted: read("muted"), accent: read("accent"),
    pale: read("accent-soft"), edge: read("edge"), correct: read("correct"), soft: read("correct-soft"),
    fills: readFills(container), family: style.fontFamily, em: parseFloat(style.fontSize),
  };
}

// The options' colours, which the stylesheet gives by letter.
function readFills(container) {
  const probe = document.createElement("i");
  probe.hidden = true;
  container.append(probe);
  const fills = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (letter) => {
    probe.dataset.key = letter;
    return getComputedStyle(probe).getPropertyValue("--fill").trim();
  });
  probe.remove();
  return fills;
}

const chartFont = ({ family, em }, size, weight) => ({ family, size: size * em, weight });
