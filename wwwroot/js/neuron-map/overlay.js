// What stands around and over the points, as SVG: grid, ticks, titles, names, the brushed region.
import { linear } from '../charts/ticks.js';

const escape = text => text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const marks = { tp: 'M0-4.2 4.6 4H-4.6z', tn: 'M0 4.2-4.6-4H4.6z', ap: 'M-4.1 0a4.1 4.1 0 1 0 8.2 0a4.1 4.1 0 1 0-8.2 0', an: 'M-4-4h8v8h-8z', raised: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0' };

// frame: { left, top, width, height } of the plot within the element; at: data to pixels
export function overlay(frame, view, settings, at, region) {
  const { left, top, width, height } = frame;
  const right = left + width, bottom = top + height;
  const parts = [];
  const xs = linear(view[0], view[1], Math.max(2, Math.floor(width / 90)), settings.x.format, { from: view[0], to: view[1] });
  const ys = linear(view[2], view[3], Math.max(2, Math.round(height / 52)), settings.y.format, { from: view[2], to: view[3] });
  const line = (value, d) => parts.push(`<path class="${Math.abs(value) < 1e-12 ? 'zero' : 'grid'}" d="${d}"/>`);
  xs.values.forEach((v, i) => {
    const x = at.x(v).toFixed(1);
    line(v, `M${x} ${top}V${bottom}`);
    parts.push(`<text x="${x}" y="${bottom + 16}" text-anchor="middle">${xs.texts[i]}</text>`);
  });
  ys.values.forEach((v, i) => {
    const y = at.y(v);
    line(v, `M${left} ${y.toFixed(1)}H${right}`);
    parts.push(`<text x="${left - 8}" y="${(y + 3.5).toFixed(1)}" text-anchor="end">${ys.texts[i]}</text>`);
  });
  parts.push(`<text class="title" x="${left + width / 2}" y="${bottom + 34}" text-anchor="middle">${escape(settings.x.title)}</text>`);
  parts.push(`<text class="title" x="12" y="${top + height / 2}" text-anchor="middle" transform="rotate(-90 12 ${top + height / 2})">${escape(settings.y.title)}</text>`);
  const taken = [];
  const named = names(settings.names ?? [], taken, frame, view, at);
  if (settings.corners && width > 380) corners(parts, taken, frame);
  if (region) drawRegion(parts, region, at);
  parts.push(...named);
  return parts.join('');
}

// a corner says what lies there, unless a neuron's name needs the place
function corners(parts, taken, { left, top, width, height }) {
  const say = (x, y, anchor, text) => {
    const w = text.length * 6;
    if (!taken.some(box => crosses(box, [anchor === 'end' ? x - w : x, y - 11, w, 14]))) parts.push(`<text class="corner" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`);
  };
  say(left + 6, top + 13, 'start', 'raised, anti-toxic-aligned');
  say(left + width - 6, top + 13, 'end', 'raised, toxic-aligned');
  say(left + 6, top + height - 7, 'start', 'lowered: AN, AP');
  say(left + width - 6, top + height - 7, 'end', 'lowered: TP, TN');
}

function drawRegion(parts, region, at) {
  if (region.box) {
    const [l, r, b, t] = region.box;
    const x = at.x(l), y = at.y(t), w = at.x(r) - x, h = at.y(b) - y;
    parts.push(`<rect class="region" x="${x}" y="${y}" width="${w}" height="${h}"/>`);
    for (const [px, py] of [[x, y], [x + w, y], [x, y + h], [x + w, y + h]]) parts.push(`<rect class="handle" x="${px - 3}" y="${py - 3}" width="6" height="6"/>`);
    if (region.says && w > 60 && h > 22) parts.push(`<text class="says-region" x="${x + 7}" y="${y + 14}">${escape(region.says)}</text>`);
  } else if (region.lasso?.length) {
    parts.push(`<path class="region" d="M${region.lasso.map(([x, y]) => `${at.x(x).toFixed(1)} ${at.y(y).toFixed(1)}`).join('L')}Z"/>`);
  }
}

// names stand right of their point, left where there is no room; one that would cover another is left out
function names(list, taken, { left, top, width, height }, view, at) {
  const parts = [];
  for (const name of list) {
    if (name.x < view[0] || name.x > view[1] || name.y < view[2] || name.y > view[3]) continue;
    const x = at.x(name.x), y = at.y(name.y), w = name.text.length * 6.2 + 10;
    const side = x + w > left + width ? -1 : 1;
    const box = [side > 0 ? x : x - w, y - 7, w, 14];
    if (y < top + 6 || y > top + height - 2 || taken.some(other => crosses(other, box))) continue;
    taken.push(box);
    parts.push(`<g class="name ${name.group}"><path transform="translate(${x.toFixed(1)} ${y.toFixed(1)})" d="${marks[name.group]}"/>`
      + `<text x="${(x + side * 8).toFixed(1)}" y="${(y + 4).toFixed(1)}" text-anchor="${side > 0 ? 'start' : 'end'}">${escape(name.text)}</text></g>`);
  }
  return parts;
}

const crosses = (a, b) => a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
