// One socket per page: names the fragments that the page shows, and morphs each when it changed.
const BACK_OFF_MS = [250, 500, 1000, 2000, 3500, 5000];
const STALE_MS = 40_000;
const chip = document.getElementById("live");
const word = document.getElementById("live-word");
const age = document.getElementById("live-age");
const pauseButton = document.getElementById("pause");
const announcer = document.getElementById("announcer");

let socket = null;
let attempts = 0;
let isPaused = false;
let wasOpen = false;
let lastAt = 0;
let sentNames = "";

const names = () => [...document.querySelectorAll("[data-live]")].map((e) => e.dataset.live);
const listened = (element) => element.dataset.listen.split(" ");
const topics = () => [...document.querySelectorAll("[data-listen]")].flatMap(listened);

function show(state, text) {
  if (chip.dataset.state === state) return;
  chip.dataset.state = state;
  word.textContent = text;
  if (wasOpen) announcer.textContent = text;
}

function watch(force = false) {
  const wanted = JSON.stringify({ watch: names(), listen: topics() });
  if (socket?.readyState !== WebSocket.OPEN || (!force && wanted === sentNames)) return;
  sentNames = wanted;
  socket.send(wanted);
}

const keepOpen = (name, node) => !(name === "open" && node.tagName === "DETAILS");
const morphOptions = {
  morphStyle: "outerHTML",
  ignoreActiveValue: true,
  restoreFocus: true,
  callbacks: {
    beforeAttributeUpdated: keepOpen,
    beforeNodeMorphed: (old, fresh) => {
      if (old.nodeType === Node.ELEMENT_NODE && old.dataset.keep !== undefined) return false;
      if (old.nodeType !== Node.ELEMENT_NODE || old.dataset.chart === undefined) return true;
      return old.id !== fresh.id;
    },
  },
};

function morph(name, html) {
  for (const old of document.querySelectorAll(`[data-live="${CSS.escape(name)}"]`)) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    const fresh = holder.content.firstElementChild;
    if (!fresh || old.isEqualNode(fresh)) continue;
    const before = old.textContent;
    Idiomorph.morph(old, fresh, morphOptions);
    const now = document.getElementById(fresh.id);
    if (!now) continue;
    htmx.process(now);
    if (before !== now.textContent) flash(now);
    now.dispatchEvent(new CustomEvent("live:updated", { bubbles: true }));
  }
}

function flash(element) {
  if (element.tagName !== "TR") return;
  element.classList.remove("is-changed");
  requestAnimationFrame(() => element.classList.add("is-changed"));
}

function receive(message) {
  const update = JSON.parse(message.data);
  lastAt = Date.now();
  for (const [name, html] of Object.entries(update.fragments)) morph(name, html);
  if (Object.keys(update.fragments).length) watch();
  for (const topic of update.topics) {
    const kind = `${topic.split(":")[0]}:*`;
    for (const element of document.querySelectorAll("[data-listen]")) {
      if (listened(element).some((one) => one === topic || one === kind)) {
        element.dispatchEvent(new CustomEvent("live:topic", { bubbles: true, detail: topic }));
      }
    }
  }
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/live/`);
  socket.addEventListener("open", () => {
    attempts = 0;
    lastAt = Date.now();
    const isBack = wasOpen;
    show(isPaused ? "paused" : "live", isPaused ? "Paused" : "Live");
    wasOpen = true;
    pauseButton.hidden = false;
    watch(true);
    if (isPaused) socket.send(JSON.stringify({ pause: true }));
    if (isBack) document.body.dispatchEvent(new CustomEvent("live:resync", { bubbles: true }));
  });
  socket.addEventListener("message", receive);
  socket.addEventListener("close", (event) => {
    if (event.code === 4401) {
      show("off", "Logged out");
      return;
    }
    if (event.code === 4403) {
      location.reload();
      return;
    }
    show("reconnecting", "Reconnecting");
    const wait = BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length - 1)];
    attempts += 1;
    setTimeout(connect, wait * (0.75 + Math.random() / 4));
  });
}

pauseButton?.addEventListener("click", () => {
  isPaused = !isPaused;
  pauseButton.setAttribute("aria-label", `${isPaused ? "Resume" : "Pause"} live updates`);
  pauseButton.querySelector("span").textContent = isPaused ? "Resume" : "Pause";
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify({ pause: isPaused }));
    show(isPaused ? "paused" : "live", isPaused ? "Paused" : "Live");
  }
});

setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN) return;
  const silent = Date.now() - lastAt;
  age.textContent = isPaused ? "" : ` · ${Math.round(silent / 1000)} s`;
  if (!isPaused) show(silent > STALE_MS ? "stale" : "live", silent > STALE_MS ? "Stale" : "Live");
}, 1000);

document.addEventListener("htmx:afterSettle", () => watch());
if (chip) connect();
