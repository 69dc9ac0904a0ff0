// A word cloud that holds still: a word keeps its place unless a bigger one now needs it.
//
// Words are real text in a list, sorted by count, so that they can be read aloud, selected and
// searched. Nothing is random: the same words from the same history always lie in the same places.
//
//   draw(container, message)   a results message; the first call builds, later ones update. With
//                              `data-hides` on the container each word is a button
//   clear(container)           takes everything away again

import { _ } from "../audience.js";

const WORDS_MAX = 80;
const COVERED = 0.5;            // share of the area to fill: more packs badly, less reads badly
const SCALE_SLACK = 1.12;       // the area asks for this much more or less, and all sizes change
const BIGGEST_SHARE = 0.36;     // of the area's height, for the line of the biggest word
const WIDEST_SHARE = 0.94;      // of the area's width, for one word
const SMALLEST_EM = 2.4 / 2.6;   // of the projection's text size: nothing is smaller on the wall
const SHRINK = 0.92;            // per retry when a word found no room
const PACKED_MAX = 0.85;        // share of the area above which trying to place all is a waste
const DOUBLING = 0.55;          // sizes of a word given once, added each time a count doubles
const LINE_HEIGHT = 1.2;        // of the font size; the stylesheet has the same
const GAP_EM = 0.5;             // between two words, of their sizes' mean
const SPIRAL_PX = 9;            // between two places tried, and between two turns
const MEASURED_PX = 100;        // widths are measured once at this size and scaled
const FONT_WEIGHT = 600;        // the stylesheet has the same
const TONES = 3;                // classes tone-0 to tone-2

const built = new WeakMap();    // container → what build() returned

export function draw(container, message) {
  const cloud = built.get(container) ?? build(container);
  cloud.message = message;
  show(cloud);
}

export function clear(container) {
  const cloud = built.get(container);
  if (!cloud) return;
  cloud.size.disconnect();
  cloud.root.remove();
  built.delete(container);
}

// ---- Building

function build(container) {
  const root = document.createElement("div");
  root.className = "cloud-box";
  const list = document.createElement("ul");
  list.className = "cloud";
  list.setAttribute("role", "list");  // Safari takes the role away together with the bullets
  const more = document.createElement("p");
  more.className = "chart-more";
  root.append(list, more);
  container.append(root);

  const cloud = {
    root, list, more,
    hides: "hides" in container.dataset,
    message: { results: [], more: 0 },
    words: new Map(),               // key → word, see wordFor()
    scale: 0, wishedScale: 0,       // in use, and what the area asked for when it was chosen
    area: { width: 0, height: 0 },
    context: measuringContext(list),
  };
  cloud.size = new ResizeObserver(() => resized(cloud));
  cloud.size.observe(list);
  built.set(container, cloud);
  return cloud;
}

function measuringContext(list) {
  const context = document.createElement("canvas").getContext("2d");
  context.font = [FONT_WEIGHT, `${MEASURED_PX}px`, getComputedStyle(list).fontFamily].join(" ");
  return context;
}

function resized(cloud) {
  const { clientWidth, clientHeight } = cloud.list;
  if (clientWidth === cloud.area.width && clientHeight === cloud.area.height) return;
  // Another screen: what was packed for the old one would lie scattered.
  if (clientWidth !== cloud.area.width) for (const word of cloud.words.values()) word.place = null;
  show(cloud);
}

// ---- Showing

function show(cloud) {
  const rows = cloud.message.results.slice(0, WORDS_MAX);
  const words = rows.map((row) => wordFor(cloud, row));
  forgetOthers(cloud, words);
  cloud.area = { width: cloud.list.clientWidth, height: cloud.list.clientHeight };
  // Not laid out yet, or hidden: the observer calls again once there is room.
  if (!cloud.area.width || !cloud.area.height) return;

  const boxes = arrange(cloud, words);
  putOnPage(cloud, words, boxes);
  const left = cloud.message.results.length - boxes.size + (cloud.message.more || 0);
  cloud.more.textContent = left ? _("+{count} more", { count: left }) : "";
}

// {key, label, count, weight, width, place, item}: width is of one pixel of font size; place is
// its centre in shares of the area, so that it survives a resize, and null before the first.
function wordFor(cloud, row) {
  let word = cloud.words.get(row.key);
  if (!word) {
    const item = listItem(row.key);
    const text = cloud.hides ? item.appendChild(document.createElement("button")) : item;
    word = { key: row.key, place: null, item, text };
    cloud.words.set(row.key, word);
  }
  if (word.label !== row.label) {
    word.label = row.label;
    word.width = cloud.context.measureText(row.label).width / MEASURED_PX;
    word.text.textContent = row.label;
  }
  if (word.count !== row.count) {
    word.count = row.count;
    // Of its own count only: a vote for one word leaves the sizes of the others alone.
    word.weight = 1 + DOUBLING * Math.log2(Math.max(row.count, 1));
  }
  word.text.setAttribute("aria-label", _("{label}, {count}", row));
  return word;
}

function listItem(key) {
  const item = document.createElement("li");
  item.dir = "auto";
  item.dataset.key = key;
  item.className = `tone-${hash(key) % TONES}`;
  return item;
}

function forgetOthers(cloud, words) {
  const wanted = new Set(words);
  for (const word of cloud.words.values()) {
    if (wanted.has(word)) continue;
    word.item.remove();
    cloud.words.delete(word.key);
  }
}

function putOnPage(cloud, words, boxes) {
  const shown = words.filter((word) => boxes.has(word));
  for (const word of words) {
    if (!boxes.has(word)) word.item.remove();
  }
  shown.forEach((word, place) => {
    const box = boxes.get(word);
    word.place = { x: box.x / cloud.area.width, y: box.y / cloud.area.height };
    word.item.style.setProperty("--x", `${box.x.toFixed(1)}px`);
    word.item.style.setProperty("--y", `${box.y.toFixed(1)}px`);
    word.item.style.setProperty("--size", `${box.size.toFixed(1)}px`);
    // Moving an item in the list ends its transition, so those in order stay untouched.
    const there = cloud.list.children[place];
    if (there !== word.item) cloud.list.insertBefore(word.item, there ?? null);
  });
}

// ---- Arranging

// Map of word → {x, y, width, height, size}, x and y its centre, in pixels. Words that had no room
// even at the smallest size are missing.
function arrange(cloud, words) {
  const heaviest = Math.max(...words.map((word) => word.weight), 1);
  let scale = chooseScale(cloud, words, heaviest);
  const floor = SMALLEST_EM * parseFloat(getComputedStyle(cloud.list).fontSize);
  for (;;) {
    const isLast = scale * heaviest <= floor;
    const boxes = placeAll(sizes(words, scale, floor, cloud.area), cloud.area, isLast);
    if (boxes) {
      cloud.scale = scale;
      return boxes;
    }
    scale *= SHRINK;
  }
}

// Font size in pixels of a word given once. It follows the total area in jumps, or all words would
// change at each vote.
function chooseScale(cloud, words, heaviest) {
  const { width, height } = cloud.area;
  const needed = words.map((word) => (word.width + GAP_EM) * (LINE_HEIGHT + GAP_EM) * word.weight ** 2)
    .reduce((sum, one) => sum + one, 0);
  const wished = Math.min(
    Math.sqrt((COVERED * width * height) / Math.max(needed, 1)),
    (BIGGEST_SHARE * height) / (LINE_HEIGHT * heaviest),
  );
  const change = wished / (cloud.wishedScale || wished);
  if (cloud.scale && change < SCALE_SLACK && change > 1 / SCALE_SLACK) return cloud.scale;
  cloud.wishedScale = wished;
  return wished;
}

function sizes(words, scale, floor, area) {
  return words.map((word) => {
    const widest = (WIDEST_SHARE * area.width) / word.width;
    const size = Math.min(Math.max(scale * word.weight, floor), widest);
    const [width, height] = [size * (word.width + GAP_EM), size * (LINE_HEIGHT + GAP_EM)];
    return { word, size, width, height };
  }).sort((one, other) => other.size - one.size);     // stable: equals keep the message's order
}

// The boxes by their words, or null as soon as one finds no room, unless some may be missing.
function placeAll(sized, area, mayMiss) {
  const covered = sized.reduce((sum, box) => sum + box.width * box.height, 0);
  if (!mayMiss && covered > PACKED_MAX * area.width * area.height) return null;
  // First every word that can stays. If that leaves a word without room, bigger words push
  // smaller ones away.
  const hasPlaces = sized.some((box) => box.word.place);
  return (hasPlaces && place(sized, area, true, false)) || place(sized, area, false, mayMiss);
}

function place(sized, area, mayStay, mayMiss) {
  const taken = [];
  const homeless = [];
  for (const each of sized) {
    const box = inside({ ...each, ...startOf(each.word, area) }, area);
    if (each.word.place && isFree(box, taken)) taken.push(box);
    else if (mayStay) homeless.push(box);
    else if (moveToFree(box, taken, area)) taken.push(box);
    else if (!mayMiss) return null;
  }
  for (const box of homeless) {
    if (!moveToFree(box, taken, area)) return null;
    taken.push(box);
  }
  return new Map(taken.map((box) => [box.word, box]));
}

function startOf(word, area) {
  if (word.place) return { x: word.place.x * area.width, y: word.place.y * area.height };
  return { x: area.width / 2, y: area.height / 2 };   // the first stays there, others go around
}

// Moves the box to the first free place on a spiral around it, which is as flat as the area is;
// false if there is none inside the area.
function moveToFree(box, taken, area) {
  const { x, y } = box;
  const flatness = area.width / area.height;
  const across = Math.max(x, area.width - x) / flatness;
  const farthest = Math.hypot(across, Math.max(y, area.height - y));
  const firstAngle = emptierSide(box, taken, area);
  let inTheWay = null;
  let angle = 0;
  for (let radius = 0; radius < farthest;) {
    box.x = x + radius * flatness * Math.cos(firstAngle + angle);
    box.y = y + radius * Math.sin(firstAngle + angle);
    // What was in the way one step ago mostly still is: checking it first saves much work.
    if (isInside(box, area) && !(inTheWay && overlap(box, inTheWay))) {
      inTheWay = taken.find((other) => overlap(box, other));
      if (!inTheWay) return true;
    }
    angle += SPIRAL_PX / Math.max(radius, SPIRAL_PX);
    radius = (SPIRAL_PX * angle) / (2 * Math.PI);
  }
  return false;
}

// The angle at which a spiral begins: away from most of what is there, so that a few words do not
// all lie on one side.
function emptierSide(box, taken, area) {
  let [x, y] = [0, 0];
  for (const other of taken) {
    x += (area.width / 2 - other.x) * other.width * other.height;
    y += (area.height / 2 - other.y) * other.width * other.height;
  }
  return Math.abs(x) + Math.abs(y) < 1 ? hash(box.word.key) % 7 : Math.atan2(y, x);
}

function isFree(box, taken) {
  return !taken.some((other) => overlap(box, other));
}

function overlap(one, other) {
  return Math.abs(one.x - other.x) * 2 < one.width + other.width
    && Math.abs(one.y - other.y) * 2 < one.height + other.height;
}

function isInside(box, area) {
  return box.x * 2 >= box.width && box.x * 2 <= 2 * area.width - box.width
    && box.y * 2 >= box.height && box.y * 2 <= 2 * area.height - box.height;
}

function inside(box, area) {
  const x = Math.min(Math.max(box.x, box.width / 2), area.width - box.width / 2);
  const y = Math.min(Math.max(box.y, box.height / 2), area.height - box.height / 2);
  return { ...box, x, y };
}

// FNV-1a over UTF-16 units: 32 bits that depend on nothing but the text.
function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value >>> 0;
}
