// One question's results, growing.

import { watch } from "./audience.js";
import "./lib/picture.js";
import {
  drawChart, isInUse, refreshPrivate, showCounters, showLink, showTrouble,
} from "./lib/page.js";

const main = document.querySelector("[data-results]");
const chart = main.querySelector("[data-chart]"); // none while the answers are covered

watch("/ws/results/" + main.dataset.results, (message) => {
  const { round, stage, shown } = main.dataset;
  const isOld = message.results_shown !== (shown === "yes") || message.stage !== stage
    || message.round !== Number(round);
  if (isOld && !isInUse()) location.reload(); // what it may show is another
  showCounters(main, message);
  showTrouble(message);
  if (chart) {
    chart.style.setProperty("--rows", message.results.length * (message.previous ? 1.5 : 1));
    drawChart(chart, message);
    if (message.previous) nameRounds(message);
  }
  refreshPrivate();
}, showLink);

async function nameRounds(message) {
  const figures = main.querySelector("[data-figures]");
  if (figures) figures.textContent = (await import("./charts/axis.js")).describeRounds(message);
}
