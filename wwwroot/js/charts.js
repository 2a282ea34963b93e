// Charts: a component hands over a figure in the lab's words, this draws it with Plotly in the lab's look, and again when the
// theme or the size changes. While a run goes on only the tails of its curves come, and the drawing happens once a frame.
import { plotly } from './charts/plotly.js';
import { colours, config } from './charts/template.js';
import { traces } from './charts/traces.js';
import { compose, nameParts } from './charts/compose.js';

const charts = new Map(); // id → { element, figure, zoom, plot, dotnet, sizes, frame, library }
let palette = null;

new MutationObserver(() => {
  palette = null;
  for (const chart of charts.values()) schedule(chart);
}).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });

// The id outlives the element: when a component goes, its element is gone first.
export async function draw(id, element, figure, dotnet) {
  if (!element) return;
  const chart = { element, figure, zoom: null, plot: element.querySelector('.plot'), dotnet, frame: 0, drawn: false, library: null, sizes: null };
  charts.set(id, chart);
  chart.library = await plotly('basic');
  if (charts.get(id) !== chart) return; // released meanwhile
  chart.sizes = new ResizeObserver(() => schedule(chart));
  chart.sizes.observe(element);
  render(chart);
}

export function update(id, figure) {
  const chart = charts.get(id);
  if (!chart) return;
  chart.figure = figure;
  schedule(chart);
}

// list: [{ series, from, x, y, low, high, counts }]: from that index on the series' points are these
export function tails(id, list) {
  const chart = charts.get(id);
  if (!chart) return;
  for (const tail of list) {
    const series = chart.figure.series[tail.series];
    if (tail.exact) series.low = series.high = series.counts = null;
    for (const key of ['x', 'y', 'low', 'high', 'counts'])
      if (tail[key]) series[key] = (series[key] ?? []).slice(0, tail.from).concat(tail[key]);
  }
  schedule(chart);
}

export function release(id) {
  const chart = charts.get(id);
  if (!chart) return;
  charts.delete(id);
  cancelAnimationFrame(chart.frame);
  chart.sizes?.disconnect();
  if (chart.drawn) chart.library.purge(chart.plot);
}

export async function pictureOf(element) {
  const chart = [...charts.values()].find(c => c.element === element);
  if (!chart?.drawn) return null;
  return chart.library.toImage(chart.plot, { format: 'svg', width: element.clientWidth, height: element.clientHeight });
}

function schedule(chart) {
  if (!chart.library || chart.frame) return;
  chart.frame = requestAnimationFrame(() => { chart.frame = 0; render(chart); });
}

function render(chart) {
  const { element } = chart;
  const width = element.clientWidth, height = element.clientHeight;
  if (!width || !height) return; // not on screen: the size observer comes back
  const { figure } = chart;
  palette ??= colours();
  const layout = compose(figure, palette, chart.zoom, width, height);
  chart.library.react(chart.plot, traces(figure, palette), layout, config);
  if (!chart.drawn) {
    chart.drawn = true;
    listen(chart);
  }
  if (figure.names) nameParts(figure, chart.plot, layout, palette, chart.library);
  element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
}

function listen(chart) {
  chart.plot.on('plotly_relayout', change => {
    const from = change['xaxis.range[0]'], to = change['xaxis.range[1]'];
    if (from !== undefined && to !== undefined) setZoom(chart, [Math.max(0, from), to]);
  });
  chart.plot.on('plotly_doubleclick', () => setZoom(chart, null));
  chart.plot.on('plotly_click', event => {
    const point = event.points?.[0];
    if (point && chart.figure.clickable) chart.dotnet?.invokeMethodAsync('OnPointClickedAsync', point.data.name, point.pointIndex);
  });
}

function setZoom(chart, zoom) {
  chart.zoom = zoom;
  schedule(chart);
  chart.dotnet?.invokeMethodAsync('OnZoomedAsync', zoom?.[0] ?? null, zoom?.[1] ?? null);
}
