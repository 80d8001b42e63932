// Draws two step lines from a table of limits, and again when the table or the theme changes.
const charts = new Map();
const HEIGHT = 240;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// A step is drawn to the next value: one that ends in none gets a last point of its own.
function read(table) {
  const kilo = (text) => (text ? Number(text) / 1000 : null);
  const points = [...table.querySelectorAll("tbody tr")]
    .map(({ dataset }) => [Number(dataset.t), kilo(dataset.ours), kilo(dataset.theirs)]);
  const drawn = points.flatMap((point, i) => {
    const before = points[i - 1];
    const ends = before && point.some((value, k) => value === null && before[k] !== null);
    return ends ? [[point[0] - 1, ...before.slice(1)], point] : [point];
  });
  return [0, 1, 2].map((k) => drawn.map((point) => point[k]));
}

function axis(extra) {
  const line = { stroke: colour("--chart-grid"), width: 1 };
  return { stroke: colour("--chart-text"), grid: line, ticks: { ...line, size: 4 }, ...extra };
}

function line(label, name, dash) {
  return {
    label, stroke: colour(name), width: 2, dash, points: { show: false },
    paths: uPlot.paths.stepped({ align: 1 }), value: (_, v) => (v === null ? "—" : v.toFixed(1)),
  };
}

function draw(element) {
  const table = document.querySelector(element.dataset.limits);
  if (!table) return;
  charts.get(element)?.destroy();
  const short = "{HH}:{mm}";
  charts.set(element, new uPlot({
    width: element.clientWidth, height: HEIGHT,
    series: [
      { label: "From", value: short },
      line("We expect kW", "--chart-power"),
      line("It says kW", "--chart-soc", [6, 4]),
    ],
    axes: [axis({ values: [[3600, short, null, null, null, null, null, null, 1],
      [60, short, null, null, null, null, null, null, 1]] }), axis({ size: 44 })],
    scales: { y: { range: (_, min, max) => [0, Math.max((max ?? 0) * 1.1, 1)] } },
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), element.dataset.zone),
    cursor: { drag: { setScale: false } },
  }, read(table), element));
}

const drawAll = () => document.querySelectorAll("[data-limits]").forEach(draw);
document.addEventListener("live:updated", drawAll);
addEventListener("themechange", drawAll);
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawAll(); } });
drawAll();
