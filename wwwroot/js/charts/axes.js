// Axes: our own ranges and ticks, so that labels read as in the tables and the range follows what is drawn.
import { linear, logarithmic } from './ticks.js';
import { smoothed } from './traces.js';
import { axisTitle } from './template.js';

const extent = lists => {
  let low = Infinity, high = -Infinity;
  for (const list of lists) for (const v of list ?? []) if (v !== null && Number.isFinite(v)) { if (v < low) low = v; if (v > high) high = v; }
  return [low, high];
};

// values of a series that lie within the zoomed steps
const within = (series, values, zoom) => !zoom || !values ? values : values.filter((_, i) => series.x[i] >= zoom[0] && series.x[i] <= zoom[1]);

export function setAxes(figure, layout, c, zoom, width, height) {
  const { x, y } = figure;
  setX(figure, layout.xaxis, c, zoom, Math.max(2, Math.floor(width / (figure.sideways ? 90 : 62))));
  setY(figure, layout.yaxis, c, zoom, Math.max(2, Math.round(height / 48)));
  if (x.title) { layout.xaxis.title = axisTitle(x.title, c); layout.margin.b = 38; }
  if (y.title) layout.yaxis.title = axisTitle(y.title, c);
}

function setX(figure, axis, c, zoom, most) {
  const { x } = figure;
  if (!figure.grid) Object.assign(axis, { hoverformat: ',', spikethickness: 1, spikedash: 'solid', spikecolor: c.control, showgrid: false, showline: true, linecolor: c.control, ticks: 'outside', ticklen: 4, tickcolor: c.control });
  let [low, high] = zoom ?? extent(figure.series.map(s => [...s.x, ...(s.xLow ?? []), ...(s.xHigh ?? [])]));
  if (x.log) {
    const ticks = logarithmic(x.from ?? Math.max(1, low), x.to ?? high, x.to ?? high);
    Object.assign(axis, { type: 'log', range: ticks.range, tickvals: ticks.values, ticktext: ticks.texts });
    return;
  }
  // steps begin at 0 in people's minds, though the first point is of step 1
  if (!zoom && x.format === 'count' && low > 0 && low < .04 * (high - low)) low = 0;
  const known = Number.isFinite(low);
  const ticks = linear(x.from ?? (known ? low : 0), x.to ?? (known ? high : 1), most, x.format, zoom
    ? { from: zoom[0], to: zoom[1] }
    : { endsOnTick: false, from: x.from ?? null, to: x.to ?? null });
  // a point on the very edge would be cut in half
  const span = ticks.range[1] - ticks.range[0];
  const standing = !figure.sideways && figure.series.some(s => s.form === 'bars');
  const pad = zoom ? 0 : standing ? .7 : figure.grid || figure.sideways ? span * .06 : span * .008;
  Object.assign(axis, { type: 'linear', range: [ticks.range[0] - (x.from === 0 ? 0 : pad), ticks.range[1] + pad], tickvals: ticks.values, ticktext: ticks.texts });
  if (figure.sideways) Object.assign(axis, { zeroline: true, showgrid: true, showline: false, ticks: '' });
  axis.fixedrange = !figure.zoomable;
}

function setY(figure, axis, c, zoom, most) {
  const { y } = figure;
  if (y.categories) {
    Object.assign(axis, { type: 'category', tickmode: 'array', tickvals: y.categories.map(k => k.key), ticktext: y.categories.map(k => (k.mark ? `<span style="color:${c[k.color]}">${k.mark}</span> ` : '') + k.text), autorange: 'reversed', showgrid: false, tickfont: { size: 12, color: c.text } });
    return;
  }
  const lines = figure.series.flatMap(s => s.form === 'line' && s.smooth && !s.low ? [within(s, calm(s), zoom)] : [within(s, s.y, zoom), within(s, s.low, zoom), within(s, s.high, zoom)]);
  let [low, high] = figure.barmode === 'relative' ? stacked(figure.series) : extent(lines);
  for (const mark of figure.references ?? []) if (mark.axis !== 'x' && mark.stretches) { low = Math.min(low, mark.value); high = Math.max(high, mark.value); }
  if (!Number.isFinite(low)) [low, high] = [y.from ?? 0, y.to ?? 1];
  const ticks = linear(y.from ?? low, y.to ?? high, most, y.format, { from: y.from ?? null, to: y.to ?? null });
  Object.assign(axis, { type: 'linear', range: ticks.range, tickvals: ticks.values, ticktext: ticks.texts });
  axis.zeroline = ticks.range[0] < 0 && ticks.range[1] > 0;
}

// stacked bars reach as far as their sums, upwards and downwards
function stacked(series) {
  const up = new Map(), down = new Map();
  for (const s of series) s.x.forEach((x, i) => { const side = s.y[i] > 0 ? up : down; side.set(x, (side.get(x) ?? 0) + s.y[i]); });
  return [Math.min(0, ...down.values()), Math.max(0, ...up.values())];
}

// What a smoothed curve needs: all of the smoothed line, and of the raw one all but the rarest spikes, which would flatten the rest.
function calm(series) {
  const sorted = series.y.filter(v => v !== null).sort((a, b) => a - b);
  const at = share => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return sorted.length < 40 ? series.y : [...smoothed(series.y, series.smooth, series.counts), at(.005), at(.995)];
}
