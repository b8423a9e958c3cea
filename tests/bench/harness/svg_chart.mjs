// Line charts as SVG files, readable on a light page and on a dark one.

const PANEL = { width: 340, height: 240, left: 56, right: 30, top: 34, bottom: 42 };
const N_TICKS = 5;

/** Colours for both: a viewer that knows the reader's preference takes the second set in the dark. */
const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #57606a; }
  .title { font-weight: 600; fill: #24292f; }
  .grid { stroke: #8c959f; stroke-opacity: 0.3; }
  .line { fill: none; stroke: #0969da; stroke-width: 2; }
  .dot { fill: #0969da; }
  .linear { stroke: #8c959f; stroke-dasharray: 4 4; fill: none; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; }
    .title { fill: #f0f6fc; }
    .line { stroke: #58a6ff; }
    .dot { fill: #58a6ff; }
  }`;

/**
 * Charts side by side. A panel is `{title, xTitle, points, logarithmic, isCompared}`: `points` are pairs of numbers,
 * `logarithmic` names the axes that are ("", "x" or "xy"), and one that is compared has a dashed line where growth in
 * proportion to the first point would be.
 */
export function svgChart(panels) {
  const width = PANEL.width * panels.length;
  const drawn = panels.map((panel, idx) => `<g transform="translate(${idx * PANEL.width} 0)">${drawPanel(panel)}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${PANEL.height}" width="${width}" height="${PANEL.height}">`,
    `<style>${STYLE}</style>`,
    ...drawn,
    "</svg>",
    "",
  ].join("\n");
}

function drawPanel({ title, xTitle, points, logarithmic: axes, isCompared }) {
  const { width, height, left, right, top, bottom } = PANEL;
  const heading = `<text class="title" x="${left}" y="18">${escaped(title)}</text>`;
  if (points.length === 0) return `${heading}<text x="${left}" y="${height / 2}">not measured</text>`;
  const scaleOf = (axis) => (axes.includes(axis) ? logarithmic : linear);
  const sizes = points.map(([size]) => size);
  const x = scaleOf("x")(sizes, left, width - right);
  const y = scaleOf("y")(
    points.map(([, value]) => value),
    height - bottom,
    top,
  );
  const place = ([a, b]) => `${round(x.place(a))},${round(y.place(b))}`;
  return [
    heading,
    ...y.ticks.map((tick) => horizontal(tick, y.place(tick))),
    ...sizes.map((size) => below(size, x.place(size))),
    `<text x="${(left + width - right) / 2}" y="${height - 6}" text-anchor="middle">${escaped(xTitle)}</text>`,
    isCompared ? `<path class="linear" d="M${proportional(points, y).map(place).join(" L")}"/>` : "",
    `<path class="line" d="M${points.map(place).join(" L")}"/>`,
    ...points.map((point) => `<circle class="dot" r="3" cx="${place(point).replace(",", '" cy="')}"/>`),
  ].join("\n");
}

/** From the first point as far as the panel reaches along y = c · x. */
function proportional(points, y) {
  const [[firstX, firstY]] = points;
  const lastX = Math.min(points.at(-1)[0], (y.end * firstX) / firstY);
  return [
    [firstX, firstY],
    [lastX, (firstY * lastX) / firstX],
  ];
}

/** A scale from zero. */
function linear(values, from, to) {
  const step = niceStep(Math.max(...values) / N_TICKS);
  const end = step * Math.ceil(Math.max(...values) / step);
  const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, idx) => idx * step);
  return { end, ticks, place: (value) => from + ((to - from) * value) / end };
}

/** A scale of equal factors, from one power of ten, twice or five times it to another. */
function logarithmic(values, from, to) {
  const all = Array.from({ length: 24 }, (_, idx) => [1, 2, 5].map((n) => n * 10 ** (idx - 6))).flat();
  const start = all.findLast((tick) => tick <= Math.min(...values) * 1.0001);
  const end = all.find((tick) => tick >= Math.max(...values) * 0.9999 && tick > start);
  const ticks = all.filter((tick) => tick >= start && tick <= end);
  const place = (value) => from + ((to - from) * Math.log(value / start)) / Math.log(end / start);
  return { end, ticks: thinned(ticks), place };
}

/** Every second or third, where there are too many to read. */
function thinned(ticks) {
  const stride = Math.ceil(ticks.length / (N_TICKS + 3));
  return ticks.filter((_, idx) => idx % stride === 0);
}

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((step) => step >= rough);
}

function horizontal(tick, y) {
  const { left, right, width } = PANEL;
  const label = `<text x="${left - 6}" y="${round(y + 4)}" text-anchor="end">${shown(tick)}</text>`;
  return `<path class="grid" d="M${left} ${round(y)}H${width - right}"/>${label}`;
}

function below(tick, x) {
  const y = PANEL.height - PANEL.bottom + 16;
  return `<text x="${round(x)}" y="${y}" text-anchor="middle">${shown(tick)}</text>`;
}

function shown(tick) {
  return Number(tick.toPrecision(3)).toLocaleString("en");
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
