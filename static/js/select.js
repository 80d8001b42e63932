// Stations that are chosen in a list: one by one, a range with shift, the row under the pointer with x.
const announcer = document.getElementById("announcer");
let last = null;

const boxes = () => [...document.querySelectorAll("[data-pick]")];
const chosen = () => boxes().filter((box) => box.checked);
const isAll = () => document.querySelector("[data-bulk-all]")?.checked === true;

function show() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const count = chosen().length;
  for (const box of boxes()) box.disabled = isAll();
  const head = document.querySelector("[data-pick-all]");
  head.hidden = false;
  head.checked = count > 0 && count === boxes().length;
  head.indeterminate = count > 0 && count < boxes().length;
  const all = bar.querySelector("[data-bulk-all]").parentElement.textContent.trim();
  bar.classList.toggle("is-on", count > 0 || isAll());
  bar.querySelector("[data-bulk-count]").textContent = isAll()
    ? `${all} chosen` : count ? `${count} chosen` : "Tick stations, or choose all";
}

function pick(box, isOn, withRange) {
  const all = boxes();
  const from = withRange && last ? all.indexOf(last) : all.indexOf(box);
  const [low, high] = [from, all.indexOf(box)].sort((a, b) => a - b);
  for (const one of all.slice(Math.max(low, 0), high + 1)) one.checked = isOn;
  last = box;
  show();
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-pick]");
  if (box) pick(box, box.checked, event.shiftKey);
  if (event.target.closest("[data-pick-all]")) {
    const isOn = event.target.checked;
    for (const one of boxes()) one.checked = isOn;
    show();
  }
  if (event.target.closest("[data-bulk-all]")) show();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.key !== "x") return;
  const row = document.activeElement.closest("tr") ?? document.querySelector("tr:hover");
  const box = row?.querySelector("[data-pick]");
  if (box && !box.disabled) pick(box, !box.checked, false);
});

// Another list has another selection: that it was cleared is seen and heard.
let isCleared = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.target.id === "results") isCleared = isAll() || chosen().length > 0;
});
document.addEventListener("htmx:afterSettle", () => {
  show();
  const note = document.querySelector("[data-bulk-count]");
  if (!isCleared || !note) return;
  isCleared = false;
  note.textContent = "The list has changed: your selection was cleared";
  announcer.textContent = note.textContent;
});
window.addEventListener("pageshow", show);
show();
