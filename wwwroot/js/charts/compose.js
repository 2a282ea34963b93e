// What Plotly is given for a figure of the lab, on the screen and on paper alike.
import { layout as makeLayout } from './template.js';
import { setAxes } from './axes.js';
import { setMarks } from './marks.js';
import { place } from './labels.js';

export function compose(figure, palette, zoom, width, height) {
  const layout = makeLayout(palette);
  figure.pixelHeight = height;
  layout.width = width;
  layout.height = height;
  layout.hovermode = figure.hover ?? (figure.series.some(s => s.form === 'line') ? 'x unified' : 'closest');
  layout.barmode = figure.barmode ?? 'overlay';
  if (figure.zoomable) layout.dragmode = 'zoom';
  if (figure.leftMargin) layout.margin.l = figure.leftMargin;
  setAxes(figure, layout, palette, zoom, width, height);
  setMarks(figure, layout, palette);
  return layout;
}

// names beside the points of a plane: their places need the drawn axes
export function nameParts(figure, plot, layout, palette, library) {
  const { xaxis, yaxis } = plot._fullLayout;
  const points = figure.series.filter(s => s.form === 'marks').flatMap(s => s.x.map((x, i) => ({
    x, y: s.y[i], text: s.labels?.[i] ?? '', strong: s.strong,
    px: xaxis.d2p(x), py: yaxis.d2p(s.y[i]),
    bar: s.low ? [yaxis.d2p(s.high[i]), yaxis.d2p(s.low[i])] : null, xBar: s.xLow ? [xaxis.d2p(s.xLow[i]), xaxis.d2p(s.xHigh[i])] : null,
  }))).filter(p => p.text);
  const lines = figure.series.filter(s => s.form === 'line').map(s => s.x.map((x, i) => [xaxis.d2p(x), yaxis.d2p(s.y[i])]));
  // dashed from the axis to a point of the curve, and down from it
  const guides = (figure.references ?? []).filter(r => r.until != null).map(r => [[0, yaxis.d2p(r.value)], [xaxis.d2p(r.until), yaxis.d2p(r.value)], [xaxis.d2p(r.until), yaxis._length]]);
  const spots = place(points, xaxis._length, yaxis._length, lines, guides);
  const annotations = [...layout.annotations, ...points.map((p, i) => ({
    x: xaxis.d2r(p.x), y: yaxis.d2r(p.y), text: p.strong ? `<b>${p.text}</b>` : p.text, showarrow: false, ...spots[i], font: { size: 11, color: p.strong ? palette.text : palette['text-2'] },
  }))];
  return library.relayout(plot, { annotations });
}
