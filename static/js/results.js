// One question's results, growing.

import { watch } from "./audience.js";
import { drawChart, showCounters, showLink, showTrouble } from "./lib/page.js";

const main = document.querySelector("[data-results]");
const chart = main.querySelector("[data-chart]");
const table = main.querySelector("[data-table]");

watch("/ws/results/" + main.dataset.results, (message) => {
  showCounters(main, message);
  showTrouble(message);
  table.innerHTML = message.html; // rendered and escaped by our server
  drawChart(chart, message);
}, showLink);
