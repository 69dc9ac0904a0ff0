// One question's results, growing.

import { watch } from "./audience.js";
import { drawChart, refreshPrivate, showCounters, showLink, showTrouble } from "./lib/page.js";

const main = document.querySelector("[data-results]");
const chart = main.querySelector("[data-chart]"); // none while the answers are covered

watch("/ws/results/" + main.dataset.results, (message) => {
  if (message.results_shown !== (main.dataset.shown === "yes")) location.reload();
  showCounters(main, message);
  showTrouble(message);
  if (chart) drawChart(chart, message);
  refreshPrivate();
}, showLink);
