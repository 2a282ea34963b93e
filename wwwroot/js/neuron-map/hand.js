// What a hand does on the map: brush, lasso, pan, wheel, keys. It changes view and region through the map's own functions.
const near = 7; // pixels from a corner that take hold of it

export function listen(map) {
  const { element } = map;
  let drag = null;

  const place = event => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };

  element.addEventListener('pointerdown', event => {
    if (event.button !== 0 || !map.inside(...place(event))) return;
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    drag = begin(map, event.shiftKey ? 'pan' : map.settings.tool, place(event));
    event.preventDefault();
  });
  element.addEventListener('pointermove', event => {
    const [x, y] = place(event);
    if (drag) drag.move(x, y);
    else map.hover(x, y);
  });
  element.addEventListener('pointerup', event => {
    if (!drag) return;
    const done = drag;
    drag = null;
    done.end(...place(event));
  });
  element.addEventListener('pointercancel', () => { drag = null; map.schedule(); });
  element.addEventListener('pointerleave', () => map.hover(-1, -1));
  element.addEventListener('dblclick', () => map.setView(null));
  element.addEventListener('wheel', event => {
    const [x, y] = place(event);
    if (!map.inside(x, y)) return;
    event.preventDefault();
    map.zoom(Math.exp(event.deltaY * .0016), x, y);
  }, { passive: false });
  element.addEventListener('keydown', event => {
    const step = .12;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (moves[event.key]) map.panBy(...moves[event.key]);
    else if (event.key === '+' || event.key === '=') map.zoom(1 / 1.3);
    else if (event.key === '-') map.zoom(1.3);
    else if (event.key === '0') map.setView(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function begin(map, tool, [x0, y0]) {
  if (tool === 'pan') return pan(map, x0, y0);
  if (tool === 'lasso') return lasso(map, x0, y0);
  return brush(map, x0, y0);
}

function pan(map, x0, y0) {
  let [x, y] = [x0, y0], moved = false;
  return {
    move(nx, ny) {
      moved ||= Math.hypot(nx - x0, ny - y0) > 3;
      map.panBy((x - nx) / map.frame.width, (ny - y) / map.frame.height);
      [x, y] = [nx, ny];
    },
    end(nx, ny) { if (!moved) map.click(nx, ny); },
  };
}

function brush(map, x0, y0) {
  const box = map.region?.box?.map((v, i) => i < 2 ? map.at.x(v) : map.at.y(v)); // left, right, bottom, top in pixels
  const corner = box && [[box[0], box[2]], [box[0], box[3]], [box[1], box[2]], [box[1], box[3]]].find(([x, y]) => Math.hypot(x - x0, y - y0) < near);
  const holds = box && !corner && x0 > box[0] && x0 < box[1] && y0 < box[2] && y0 > box[3];
  // the corner that stays: opposite of the one that was taken hold of
  const [ax, ay] = corner ? [box[0] + box[1] - corner[0], box[2] + box[3] - corner[1]] : [x0, y0];
  let moved = false;
  const to = (x, y) => {
    moved ||= Math.hypot(x - x0, y - y0) > 3;
    if (!moved) return;
    const [l, r, b, t] = holds
      ? [box[0] + x - x0, box[1] + x - x0, box[2] + y - y0, box[3] + y - y0]
      : [Math.min(ax, x), Math.max(ax, x), Math.max(ay, y), Math.min(ay, y)];
    map.region = { box: [map.data.x(l), map.data.x(r), map.data.y(b), map.data.y(t)] };
    map.schedule();
  };
  return { move: to, end(x, y) { to(x, y); moved ? map.chose() : map.click(x, y); } };
}

function lasso(map, x0, y0) {
  const path = [[x0, y0]];
  let moved = false;
  return {
    move(x, y) {
      const [px, py] = path.at(-1);
      if (Math.hypot(x - px, y - py) < 4) return;
      moved = true;
      path.push([x, y]);
      map.region = { lasso: path.map(([px, py]) => [map.data.x(px), map.data.y(py)]) };
      map.schedule();
    },
    end(x, y) {
      if (!moved || path.length < 3) { map.click(x, y); return; }
      map.region = { lasso: simplified(path, 1.5).map(([px, py]) => [map.data.x(px), map.data.y(py)]) };
      map.chose();
    },
  };
}

// Douglas and Peucker, with a coarser limit until the polygon has at most 60 corners
function simplified(path, limit) {
  const keep = new Uint8Array(path.length);
  keep[0] = keep[path.length - 1] = 1;
  const stack = [[0, path.length - 1]];
  while (stack.length) {
    const [from, to] = stack.pop();
    const [ax, ay] = path[from], [bx, by] = path[to];
    const length = Math.hypot(bx - ax, by - ay) || 1;
    let worst = limit, at = -1;
    for (let i = from + 1; i < to; i++) {
      const away = Math.abs((by - ay) * path[i][0] - (bx - ax) * path[i][1] + bx * ay - by * ax) / length;
      if (away > worst) { worst = away; at = i; }
    }
    if (at > 0) { keep[at] = 1; stack.push([from, at], [at, to]); }
  }
  const kept = path.filter((_, i) => keep[i]);
  return kept.length > 60 ? simplified(path, limit * 1.6) : kept;
}
