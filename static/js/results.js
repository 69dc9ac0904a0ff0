// One question's results, growing.

import { watch } from "./audience.js";
import {
  drawChart, isInUse, refreshPrivate, showCounters, showLink, showTrouble,
} from "./lib/page.js";

const main = document.querySelector("[data-results]");
const chart = main.querySelector("[data-chart]"); // none while the answers are covered
const save = main.querySelector("[data-save]"); // none where nothing is drawn on an axis

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

// A canvas is saved without a request to anybody, and where there is no HTTPS.
if (save) {
  save.addEventListener("click", async () => {
    const { picture } = await import("./charts/axis.js");
    const { save: title, day } = save.dataset;
    const name = title.slice(0, 40).replace(/[^\p{L}\p{N}]+/gu, " ").trim();
    picture(chart, title, day).toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = `${name}.png`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  });
}
