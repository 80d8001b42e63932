// What a page does by itself: dialogs, copying, keys, the log's tail. Listeners are delegated,
// so that nothing has to be set up again after a swap.
const dialog = document.getElementById("dialog");
const announcer = document.getElementById("announcer");
const GO = { o: "/", s: "/stations/", t: "/sessions/", m: "/messages/", c: "/commands/" };
const LOG_LINES = 500;
const RELABEL_MS = 10_000;
const TOAST_MS = 8_000;
const AGAIN_MS = 5_000;
let goUntil = 0;

function span(seconds) {
  const s = Math.max(Math.floor(seconds), 0);
  const units = [[86400, "d", 3600, "h"], [3600, "h", 60, "min"], [60, "min", 0, ""]];
  for (const [size, unit, lesser, name] of units) {
    if (s < size) continue;
    const rest = lesser ? Math.floor((s % size) / lesser) : 0;
    return `${Math.floor(s / size)} ${unit}${rest ? ` ${rest} ${name}` : ""}`;
  }
  return `${s} s`;
}

function relabel() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const text = span((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

function openForm(link) {
  document.getElementById("actions")?.hidePopover?.();
  htmx.ajax("GET", link.href, { target: "#dialog-body", swap: "innerHTML" }).then(() => {
    if (!dialog.querySelector("form")) return;
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  });
}

function doNow(link) {
  document.getElementById("actions")?.hidePopover?.();
  const values = Object.fromEntries(new URL(link.href).searchParams);
  htmx.ajax("POST", link.href, { target: "#toasts", swap: "beforeend", values });
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("is-done");
  announcer.textContent = "Copied";
  setTimeout(() => button.classList.remove("is-done"), 1500);
}

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  const form = on("a[data-dialog]");
  const now = on("a[data-now]");
  const copied = on("[data-copy]");
  if (form && plain) { event.preventDefault(); openForm(form); }
  else if (now && plain) { event.preventDefault(); doNow(now); }
  else if (copied) copy(copied);
  else if (on("[data-close]") && dialog.open) { event.preventDefault(); dialog.close(); }
  else if (on("[data-dismiss]")) on(".toast-card").remove();
  else if (on("[data-log-pause]")) pauseLog(on("[data-log]"));
});

document.body.addEventListener("dialog:close", () => dialog.close());
dialog?.addEventListener("close", () => { document.getElementById("dialog-body").textContent = ""; });

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || dialog?.open) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search")?.focus();
  } else if (event.key === "?") document.getElementById("help")?.togglePopover();
  else if (event.key === "g") goUntil = Date.now() + 1200;
  else if (Date.now() < goUntil && GO[event.key]) location.assign(GO[event.key]);
});

document.addEventListener("htmx:configRequest", (event) => {
  const { verb, parameters } = event.detail;
  if (verb !== "get") return;
  for (const [name, value] of [...parameters.entries()]) if (value === "") parameters.delete(name);
});

document.addEventListener("live:updated", (event) => {
  const toast = event.target.closest?.(".toast-card");
  if (toast?.dataset.final === "confirmed") setTimeout(() => toast.remove(), TOAST_MS);
});

async function fetchTail(log) {
  const url = new URL(log.dataset.tailUrl, location.href);
  url.searchParams.set("since", log.dataset.since);
  const response = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const fresh = holder.content.firstElementChild;
  if (!fresh || fresh.dataset.newest === "0") return;
  log.dataset.since = fresh.dataset.newest;
  const lines = log.querySelector("[data-log-lines]");
  lines.prepend(...fresh.children);
  while (lines.children.length > LOG_LINES) lines.lastElementChild.remove();
  log.querySelector("[data-log-empty]")?.remove();
}

async function tail(log) {
  const note = log.querySelector("[data-log-note]");
  const button = log.querySelector("[data-log-pause]");
  if (button) button.hidden = false;
  if (log.dataset.paused) {
    log.dataset.waiting = String(Number(log.dataset.waiting || 0) + 1);
    note.textContent = "New messages wait.";
    return;
  }
  if (log.dataset.busy) { log.dataset.again = "1"; return; }
  log.dataset.busy = "1";
  try { await fetchTail(log); } finally { delete log.dataset.busy; }
  if (log.dataset.again) { delete log.dataset.again; setTimeout(() => tail(log), 300); }
}

function pauseLog(log) {
  const button = log.querySelector("[data-log-pause]");
  const isPaused = !log.dataset.paused;
  if (isPaused) log.dataset.paused = "1"; else delete log.dataset.paused;
  button.setAttribute("aria-pressed", String(isPaused));
  button.querySelector("span").textContent = isPaused ? "Resume the tail" : "Pause the tail";
  if (!isPaused) { log.querySelector("[data-log-note]").textContent = ""; tail(log); }
}

async function countNew(element) {
  const response = await fetch(element.dataset.tail, { headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  element.innerHTML = await response.text();
  const link = element.querySelector("a");
  if (link) link.href = location.href;
}

// A part that the server makes anew for this reader, forms and all; what he has opened stays so.
async function renew(element) {
  const response = await fetch(element.dataset.renew, { headers: { "HX-Request": "true" } });
  if (!response.ok) return;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const fresh = holder.content.firstElementChild;
  if (!fresh || element.isEqualNode(fresh)) return;
  Idiomorph.morph(element, fresh, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS"),
    },
  });
}

document.addEventListener("live:topic", (event) => {
  const element = event.target;
  if (element.matches("[data-renew]")) renew(element);
  if (element.matches("[data-log]")) tail(element);
  else if (element.matches("[data-tail]")) countNew(element);
});
document.addEventListener("live:resync", () => {
  for (const log of document.querySelectorAll("[data-log]")) tail(log);
  for (const part of document.querySelectorAll("[data-renew]")) renew(part);
});

// What no announcement may reach is looked at again and again, as long as it says so.
setInterval(() => {
  for (const part of document.querySelectorAll("[data-renew][data-again]")) renew(part);
}, AGAIN_MS);

for (const log of document.querySelectorAll("[data-log]")) tail(log);
for (const here of document.querySelectorAll(".tabs [aria-current]")) {
  const bar = here.parentElement;
  bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
}
setInterval(relabel, RELABEL_MS);
