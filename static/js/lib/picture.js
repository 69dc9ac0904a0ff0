// Results as a PNG file, on white paper whatever the page's theme is. What Chart.js has drawn is
// drawn again; anything else is painted as it lies on the page: boxes, bars, pictures and words. A
// canvas has no formulas, so these are written as plain text.
//
// A button with `data-picture`, the file's name, saves the nearest element around it that has
// `data-pictured`. The button has `data-day`, a small line at its top, and where that has no heading
// also `data-title`.

const MARGIN_EM = 1.7;          // around the picture
const SCALE = 2;                // pixels of the file for one of the page
const AROUND_PX = 200;          // at most, for title and margins
const SIDE_MAX = 8192;          // pixels; Safari has none for larger canvases
const AREA_MAX = 2 ** 24;
const NEVER = matchMedia("not all").media;
const UNPICTURED = ["button", "form", ".actions", ".screen-only", ".visually-hidden"].join();

for (const button of document.querySelectorAll("[data-picture]")) button.hidden = false;

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-picture]");
  if (!button) return;
  const { picture: name, title = "", day = "" } = button.dataset;
  const part = button.closest("[data-pictured]");
  const chart = part.querySelector("[data-chart]");
  const drawn = chart && await import(`../charts/${chart.dataset.chart}.js`);
  const canvas = drawn && drawn.picture ? drawn.picture(chart, title, day) : paint(part, title, day);
  canvas.toBlob((blob) => save(blob, name)); // no request to anybody, and needs no HTTPS
});

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000); // Safari reads it later
}

// The context of a new canvas: white, with a title and what stands below it, and moved to where the
// picture of that width and height begins.
export function openSheet({ width, height, em, family, title, date, note = "", scale = 1 }) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  const margin = MARGIN_EM * em;
  context.font = font(family, 1.3 * em, 800);
  const lines = wrap(title, (text) => context.measureText(text).width <= width);
  const top = margin + (title || date ? (lines.length * 1.6 + 1.6) * em : 0);
  canvas.width = Math.ceil(scale * (width + 2 * margin));
  canvas.height = Math.ceil(scale * (top + height + margin));
  context.scale(scale, scale);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.textBaseline = "top";
  context.fillStyle = "#171a2b";
  context.font = font(family, 1.3 * em, 800);
  lines.forEach((line, n) => context.fillText(line, margin, margin + n * 1.6 * em));
  context.font = font(family, 0.9 * em, 500);
  context.fillStyle = "#565b70";
  context.fillText(date, margin, margin + lines.length * 1.6 * em);
  context.textAlign = "right";
  context.fillText(note, margin + width, margin + lines.length * 1.6 * em);
  context.textAlign = "left";
  context.translate(margin, top);
  return context;
}

export const font = (family, pixels, weight) => [weight, `${pixels}px`, family].join(" ");

// The text in lines, of which each `fits`; a word that is too long stands alone.
export function wrap(text, fits) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    const longer = [lines[lines.length - 1], word].filter(Boolean).join(" ");
    if (fits(longer)) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.filter(Boolean);
}

// ---- A part of the page

function paint(part, title, date) {
  const restore = [...writeFormulas(part), ...hide(part), unroll(part), turnLight()];
  try {
    const items = list(part, 1, []);
    const left = Math.min(...items.map(({ box }) => box.left));
    const top = Math.min(...items.map(({ box }) => box.top));
    const width = Math.max(...items.map(({ box }) => box.right)) - left;
    const height = Math.max(...items.map(({ box }) => box.bottom)) - top;
    const [across, down] = [width + AROUND_PX, height + AROUND_PX];
    const scale = Math.min(SCALE, SIDE_MAX / Math.max(across, down), Math.sqrt(AREA_MAX / (across * down)));
    const { fontFamily: family } = getComputedStyle(part);
    const context = openSheet({ width, height, em: 16, family, title, date, scale });
    context.translate(-left, -top);
    for (const { draw, opacity, clips } of items.slice(1)) { // not the frame of it all
      context.save();
      for (const clip of clips) clip(context);
      context.globalAlpha = opacity;
      draw(context);
      context.restore();
    }
    return context.canvas;
  } finally {
    for (const undo of restore.reverse()) undo();
  }
}

// Each of these changes the page and returns what undoes that, before anybody sees it.

function writeFormulas(part) {
  return Array.from(part.querySelectorAll("math"), (formula) => {
    const text = document.createElement("span");
    text.textContent = formula.dataset.plain;
    formula.replaceWith(text);
    return () => text.replaceWith(formula);
  });
}

function hide(part) {
  const { scrollX, scrollY } = window;
  const shown = Array.from(part.querySelectorAll(UNPICTURED)).filter((element) => !element.hidden);
  for (const element of shown) element.hidden = true;
  return [() => window.scrollTo(scrollX, scrollY), ...shown.map((element) => () => { element.hidden = false; })];
}

// What scrolls is as large as what is in it, and what sticks to its edges stands in its own place.
function unroll(part) {
  const changes = Array.from(part.querySelectorAll("*")).flatMap((element) => {
    const { position, overflowX, overflowY } = getComputedStyle(element);
    const { scrollWidth, scrollHeight, scrollLeft, scrollTop } = element;
    const [across, down] = [scrollWidth - element.clientWidth, scrollHeight - element.clientHeight];
    if (position === "sticky") return [{ element, style: { position: "static" } }];
    if (!/auto|scroll/.test(overflowX + overflowY) || (across <= 0 && down <= 0)) return [];
    const style = {
      overflow: "visible", width: `${element.offsetWidth + across}px`, height: "auto",
      "max-width": "none", "max-height": "none",
    };
    return [{ element, style, scrolled: { scrollLeft, scrollTop } }];
  });
  for (const change of changes) {
    const { style } = change.element;
    change.before = Object.keys(change.style).map((name) => [name, style.getPropertyValue(name)]);
    for (const [name, value] of Object.entries(change.style)) style.setProperty(name, value);
  }
  return () => changes.forEach(({ element, before, scrolled }) => {
    for (const [name, value] of before) element.style.setProperty(name, value);
    Object.assign(element, scrolled);
  });
}

function turnLight() {
  const rules = Array.from(document.styleSheets).flatMap((sheet) => Array.from(sheet.cssRules))
    .filter(({ media }) => media && media.mediaText.includes("prefers-color-scheme"));
  const media = rules.map((rule) => rule.media.mediaText);
  for (const rule of rules) rule.media.mediaText = NEVER;
  return () => rules.forEach((rule, n) => { rule.media.mediaText = media[n]; });
}

// [{box, opacity, clips, draw(context)}, …] of an element and all that is in it, from back to front.
// `clips` are functions that keep what is drawn within the elements around it.
function list(element, opacity, clips) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return [];
  const box = element.getBoundingClientRect();
  const own = { box, opacity: opacity * style.opacity, clips };
  const draw = element.matches("img, canvas") ? (context) => context.drawImage(element, box.left, box.top, box.width, box.height)
    : element.matches("rect") ? (context) => drawBar(context, box, style)
      : (context) => drawBox(context, box, style);
  const radius = radiusOf(box, style);
  const within = style.overflowX === "visible" || !radius ? clips : [...clips, (context) => {
    trace(context, box, radius, parseFloat(style.borderTopWidth));
    context.clip();
  }];
  const inside = Array.from(element.childNodes).flatMap((node) => (
    node.nodeType === Node.TEXT_NODE ? listWords(node, style, { ...own, clips: within })
      : node.nodeType === Node.ELEMENT_NODE ? list(node, own.opacity, within) : []));
  return [...(box.width && box.height ? [{ ...own, draw }] : []), ...inside];
}

// Its words where the page has them: so lines break alike. A word that is broken inside is drawn by
// its letters.
function listWords(node, style, own) {
  const range = document.createRange();
  const place = (start, text) => {
    range.setStart(node, start);
    range.setEnd(node, start + text.length);
    return Array.from(range.getClientRects()).filter(({ width }) => width);
  };
  const write = (text, box) => ({ ...own, box, draw: (context) => drawText(context, text, box, style) });
  return Array.from(node.data.matchAll(/\S+/g)).flatMap(({ 0: word, index }) => {
    const boxes = place(index, word);
    if (boxes.length < 2) return boxes.map((box) => write(word, box));
    let at = index;
    return Array.from(word).flatMap((letter) => {
      const found = place(at, letter).slice(0, 1);
      at += letter.length;
      return found.map((box) => write(letter, box));
    });
  });
}

function drawText(context, text, { left, top, height }, style) {
  context.font = [style.fontStyle, font(style.fontFamily, parseFloat(style.fontSize), style.fontWeight)].join(" ");
  context.textBaseline = "alphabetic";
  context.fillStyle = style.color;
  // The box of a line of text is as high as its font.
  const { fontBoundingBoxAscent: above = 0.8 * height, fontBoundingBoxDescent: below = 0.2 * height } = context.measureText(text);
  context.fillText(text, left, top + (height + above - below) / 2);
}

function drawBox(context, box, style) {
  const radius = radiusOf(box, style);
  trace(context, box, radius, 0);
  context.fillStyle = style.backgroundColor;
  context.fill();
  const sides = ["top", "right", "bottom", "left"].map((side) => [
    parseFloat(style.getPropertyValue(`border-${side}-width`)), style.getPropertyValue(`border-${side}-color`)]);
  if (sides.every(([width, color]) => width === sides[0][0] && color === sides[0][1])) {
    drawFrame(context, box, radius, ...sides[0]);
  } else {
    const [[above], [right], [below], [left]] = sides;
    const lines = [[box.left, box.top, box.width, above], [box.right - right, box.top, right, box.height],
      [box.left, box.bottom - below, box.width, below], [box.left, box.top, left, box.height]];
    lines.forEach((line, n) => {
      context.fillStyle = sides[n][1];
      context.fillRect(...line);
    });
  }
  if (style.outlineStyle !== "none") drawFrame(context, box, radius, parseFloat(style.outlineWidth), style.outlineColor);
}

const radiusOf = (box, style) => Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2);

function drawFrame(context, box, radius, width, color) {
  if (!width) return;
  trace(context, box, radius, width / 2);
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}

function drawBar(context, box, style) {
  trace(context, box, 0, 0);
  context.fillStyle = style.fill;
  context.fill();
  if (style.stroke !== "none") drawFrame(context, box, 0, parseFloat(style.strokeWidth), style.stroke);
}

// A path around a box, `inset` from its edge.
function trace(context, box, radius, inset) {
  const [left, top, right, bottom] = [box.left + inset, box.top + inset, box.right - inset, box.bottom - inset];
  const round = Math.max(0, radius - inset);
  context.beginPath();
  context.moveTo(left + round, top);
  context.arcTo(right, top, right, bottom, round);
  context.arcTo(right, bottom, left, bottom, round);
  context.arcTo(left, bottom, left, top, round);
  context.arcTo(left, top, right, top, round);
  context.closePath();
}
