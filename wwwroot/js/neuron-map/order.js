// The order in which points are drawn: rare groups last. Within a group those that stand alone come first, of dense clouds an even sample: a
// first part of them looks like all, which is what is drawn while the map moves on machines that cannot draw all of them thirty times a second.

// codes as in NeuronArrays: 0 none, 1 TP, 2 AN, 3 TN, 4 AP, 5 to 8 counter-movers
export const layers = [
  { colour: 'none', opacity: .5, codes: [0], shape: 4 },
  { colour: 'raised', opacity: .4, codes: [5, 6, 7, 8], shape: 4 },
  { colour: 'tn', opacity: .6, codes: [3], shape: 2 },
  { colour: 'an', opacity: .6, codes: [2], shape: 0 },
  { colour: 'ap', opacity: .85, codes: [4], shape: 3 },
  { colour: 'tp', opacity: .85, codes: [1], shape: 1 },
];

// what is not chosen keeps this share of its opacity
export const dim = .22;

const layerOf = new Uint8Array(9);
layers.forEach((layer, i) => layer.codes.forEach(code => { layerOf[code] = i; }));

const steps = 256, cells = 200;

// x, y: Float32Array; codes: Uint8Array. order: which point stands at each place; places: its coordinates there; ranges: [first, count] a layer
export function arrange(x, y, codes) {
  const n = codes.length, turns = turnsOf(x, y);
  const next = new Uint32Array(layers.length * steps + 1); // where the next point of a layer and turn goes
  for (let i = 0; i < n; i++) next[layerOf[codes[i]] * steps + turns[i] + 1]++;
  for (let t = 1; t < next.length; t++) next[t] += next[t - 1];
  const ranges = layers.map((_, l) => [next[l * steps], next[(l + 1) * steps] - next[l * steps]]);
  const order = new Uint32Array(n), places = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const to = next[layerOf[codes[i]] * steps + turns[i]]++;
    order[to] = i;
    places[2 * to] = x[i];
    places[2 * to + 1] = y[i];
  }
  return { order, places, ranges };
}

// bits: one a neuron, lowest first; null: all. In the order of the places.
export function chosenIn(order, bits) {
  const chosen = new Uint8Array(order.length).fill(1);
  if (bits) for (let i = 0; i < order.length; i++) chosen[i] = bits[order[i] >> 3] >> (order[i] & 7) & 1;
  return chosen;
}

// When a point's turn comes, 0 to 255: at random, but later the more points its cell of the plane holds.
function turnsOf(x, y) {
  const n = x.length, [left, right] = span(x), [bottom, top] = span(y);
  const cell = new Uint32Array(n), held = new Uint32Array(cells * cells + 1);
  for (let i = 0; i < n; i++) {
    const across = Math.floor((x[i] - left) / (right - left) * (cells - 1)), up = Math.floor((y[i] - bottom) / (top - bottom) * (cells - 1));
    held[cell[i] = across >= 0 && up >= 0 ? up * cells + across : cells * cells]++;
  }
  const turns = new Uint8Array(n);
  const most = Math.log(1 + held.reduce((a, b) => Math.max(a, b), 0));
  let seed = 1; // the same picture every time
  for (let i = 0; i < n; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    turns[i] = Math.min(steps - 1, Math.floor(Math.log(1 + held[cell[i]] * seed / 4294967296) / most * steps));
  }
  return turns;
}

export function span(values) {
  let low = Infinity, high = -Infinity;
  for (const v of values) if (Number.isFinite(v)) { if (v < low) low = v; if (v > high) high = v; }
  return high > low ? [low, high] : Number.isFinite(low) ? [low - 1, low + 1] : [-1, 1];
}

export const channels = colour => [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
