// Names beside points, placed near where they cover the least: some places are tried for each, in the order in which they were given.
const places = [[1, -.35], [1, .9], [-1, -.35], [-1, .9], [0, -1.25], [0, 1.5], [1, -1.1], [-1, -1.1], [1, 2.1], [-1, 2.1], [0, 2.6], [1, 3.1], [-1, 3.1]];
const margin = 8; // pixels above the plot area
const charWidth = 6.1, lineHeight = 14, gap = 9;

const overlap = (a, b) => Math.max(0, Math.min(a.r, b.r) - Math.max(a.l, b.l)) * Math.max(0, Math.min(a.b, b.b) - Math.max(a.t, b.t));

// a line as small boxes, one every few pixels
function* along(line, weight = 1) {
  for (let i = 1; i < line.length; i++) {
    const [x0, y0] = line[i - 1], [x1, y1] = line[i];
    const steps = Math.max(1, Math.round(Math.hypot(x1 - x0, y1 - y0) / 6));
    for (let k = 0; k <= steps; k++) {
      const x = x0 + (x1 - x0) * k / steps, y = y0 + (y1 - y0) * k / steps;
      yield { l: x - 3, r: x + 3, t: y - 2, b: y + 2, weight };
    }
  }
}

// points: [{px, py, text}] in pixels of the plot area; returns the pixel offset and anchor of each label
// lines: [[px, py], …] that should stay free too; guides: thin ones, which matter less
export function place(points, width, height, lines = [], guides = []) {
  const taken = points.map(p => ({ l: p.px - 6, r: p.px + 6, t: p.py - 6, b: p.py + 6, weight: 3 }));
  for (const line of lines) taken.push(...along(line));
  for (const guide of guides) taken.push(...along(guide, .3));
  for (const p of points) {
    if (p.bar) taken.push({ l: p.px - 1, r: p.px + 1, t: p.bar[0], b: p.bar[1] });
    if (p.xBar) taken.push({ l: p.xBar[0], r: p.xBar[1], t: p.py - 1, b: p.py + 1 });
  }
  return points.map(p => {
    const w = p.text.length * charWidth;
    let best = null;
    for (const [side, drop] of places) {
      const l = side > 0 ? p.px + gap : side < 0 ? p.px - gap - w : p.px - w / 2;
      const t = p.py + drop * lineHeight - lineHeight / 2;
      const box = { l, r: l + w, t, b: t + lineHeight };
      const outside = Math.max(0, -box.l) + Math.max(0, box.r - width) + Math.max(0, -box.t - margin) + Math.max(0, box.b - height);
      const far = Math.max(0, Math.abs(drop) - 1.2) * 25;
      const cost = outside * 40 + far + taken.reduce((sum, other) => sum + overlap(box, other) * (other.weight ?? 1), 0);
      if (!best || cost < best.cost) best = { cost, box, side, dx: side > 0 ? gap : side < 0 ? -gap : 0, dy: drop * lineHeight };
      if (cost === 0) break;
    }
    taken.push({ ...best.box, weight: 3 });
    return { xshift: best.dx, yshift: -best.dy, xanchor: best.side > 0 ? 'left' : best.side < 0 ? 'right' : 'center' };
  });
}
