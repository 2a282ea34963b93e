// The lab's series as Plotly traces: line (raw and smoothed, band), marks (error bars both ways), bars.
import { dashes, faint } from './template.js';
import { valueLabel } from './numbers.js';

const symbols = { disc: 'circle', ring: 'circle-open', square: 'square', diamond: 'diamond', up: 'triangle-up', down: 'triangle-down' };

export function traces(figure, c) {
  return figure.series.flatMap(series => ({ line, marks, bars }[series.form])(series, figure, c));
}

// exponential smoothing; a point that stands for n stored ones counts like n
export function smoothed(values, factor, counts) {
  let mean = null;
  return values.map((value, i) => {
    if (value === null) return null;
    const keep = factor ** (counts?.[i] ?? 1);
    mean = mean === null ? value : keep * mean + (1 - keep) * value;
    return mean;
  });
}

function line(series, figure, c) {
  const colour = c[series.color] ?? c.dpo;
  const base = { type: 'scatter', x: series.x, name: series.name, hoverinfo: 'skip' };
  const list = [];
  if (series.low && series.high) {
    list.push({ ...base, y: series.low, mode: 'lines', line: { width: 0 }, connectgaps: false });
    list.push({ ...base, y: series.high, mode: 'lines', line: { width: 0 }, fill: 'tonexty', fillcolor: faint(colour, .16), connectgaps: false });
  }
  let values = series.y;
  if (series.smooth) {
    if (!series.low) list.push({ ...base, y: series.y, mode: 'lines', line: { width: 1, color: colour }, opacity: .28 });
    values = smoothed(series.y, series.smooth, series.counts);
  }
  const few = series.marked || series.x.length < 2;
  list.push({
    ...base, y: values, mode: few ? 'lines+markers' : 'lines', line: { width: series.width ?? 1.75, color: colour, dash: dashes[series.dash] ?? 'solid', shape: series.step ? 'hv' : 'linear' },
    marker: { size: 5.5, color: colour, symbol: symbols[series.mark] ?? 'circle' }, connectgaps: false, hoverinfo: undefined,
    text: values.map((v, i) => valueLabel(v, figure.y.format) + (series.smooth && series.y[i] !== v ? ` <span style="opacity:.7">(${valueLabel(series.y[i], figure.y.format)})</span>` : '')),
    hovertemplate: `${series.name}  <b>%{text}</b><extra></extra>`,
  });
  return list;
}

function marks(series, figure, c) {
  const colour = c[series.color] ?? c.dpo;
  const bar = (low, high, values) => low && high
    ? { type: 'data', symmetric: false, array: high.map((h, i) => h - values[i]), arrayminus: low.map((l, i) => values[i] - l), thickness: 1.25, width: 0, color: colour }
    : undefined;
  return [{
    type: 'scatter', mode: 'markers', x: series.x, y: series.y, name: series.name,
    marker: { size: series.size ?? 9, color: series.mark === 'ring' ? colour : colour, symbol: symbols[series.mark] ?? 'circle', line: { width: series.mark === 'ring' ? 1.8 : 0, color: colour } },
    error_x: bar(series.xLow, series.xHigh, series.x), error_y: bar(series.low, series.high, series.y),
    text: series.text ?? series.x.map(() => series.name), hovertemplate: '%{text}<extra></extra>',
  }];
}

function bars(series, figure, c) {
  const colours = (series.colors ?? [series.color]).map(name => c[name] ?? c.dpo);
  const sideways = figure.sideways;
  return [{
    type: 'bar', orientation: sideways ? 'h' : 'v', x: series.x, y: series.y, name: series.name, width: series.barWidth,
    marker: { color: series.hollow ? c.surface : colours.length === 1 ? colours[0] : colours, line: { color: colours.length === 1 ? colours[0] : colours, width: series.hollow ? 1.25 : 0 } },
    text: series.text, textposition: series.text ? 'outside' : 'none', textfont: { color: c['text-3'], size: 11 }, cliponaxis: false,
    hovertext: series.hover, hoverinfo: series.hover ? 'text' : undefined, hovertemplate: series.hover ? '%{hovertext}<extra></extra>' : undefined,
  }];
}
