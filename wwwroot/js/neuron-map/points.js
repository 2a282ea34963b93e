// Many points on a WebGL canvas: one buffer of coordinates, sorted so that the rare groups are drawn last, one draw call a group. Within a
// group those that stand alone come first, of dense clouds an even sample: a first part of them looks like all, which is what is drawn while
// the map moves on machines that cannot draw all of them thirty times a second.
const vertexSource = `
attribute vec2 place; attribute float chosen;
uniform vec4 view; uniform float size, dim; uniform vec4 colour; varying vec4 shade;
void main() {
  gl_Position = vec4((place - view.xy) * view.zw - 1.0, 0.0, 1.0);
  gl_PointSize = size;
  shade = vec4(colour.rgb, colour.a * (chosen > .5 ? 1.0 : dim));
}`;
// shapes in a square from −1 to 1, y downwards; small points stay squares
const fragmentSource = `
precision mediump float; varying vec4 shade; uniform int shape;
void main() {
  vec2 p = gl_PointCoord * 2.0 - 1.0;
  if (shape == 1 && abs(p.x) > (p.y + 1.0) / 2.0) discard;
  if (shape == 2 && abs(p.x) > (1.0 - p.y) / 2.0) discard;
  if (shape == 3 && dot(p, p) > 1.0) discard;
  if (shape == 4 && (dot(p, p) > 1.0 || dot(p, p) < .45)) discard;
  gl_FragColor = vec4(shade.rgb * shade.a, shade.a);
}`;

// drawn in this order; codes as in NeuronArrays: 0 none, 1 TP, 2 AN, 3 TN, 4 AP, 5 to 8 counter-movers
export const layers = [
  { colour: 'none', opacity: .5, codes: [0], shape: 4 },
  { colour: 'raised', opacity: .4, codes: [5, 6, 7, 8], shape: 4 },
  { colour: 'tn', opacity: .6, codes: [3], shape: 2 },
  { colour: 'an', opacity: .6, codes: [2], shape: 0 },
  { colour: 'ap', opacity: .85, codes: [4], shape: 3 },
  { colour: 'tp', opacity: .85, codes: [1], shape: 1 },
];
const layerOf = new Uint8Array(9);
layers.forEach((layer, i) => layer.codes.forEach(code => { layerOf[code] = i; }));

export function pointsOn(canvas) {
  const gl = canvas.getContext('webgl', { antialias: false, premultipliedAlpha: true, alpha: true });
  if (!gl) return null;
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, vertexSource], [gl.FRAGMENT_SHADER, fragmentSource]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const uniform = name => gl.getUniformLocation(program, name);
  const uniforms = { view: uniform('view'), size: uniform('size'), dim: uniform('dim'), colour: uniform('colour'), shape: uniform('shape') };
  const buffers = { place: gl.createBuffer(), chosen: gl.createBuffer() };
  let order = new Uint32Array(0), ranges = [];

  function bind(name, size, type) {
    const at = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, false, 0, 0);
  }

  return {
    // x, y: Float32Array; codes: Uint8Array
    load(x, y, codes) {
      const n = codes.length, turns = turnsOf(x, y);
      const next = new Uint32Array(layers.length * steps + 1); // where the next point of a layer and turn goes
      for (let i = 0; i < n; i++) next[layerOf[codes[i]] * steps + turns[i] + 1]++;
      for (let t = 1; t < next.length; t++) next[t] += next[t - 1];
      ranges = layers.map((_, l) => [next[l * steps], next[(l + 1) * steps] - next[l * steps]]);
      order = new Uint32Array(n);
      const places = new Float32Array(2 * n);
      for (let i = 0; i < n; i++) {
        const to = next[layerOf[codes[i]] * steps + turns[i]]++;
        order[to] = i;
        places[2 * to] = x[i];
        places[2 * to + 1] = y[i];
      }
      gl.bindBuffer(gl.ARRAY_BUFFER, buffers.place);
      gl.bufferData(gl.ARRAY_BUFFER, places, gl.STATIC_DRAW);
      this.choose(null);
    },

    // bits: one a neuron, lowest first; null: all
    choose(bits) {
      const chosen = new Uint8Array(order.length).fill(1);
      if (bits) for (let i = 0; i < order.length; i++) chosen[i] = bits[order[i] >> 3] >> (order[i] & 7) & 1;
      gl.bindBuffer(gl.ARRAY_BUFFER, buffers.chosen);
      gl.bufferData(gl.ARRAY_BUFFER, chosen, gl.STATIC_DRAW);
    },

    // view: [left, right, bottom, top] of the data that fill the canvas; share: how much of each group is drawn
    draw(view, palette, size, shapes, share) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (!order.length) return;
      bind('place', 2, gl.FLOAT);
      bind('chosen', 1, gl.UNSIGNED_BYTE);
      gl.uniform4f(uniforms.view, view[0], view[2], 2 / (view[1] - view[0]), 2 / (view[3] - view[2]));
      gl.uniform1f(uniforms.dim, .22);
      gl.uniform1f(uniforms.size, size);
      layers.forEach((layer, l) => {
        if (!ranges[l][1]) return;
        const [r, g, b] = rgb(palette[layer.colour]);
        gl.uniform4f(uniforms.colour, r, g, b, layer.opacity);
        gl.uniform1i(uniforms.shape, shapes ? layer.shape : 0);
        gl.drawArrays(gl.POINTS, ranges[l][0], Math.ceil(ranges[l][1] * share));
      });
    },

    dispose: () => gl.getExtension('WEBGL_lose_context')?.loseContext(),
  };
}

const steps = 256, cells = 200;

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

function span(values) {
  let low = Infinity, high = -Infinity;
  for (const v of values) if (Number.isFinite(v)) { if (v < low) low = v; if (v > high) high = v; }
  return high > low ? [low, high] : [low - 1, low + 1];
}

const rgb = colour => [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16) / 255);
