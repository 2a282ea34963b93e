// Many points on a canvas: with WebGL, one buffer and one draw call a group; where there is no graphics card, by hand into the canvas's pixels,
// which is several times faster than the browser's own imitation of one.
import { arrange, channels, chosenIn, dim, layers } from './order.js';

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

// shows(shape, x, y): the same shapes, pixel by pixel
const shows = (shape, x, y) => shape === 1 ? Math.abs(x) <= (y + 1) / 2 : shape === 2 ? Math.abs(x) <= (1 - y) / 2
  : shape === 3 ? x * x + y * y <= 1 : shape === 4 ? x * x + y * y <= 1 && x * x + y * y >= .45 : true;

export function pointsOn(canvas) {
  const gl = hasCard() ? canvas.getContext('webgl', { antialias: false, premultipliedAlpha: true, alpha: true }) : null;
  return gl ? cardPoints(canvas, gl) : handPoints(canvas);
}

// asked of a canvas of its own: one that has had a WebGL context gives no other
function hasCard() {
  const gl = document.createElement('canvas').getContext('webgl', { failIfMajorPerformanceCaveat: true });
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const name = gl ? String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : '';
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return gl !== null && !/swiftshader|llvmpipe|softpipe|software/i.test(name);
}

function cardPoints(canvas, gl) {
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

  const fill = (name, values) => {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
  };
  const bind = (name, size, type) => {
    const at = gl.getAttribLocation(program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.enableVertexAttribArray(at);
    gl.vertexAttribPointer(at, size, type, false, 0, 0);
  };

  return {
    load(x, y, codes) {
      const arranged = arrange(x, y, codes);
      ({ order, ranges } = arranged);
      fill('place', arranged.places);
      this.choose(null);
    },

    choose: bits => fill('chosen', chosenIn(order, bits)),

    // view: [left, right, bottom, top] of the data that fill the canvas; share: how much of each group is drawn
    draw(view, palette, size, shapes, share) {
      gl.viewport(0, 0, canvas.width, canvas.height);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (!order.length) return;
      bind('place', 2, gl.FLOAT);
      bind('chosen', 1, gl.UNSIGNED_BYTE);
      gl.uniform4f(uniforms.view, view[0], view[2], 2 / (view[1] - view[0]), 2 / (view[3] - view[2]));
      gl.uniform1f(uniforms.dim, dim);
      gl.uniform1f(uniforms.size, size);
      layers.forEach((layer, l) => {
        if (!ranges[l][1]) return;
        const [r, g, b] = channels(palette[layer.colour]);
        gl.uniform4f(uniforms.colour, r / 255, g / 255, b / 255, layer.opacity);
        gl.uniform1i(uniforms.shape, shapes ? layer.shape : 0);
        gl.drawArrays(gl.POINTS, ranges[l][0], Math.ceil(ranges[l][1] * share));
      });
    },

    dispose: () => gl.getExtension('WEBGL_lose_context')?.loseContext(),
  };
}

function handPoints(canvas) {
  const context = canvas.getContext('2d');
  let arranged = { order: new Uint32Array(0), places: new Float32Array(0), ranges: [] }, chosen = new Uint8Array(0);
  let image = null, clear = new Float32Array(0);

  return {
    load(x, y, codes) {
      arranged = arrange(x, y, codes);
      chosen = chosenIn(arranged.order, null);
    },

    choose(bits) { chosen = chosenIn(arranged.order, bits); },

    draw(view, palette, size, shapes, share) {
      const { width, height } = canvas;
      if (image?.width !== width || image?.height !== height) {
        image = context.createImageData(width, height);
        clear = new Float32Array(width * height);
      }
      const pixels = new Uint32Array(image.data.buffer), ground = channels(palette.surface);
      pixels.fill(255 << 24 | ground[2] << 16 | ground[1] << 8 | ground[0]);
      layers.forEach((layer, l) => {
        if (!arranged.ranges[l]?.[1]) return;
        clear.fill(1); // how much of what is below shows through, pixel by pixel
        const [first, count] = arranged.ranges[l];
        stamp(first, first + Math.ceil(count * share), view, stencil(size, shapes ? layer.shape : 0), layer.opacity);
        mix(image.data, channels(palette[layer.colour]));
      });
      context.putImageData(image, 0, 0);
    },

    dispose() { arranged = null; },
  };

  function stencil(size, shape) {
    const side = Math.max(1, Math.round(size)), offsets = [];
    for (let dy = 0; dy < side; dy++) for (let dx = 0; dx < side; dx++)
      if (shows(shape, (dx + .5) / side * 2 - 1, (dy + .5) / side * 2 - 1)) offsets.push(dy * canvas.width + dx);
    return { side, offsets: Int32Array.from(offsets) };
  }

  function stamp(from, to, view, { side, offsets }, opacity) {
    const { width, height } = canvas, { places } = arranged, half = side / 2;
    const across = width / (view[1] - view[0]), up = height / (view[3] - view[2]), through = 1 - opacity, dimmed = 1 - opacity * dim;
    for (let i = from; i < to; i++) {
      const x = Math.round((places[2 * i] - view[0]) * across - half), y = Math.round((view[3] - places[2 * i + 1]) * up - half);
      if (!(x >= 0 && y >= 0 && x <= width - side && y <= height - side)) continue;
      const at = y * width + x, keeps = chosen[i] ? through : dimmed;
      for (let o = 0; o < offsets.length; o++) clear[at + offsets[o]] *= keeps;
    }
  }

  function mix(data, [r, g, b]) {
    for (let p = 0, d = 0; p < clear.length; p++, d += 4) {
      const t = clear[p];
      if (t === 1) continue;
      data[d] = r + (data[d] - r) * t;
      data[d + 1] = g + (data[d + 1] - g) * t;
      data[d + 2] = b + (data[d + 2] - b) * t;
    }
  }
}
