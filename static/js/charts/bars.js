// Horizontal bars that grow with the votes.
//
// The labels are HTML beside the canvas: there they wrap, keep their direction and are never cut.
// Rows of equal height on the left and Chart.js's equal categories on the right line up because
// the chart has no axes and no padding.
//
//   draw(container, message)   a results message; the first call builds, later ones update
//   clear(container)           takes everything away again

import { _ } from "../audience.js";

// Okabe and Ito's colours for every kind of colour vision, each with the text colour that can be
// read on it. An option keeps its own by its place.
const FILLS = [
  { fill: "#0072B2", text: "#FFFFFF" },
  { fill: "#E69F00", text: "#000000" },
  { fill: "#009E73", text: "#000000" },
  { fill: "#CC79A7", text: "#000000" },
  { fill: "#56B4E9", text: "#000000" },
  { fill: "#D55E00", text: "#000000" },
];
const CONTRAST_MIN = 3;         // WCAG 1.4.11, a shape against the page
const FADED_MAX = 0.5;          // share of paper colour in a bar that was not the correct answer
const FADED_MIN = 0.2;          // less can't be distinguished from a bar in full colour
const GROW_MS = 250;
const SCALE_MIN = 4;            // answers at full width, or the first one would fill its row
const LABEL_MAX = 4;            // hundredths of the viewport, see viewportUnit()
const LABEL_MIN = 2;
const LABEL_STEP = 0.25;
const NUMBER_SIZE = 3;          // hundredths of the viewport
const THICKNESS_MAX = 9;        // hundredths of the viewport
const TEXT_MIN = 0.875;         // of the text size that the browser is set to
const NUMBER_GAP_PX = 8;
const OUTLINE_PX = 2;
const RIGHT_OUTLINE_PX = 4;

const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
const darkPreferred = window.matchMedia("(prefers-color-scheme: dark)");
const built = new WeakMap();    // container → what build() returned

export function draw(container, message) {
  const bars = built.get(container) ?? build(container);
  bars.message = message;
  showLabels(bars);
  showBars(bars);
}

// Make the labels fit the room there is now; called while the page looks for the right sizes.
export function fit(container) {
  const bars = built.get(container);
  if (bars) fitLabels(bars);
}

export function clear(container) {
  const bars = built.get(container);
  if (!bars) return;
  bars.stopWatching();
  bars.chart.destroy();
  bars.root.remove();
  built.delete(container);
}

// ---- Building

function build(container) {
  const root = element("div", "bars");
  const labels = element("ol", "bar-labels");
  const area = element("div", "bar-canvas");
  const canvas = element("canvas", "");
  canvas.setAttribute("role", "img");
  area.append(canvas);
  root.append(labels, area);
  container.append(root);

  const bars = { root, labels, area, canvas, message: { results: [] }, shownLabels: "" };
  bars.chart = new window.Chart(canvas, chartConfig(bars));
  bars.stopWatching = watch(container, bars);
  built.set(container, bars);
  return bars;
}

function chartConfig(bars) {
  return {
    type: "bar",
    data: { labels: [], datasets: [{ data: [], borderSkipped: false, clip: false }] },
    plugins: [window.ChartDataLabels],
    options: {
      indexAxis: "y",
      responsive: true,
      maintainAspectRatio: false,
      events: [],
      layout: { autoPadding: false, padding: 0 },
      scales: {
        x: { display: false, min: 0 },
        y: { display: false },
      },
      datasets: { bar: { categoryPercentage: 1, barPercentage: 0.7 } },
      plugins: {
        legend: { display: false },
        tooltip: { enabled: false },
        datalabels: {
          anchor: "end",
          align: "right",     // "end" has no direction yet while a bar is 0 wide
          offset: NUMBER_GAP_PX,
          // From the message, not from the growing bar: the number is correct immediately.
          formatter: (count, { dataIndex }) => numberText(bars.message.results[dataIndex]),
          color: () => bars.theme.ink,
          font: () => bars.font,
        },
      },
    },
  };
}

// A new size or theme is drawn immediately: the next vote may come much later.
function watch(container, bars) {
  const redraw = () => {
    bars.shownLabels = "";
    bars.drawn = false;
    draw(container, bars.message);
  };
  const size = new ResizeObserver(redraw);
  const theme = new MutationObserver(redraw);
  size.observe(container);
  theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  darkPreferred.addEventListener("change", redraw);
  return () => {
    size.disconnect();
    theme.disconnect();
    darkPreferred.removeEventListener("change", redraw);
  };
}

// ---- Labels

function showLabels(bars) {
  const rows = bars.message.results;
  const wanted = JSON.stringify(rows.map((row) => [row.letter, row.label, row.note, row.right]));
  if (wanted === bars.shownLabels) return;
  bars.shownLabels = wanted;
  const isRevealed = revealed(rows);
  bars.labels.replaceChildren(...rows.map((row, at) => labelRow(row, fillOf(row, at), isRevealed)));
  fitLabels(bars);
}

function labelRow(row, { fill, text }, isRevealed) {
  const item = element("li", "bar-label");
  item.dir = "auto"; // of the option: letters and notes have a direction of their own
  item.classList.toggle("is-right", Boolean(row.right));
  item.classList.toggle("is-dimmed", isRevealed && !row.right);
  if (row.letter) {
    const letter = element("span", "bar-letter", row.letter);
    letter.dir = "ltr";
    letter.style.setProperty("--bar-fill", fill);
    letter.style.setProperty("--bar-text", text);
    item.append(letter);
  }
  if (row.label !== row.letter) item.append(element("span", "bar-text", row.label));
  if (row.note) {
    const note = element("bdi", "bar-note", row.note);
    note.dir = "auto";
    item.append(note);
  }
  if (row.right) item.append(element("span", "bar-right", _("✓ right answer")));
  return item;
}

// The largest text with which every label is whole. Below the smallest the rows outgrow the
// container, which scrolls.
function fitLabels(bars) {
  for (let size = LABEL_MAX; size >= LABEL_MIN; size -= LABEL_STEP) {
    const pixels = Math.max(size * viewportUnit(), smallestText());
    bars.labels.style.setProperty("--bar-label-size", `${pixels}px`);
    if (bars.labels.offsetHeight <= bars.root.clientHeight) return;
  }
}

// ---- Bars

function showBars(bars) {
  const { chart, message } = bars;
  const rows = message.results;
  const most = scaleMax(message);
  bars.theme = readTheme(bars.area);
  bars.font = numberFont(bars);
  const isRevealed = revealed(rows);
  const looks = rows.map((row, at) => barLook(row, fillOf(row, at).fill, isRevealed, bars.theme));

  const [dataset] = chart.data.datasets;
  chart.data.labels = rows.map((row) => row.key);
  dataset.data = rows.map((row) => row.count);
  dataset.backgroundColor = looks.map((look) => look.fill);
  dataset.borderColor = looks.map((look) => look.outline);
  dataset.borderWidth = looks.map((look) => look.outlinePx);
  dataset.maxBarThickness = THICKNESS_MAX * viewportUnit();
  chart.options.scales.x.max = most;
  // Room for the longest number there can be, so that bars don't change length when a number
  // gains a digit.
  const numberWidth = textWidth(chart.ctx, bars.font, numberText(most, most));
  chart.options.layout.padding = { right: numberWidth + 2 * NUMBER_GAP_PX };
  chart.stop(); // while bars grow, a new size would wait for the next frame
  chart.resize(bars.area.clientWidth, bars.area.clientHeight); // long labels make the rows higher
  // The first picture is not animated: bars that fly to their rows would mean nothing.
  chart.options.animation = reducedMotion.matches || !bars.drawn ? false : { duration: GROW_MS };
  chart.update();
  bars.drawn = true;
  bars.canvas.setAttribute("aria-label", describe(message));
}

// All students who are expected to answer fill the row: a vote then makes one bar longer and no
// other shorter.
function scaleMax(message) {
  const counts = message.results.map((row) => row.count);
  return Math.max(message.expected || 0, message.response_count || 0, SCALE_MIN, ...counts);
}

function numberText({ count, percent }) {
  return count ? _("{count} · {percent} %", { count, percent }) : String(count);
}

function describe(message) {
  const rows = message.results.map(({ letter, label, count, right }) => {
    const values = { option: letter || label, count };
    return right ? _("{option} {count} (right answer)", values) : _("{option} {count}", values);
  });
  const values = { count: message.response_count, rows: rows.join(", ") };
  return _("Bars, {count} answered: {rows}", values);
}

function numberFont(bars) {
  const rowHeight = bars.root.clientHeight / Math.max(bars.message.results.length, 1);
  const size = Math.min(NUMBER_SIZE * viewportUnit(), rowHeight * 0.8);
  const { family } = bars.theme;
  return { family, size: Math.max(size, smallestText()), weight: 600, lineHeight: 1 };
}

function textWidth(context, font, text) {
  context.save();
  context.font = [font.weight, `${font.size}px`, font.family].join(" ");
  const { width } = context.measureText(text);
  context.restore();
  return Math.ceil(width);
}

// ---- Colours

function readTheme(area) {
  const style = getComputedStyle(area);
  return { family: style.fontFamily, ink: style.color, paper: style.backgroundColor };
}

// {fill, outline, outlinePx}: an outline marks the correct answer, and carries the contrast that a
// pale fill lacks.
function barLook(row, fill, isRevealed, theme) {
  const [color, ink, paper] = [fill, theme.ink, theme.paper].map(rgb);
  if (row.right) return { fill, outline: theme.ink, outlinePx: RIGHT_OUTLINE_PX };
  const shown = isRevealed ? faded(color, paper) : color;
  const outline = isRevealed ? faded(ink, paper) : ink;
  const outlinePx = contrast(shown, paper) < CONTRAST_MIN ? OUTLINE_PX : 0;
  return { fill: css(shown), outline: css(outline), outlinePx };
}

// As near to the paper as a colour may come while it stands out from it. Those that start too
// close come near all the same, and get an outline.
function faded(color, paper) {
  for (let share = FADED_MAX; share >= FADED_MIN; share -= 0.05) {
    const mixed = mix(color, paper, share);
    if (contrast(mixed, paper) >= CONTRAST_MIN) return mixed;
  }
  return mix(color, paper, FADED_MAX);
}

function mix(color, paper, share) {
  return color.map((part, i) => Math.round(part + (paper[i] - part) * share));
}

// "#0072B2" or a computed "rgb(0, 114, 178)" → [0, 114, 178]; a transparent background counts as
// white paper.
function rgb(text) {
  if (text.startsWith("#")) return [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
  const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
  return alpha === 0 ? [255, 255, 255] : [red, green, blue];
}

function css([red, green, blue]) {
  return `rgb(${red},${green},${blue})`;
}

// WCAG 2.2, "relative luminance" and "contrast ratio".
function luminance(color) {
  const [red, green, blue] = color.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

// ---- Small things

// Rows without letters are numbers of one scale, which is one thing.
function fillOf(row, place) {
  return FILLS[row.letter ? place % FILLS.length : 0];
}

function revealed(rows) {
  return rows.some((row) => row.right);
}

// A hundredth of the viewport's height, or of three quarters of its width where that is less (a
// phone held upright).
function viewportUnit() {
  return Math.min(window.innerHeight, window.innerWidth * 0.75) / 100;
}

function smallestText() {
  return TEXT_MIN * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function element(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
