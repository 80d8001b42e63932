// Draws the power of a session from its table, and again when the table or the theme changes.
const charts = new Map();
const HEIGHT = 260;
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function read(table) {
  const rows = [...table.querySelectorAll("tbody tr")].filter((r) => r.dataset.w || r.dataset.soc);
  const number = (text) => (text ? Number(text) : null);
  return [
    rows.map((r) => Number(r.dataset.t)),
    rows.map((r) => (r.dataset.w ? Number(r.dataset.w) / 1000 : null)),
    rows.map((r) => number(r.dataset.soc)),
  ];
}

function axis(extra) {
  const line = { stroke: colour("--chart-grid"), width: 1 };
  return { stroke: colour("--chart-text"), grid: line, ticks: { ...line, size: 4 }, ...extra };
}

function options(element, data) {
  const hasSoc = data[2].some((value) => value !== null);
  const short = "{HH}:{mm}";
  const series = [
    { label: "Time", value: "{HH}:{mm}:{ss}" },
    {
      label: "Power kW", stroke: colour("--chart-power"), fill: colour("--chart-power-fill"),
      width: 2, points: { show: data[0].length < 3 }, spanGaps: true,
      value: (_, v) => (v === null ? "—" : v.toFixed(1)),
    },
  ];
  const axes = [
    axis({ space: 72, values: [[3600, short, null, null, null, null, null, null, 1],
      [60, short, null, null, null, null, null, null, 1],
      [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1]] }),
    axis({ size: 44 }),
  ];
  if (hasSoc) {
    series.push({
      label: "Battery %", scale: "soc", stroke: colour("--chart-soc"), width: 2, dash: [6, 4],
      points: { show: false }, spanGaps: true, value: (_, v) => (v === null ? "—" : `${v}`),
    });
    axes.push(axis({ scale: "soc", side: 1, grid: { show: false }, size: 40 }));
  }
  return {
    width: element.clientWidth, height: HEIGHT, series, axes,
    scales: { y: { range: (_, min, max) => [0, Math.max(max * 1.1, 1)] }, soc: { range: [0, 100] } },
    tzDate: (ts) => uPlot.tzDate(new Date(ts * 1000), element.dataset.zone),
    cursor: { drag: { setScale: false } },
  };
}

function draw(element) {
  const table = document.querySelector(element.dataset.chart);
  if (!table) return;
  const data = read(table);
  const hasSoc = data[2].some((value) => value !== null);
  charts.get(element)?.destroy();
  charts.set(element, new uPlot(options(element, data), hasSoc ? data : data.slice(0, 2), element));
}

const drawAll = () => document.querySelectorAll("[data-chart]").forEach(draw);
document.addEventListener("live:updated", drawAll);
addEventListener("themechange", drawAll);
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; drawAll(); } });
drawAll();
