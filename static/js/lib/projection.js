// A question as the projector shows it, in any box: the projector itself, and small on the control
// page and beside the question form.

import { _ } from "../audience.js";
import { clearChart, drawChart, fitChart } from "./page.js";

const SIZES = 5; // of titles and options, in the stylesheet
const TITLE_SHARE = 0.3; // of the box's height, for a title beside a picture or options
const SLACK_PX = 1; // browsers round sizes differently

// The projection in `box`, an element with `data-projection`:
//   show(html)      a present message's html; returns whether it was another one
//   draw(message)   a results message, if it is of the question shown
//   fit()           after the box has another size
//   id()            the id of the question shown, or null
export function openProjection(box) {
  let shown = "";
  let results = null;

  function show(html) {
    if (html === undefined || html === shown) return false;
    shown = html;
    const chart = box.querySelector("[data-chart]");
    if (chart) clearChart(chart);
    box.innerHTML = html; // rendered and escaped by our server
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
    if (message.question_id !== id()) return;
    const tiles = box.querySelector("[data-tiles]");
    const chart = box.querySelector("[data-chart]:not([hidden])");
    if (tiles) fillTiles(tiles, message);
    if (chart) drawChart(chart, message).then(fit);
  }

  // Long questions shrink in steps until everything fits. What is still too long at the smallest
  // size is cut, at the end of a line.
  function fit() {
    const article = box.querySelector(".projection");
    if (!article || !box.clientHeight) return; // hidden
    for (let size = 0; size < SIZES; size += 1) {
      article.dataset.size = size;
      const chart = box.querySelector(".chart:not([hidden])");
      if (chart) fitChart(chart); // it may have been drawn for another size
      if (fits(article)) break;
    }
    cutTexts(article);
  }

  return { show, draw, fit, id };
}

function fits(article) {
  const title = article.querySelector("h1");
  const scene = article.querySelector(".scene");
  if (scene && title.offsetHeight > TITLE_SHARE * article.clientHeight) return false;
  const parts = [article, ...article.querySelectorAll(".answers, .tile-text, .chart:not([hidden])")];
  return parts.every((part) => part.scrollHeight <= part.clientHeight + SLACK_PX
    && part.scrollWidth <= part.clientWidth + SLACK_PX);
}

// As many lines of each option as its tile has room for.
function cutTexts(article) {
  for (const text of article.querySelectorAll(".tile-text")) {
    const style = getComputedStyle(text);
    const room = text.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const lines = Math.max(1, Math.floor((room + SLACK_PX) / parseFloat(style.lineHeight)));
    text.style.setProperty("--lines", lines);
  }
}

function fillTiles(tiles, { results }) {
  if (!tiles.querySelector("[data-bar]")) return; // results are not shown
  results.forEach(({ key, count, percent }) => {
    const tile = tiles.querySelector(`[data-key="${key}"]`);
    if (!tile) return;
    tile.querySelector("[data-percent]").textContent = _("{percent} %", { percent });
    tile.querySelector("[data-count]").textContent = count;
    tile.querySelector("[data-bar]").style.setProperty("--share", percent);
  });
}
