// Texts as a list that fills the screen: equal ones once with their count, the newest or most
// frequent on top. Few short ones are large. What finds no room on the screen is counted below it.
//
//   draw(container, message)   a results message; replaces what changed. With `data-hides` on the
//                              container each text is a button
//   clear(container)           takes everything away again

export function draw(container, message) {
  const [list, more] = container.children.length ? container.children : build(container);
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
  list.replaceChildren(...items);
  // The style sheet puts what is too much into columns outside.
  const isOutside = (item) => item.offsetLeft - list.offsetLeft >= list.clientWidth;
  list.classList.add("is-large");
  if (items.some(isOutside)) list.classList.remove("is-large");
  const outside = items.filter(isOutside);
  for (const item of outside) item.remove();
  const left = outside.length + (message.more || 0);
  more.textContent = left ? `+${left} more` : "";
}

function build(container) {
  const list = document.createElement("ul");
  list.className = "entries";
  const more = document.createElement("p");
  more.className = "chart-more";
  container.append(list, more);
  return [list, more];
}

export function clear(container) {
  container.replaceChildren();
}
