// Texts as a list that fills the screen: equal ones once with their count, the newest or most
// frequent on top.
//
//   draw(container, message)   a results message; replaces what changed
//   clear(container)           takes everything away again

export function draw(container, message) {
  const list = container.querySelector("ul") || container.appendChild(document.createElement("ul"));
  list.className = "entries";
  const items = message.results.map((row) => {
    const item = document.createElement("li");
    item.dataset.key = row.key;
    item.classList.toggle("is-right", Boolean(row.right));
    const text = document.createElement("bdi");
    text.dir = "auto";
    text.textContent = row.label;
    item.append(text);
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
