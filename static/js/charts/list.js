// Texts as a list that fills the screen: equal ones once with their count, the newest or most
// frequent on top.
//
//   draw(container, message)   a results message; replaces what changed. With `data-hides` on the
//                              container each text is a button
//   clear(container)           takes everything away again

export function draw(container, message) {
  const list = container.querySelector("ul") || container.appendChild(document.createElement("ul"));
  list.className = "entries";
  const items = message.results.map((row) => {
    const item = document.createElement("li");
    item.dataset.key = row.key;
    item.classList.toggle("is-right", Boolean(row.right));
    item.dir = "auto"; // each text begins where its script begins
    const text = document.createElement("span");
    text.textContent = row.label;
    const holder = "hides" in container.dataset ? document.createElement("button") : item;
    holder.append(text);
    if (holder !== item) item.append(holder);
    if (row.count > 1) item.append(` ${row.count}×`);
    if (row.right) item.append(" ✓ right answer");
    return item;
  });
  if (message.more) {
    const more = document.createElement("li");
    more.textContent = `and ${message.more} more`;
    items.push(more);
  }
  list.replaceChildren(...items);
}

export function clear(container) {
  container.replaceChildren();
}
