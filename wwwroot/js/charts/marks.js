// Reference lines with their names, bands, fixed labels, and the names at the lines' ends.
import { dashes } from './template.js';

// annotations want the logarithm on a log axis, shapes the value itself
const onAxis = (axis, value) => axis.type === 'log' ? Math.log10(value) : value;

export function setMarks(figure, layout, c) {
  for (const reference of figure.references ?? []) addReference(reference, layout, c);
  for (const band of figure.bands ?? []) addBand(band, layout, c);
  for (const label of figure.labels ?? []) addLabel(label, layout, c);
  addEndLabels(figure, layout, c);
}

function addReference({ axis, value, label, color, below, left, until }, layout, c) {
  const line = { color: c[color] ?? c.control, width: 1, dash: dashes.mark };
  if (until !== null && until !== undefined) {
    // from the axis to the point, and down from it
    const { type, range } = layout.xaxis;
    const start = type === 'log' ? 10 ** range[0] : range[0];
    layout.shapes.push({ type: 'line', x0: start, x1: until, y0: value, y1: value, line }, { type: 'line', x0: until, x1: until, y0: layout.yaxis.range[0], y1: value, line });
    return;
  }
  layout.shapes.push(axis === 'x'
    ? { type: 'line', x0: value, x1: value, y0: 0, y1: 1, yref: 'paper', line }
    : { type: 'line', y0: value, y1: value, x0: 0, x1: 1, xref: 'paper', line });
  if (!label) return;
  layout.annotations.push(axis === 'x'
    ? { text: label, x: onAxis(layout.xaxis, value), y: 1, yref: 'paper', xanchor: 'left', yanchor: 'top', xshift: 3, showarrow: false, font: { color: c['text-3'] } }
    : { text: label, y: value, x: left ? 0 : 1, xref: 'paper', xanchor: left ? 'left' : 'right', yanchor: below ? 'top' : 'bottom', showarrow: false, font: { color: c['text-3'] } });
}

function addBand({ axis, from, to, label, color, opacity }, layout, c) {
  const fill = { fillcolor: c[color] ?? c.sunken, opacity: opacity ?? 1, line: { width: 0 }, layer: 'below' };
  layout.shapes.push(axis === 'x'
    ? { type: 'rect', x0: from, x1: to, y0: 0, y1: 1, yref: 'paper', ...fill }
    : { type: 'rect', y0: from, y1: to, x0: 0, x1: 1, xref: 'paper', ...fill });
  if (label) layout.annotations.push({ text: label, x: (from + to) / 2, y: 1, yref: 'paper', yanchor: 'top', showarrow: false, font: { color: c['text-3'] } });
}

function addLabel({ x, y, text, bold, anchor, dx, dy, paper }, layout, c) {
  layout.annotations.push({
    x: paper ? x : onAxis(layout.xaxis, x), y, text: bold ? `<b>${text}</b>` : text, showarrow: false, xanchor: anchor ?? 'left', xshift: dx ?? 0, yshift: -(dy ?? 0),
    font: { color: bold ? c.text : c['text-3'], size: 11 }, ...(paper ? { xref: 'paper', yref: 'paper' } : {}),
  });
}

// pushed apart so that they do not overlap; needs the room at the right that the margin makes
function addEndLabels(figure, layout, c) {
  const named = figure.series.filter(s => s.endLabel && s.y.some(v => v !== null));
  if (!named.length) return;
  const [low, high] = layout.yaxis.range;
  const height = figure.pixelHeight - layout.margin.t - layout.margin.b;
  const pixel = v => (high - v) / (high - low) * height;
  const ends = named.map(s => { const i = s.y.findLastIndex(v => v !== null); return { s, x: s.x[i], y: s.y[i], at: pixel(s.y[i]) }; }).sort((a, b) => a.at - b.at);
  for (let i = 1; i < ends.length; i++) ends[i].at = Math.max(ends[i].at, ends[i - 1].at + 14);
  const excess = ends.at(-1).at - (height + 2);
  if (excess > 0) for (let i = ends.length - 1; i >= 0; i--) ends[i].at = Math.min(ends[i].at, (ends[i + 1]?.at ?? height + 16) - 14);
  layout.margin.r = Math.max(layout.margin.r, 12 + 6.2 * Math.max(...named.map(s => s.endLabel.length)));
  for (const end of ends)
    layout.annotations.push({ x: onAxis(layout.xaxis, end.x), y: end.y, text: end.s.endLabel, showarrow: false, xanchor: 'left', xshift: 6, yshift: pixel(end.y) - end.at, font: { color: c['text-2'], size: 11 } });
}
