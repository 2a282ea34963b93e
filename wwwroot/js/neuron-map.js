// The neuron map: all neurons of a model as points, fetched as one binary array, drawn with WebGL where there is a graphics card; brushed, lassoed, zoomed by hand.
// The page owns what is chosen; the map says what was drawn around, and shows what it is told.
import { colours } from './charts/template.js';
import { valueLabel } from './charts/numbers.js';
import { pointsOn } from './neuron-map/points.js';
import { overlay } from './neuron-map/overlay.js';
import { span } from './neuron-map/order.js';
import { listen } from './neuron-map/hand.js';

const maps = new Map();
const groups = ['none', 'TP', 'AN', 'TN', 'AP', 'raised', 'raised', 'raised', 'raised'];
const margin = { left: 58, right: 12, top: 8, bottom: 42 };
const few = 3000; // below this, points are large enough to have shapes
const smooth = 60_000; // so many points are drawn while the map moves, until it is known how many this machine can

new MutationObserver(() => { for (const map of maps.values()) map.recolour(); })
  .observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });

export async function open(id, element, settings, dotnet) {
  if (!element) return;
  const map = new NeuronMap(element, dotnet);
  maps.set(id, map);
  await map.show(settings);
}

export const show = (id, settings) => maps.get(id)?.show(settings);

export function release(id) {
  maps.get(id)?.dispose();
  maps.delete(id);
}

class NeuronMap {
  region = null;
  #canvas; #svg; #tip; #points; #dotnet; #sizes; #palette = colours(); #frame = 0; #whole = [0, 1, 0, 1]; #view = null; #said = 0; #share = 1; #moving = 0; #last = 0;
  #x = new Float32Array(0); #y = new Float32Array(0); #codes = new Uint8Array(0); #loaded = null; #chosen = null;

  constructor(element, dotnet) {
    this.element = element;
    this.#dotnet = dotnet;
    this.#canvas = element.querySelector('canvas');
    this.#svg = element.querySelector('svg');
    this.#tip = element.querySelector('.tip');
    this.#points = pointsOn(this.#canvas);
    element.picture = () => this.#picture();
    this.#sizes = new ResizeObserver(() => this.schedule());
    this.#sizes.observe(element);
    listen(this);
  }

  async show(settings) {
    this.settings = settings;
    this.region = settings.region ? { ...settings.region, says: settings.says } : null;
    this.#view = settings.view ?? null;
    let points, chosen;
    try {
      [points, chosen] = await Promise.all([
        settings.points === this.#loaded ? null : bytes(settings.points),
        !settings.chosen || settings.chosen === this.#chosen ? null : bytes(settings.chosen),
      ]);
    } catch (error) {
      this.#say(`${error.message} Load the page again.`);
      return;
    }
    if (this.settings !== settings) return; // something newer was asked for meanwhile
    if (points) this.#take(points, settings.points);
    if (chosen) this.#points.choose(new Uint8Array(chosen));
    else if (points || (!settings.chosen && this.#chosen)) this.#points.choose(null);
    this.#chosen = settings.chosen;
    this.schedule();
  }

  recolour() { this.#palette = colours(); this.schedule(); }

  schedule() { this.#frame ||= requestAnimationFrame(time => { this.#frame = 0; this.#pace(time); this.#draw(); }); }

  // while the map moves: as many points as still let it move thirty times a second
  #pace(time) {
    const since = time - this.#last;
    if (this.#moving && this.#last && since < 1000) {
      if (since > 30) this.#share = Math.max(.02, this.#share * Math.max(.5, 25 / since));
      else if (since < 20) this.#share = Math.min(1, this.#share * 1.15);
    }
    this.#last = this.#moving ? time : 0;
  }

  get frame() {
    const { clientWidth: w, clientHeight: h } = this.element;
    return { left: margin.left, top: margin.top, width: Math.max(1, w - margin.left - margin.right), height: Math.max(1, h - margin.top - margin.bottom) };
  }

  get view() { return this.#view ?? this.#whole; }

  get at() {
    const { frame: f, view: v } = this;
    return { x: x => f.left + (x - v[0]) / (v[1] - v[0]) * f.width, y: y => f.top + (v[3] - y) / (v[3] - v[2]) * f.height };
  }

  get data() {
    const { frame: f, view: v } = this;
    return { x: px => v[0] + (px - f.left) / f.width * (v[1] - v[0]), y: py => v[3] - (py - f.top) / f.height * (v[3] - v[2]) };
  }

  inside(x, y) { const f = this.frame; return x >= f.left && x <= f.left + f.width && y >= f.top && y <= f.top + f.height; }

  setView(view) {
    this.#view = view;
    clearTimeout(this.#moving);
    this.#moving = setTimeout(() => { this.#moving = this.#last = 0; this.schedule(); }, 160);
    this.schedule();
    clearTimeout(this.#said);
    this.#said = setTimeout(() => this.#dotnet.invokeMethodAsync('OnViewAsync', view), 350);
  }

  panBy(across, up) {
    const [l, r, b, t] = this.view, dx = across * (r - l), dy = up * (t - b);
    this.setView([l + dx, r + dx, b + dy, t + dy]);
  }

  zoom(factor, px, py) {
    const [l, r, b, t] = this.view;
    const x = px === undefined ? (l + r) / 2 : this.data.x(px), y = py === undefined ? (b + t) / 2 : this.data.y(py);
    this.setView([x - (x - l) * factor, x + (r - x) * factor, y - (y - b) * factor, y + (t - y) * factor]);
  }

  chose() {
    this.schedule();
    this.#dotnet.invokeMethodAsync('OnRegionAsync', this.region.box ?? null, this.region.lasso?.flat() ?? null);
  }

  click(px, py) {
    const i = this.#nearest(px, py);
    if (i >= 0) this.#dotnet.invokeMethodAsync('OnNeuronAsync', i);
    else this.#dotnet.invokeMethodAsync('OnRegionAsync', null, null);
  }

  hover(px, py) {
    const i = this.inside(px, py) ? this.#nearest(px, py) : -1;
    this.#tip.hidden = i < 0;
    this.element.style.cursor = i >= 0 ? 'pointer' : this.settings?.tool === 'pan' ? 'grab' : 'crosshair';
    if (i < 0) return;
    const { x, y, perLayer } = this.settings;
    this.#tip.textContent = `L${Math.floor(i / perLayer)} · n${i % perLayer} · ${groups[this.#codes[i]]} · ${x.short} ${valueLabel(this.#x[i], x.format)} · ${y.short} ${valueLabel(this.#y[i], 'plain')}`;
    const left = this.at.x(this.#x[i]), flips = left > this.element.clientWidth * .6;
    Object.assign(this.#tip.style, { left: flips ? '' : `${left + 10}px`, right: flips ? `${this.element.clientWidth - left + 10}px` : '', top: `${this.at.y(this.#y[i]) - 10}px` });
  }

  dispose() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#said);
    clearTimeout(this.#moving);
    this.#sizes.disconnect();
    this.#points.dispose();
  }

  #take(buffer, url) {
    const n = buffer.byteLength / 9;
    this.#x = new Float32Array(buffer, 0, n);
    this.#y = new Float32Array(buffer, 4 * n, n);
    this.#codes = new Uint8Array(buffer, 8 * n, n);
    this.#points.load(this.#x, this.#y, this.#codes);
    this.#whole = [...extent(this.#x), ...extent(this.#y)];
    this.#share = Math.min(1, smooth / n);
    this.#loaded = url;
    this.#say('');
  }

  #say(words) { this.element.querySelector('.says').textContent = words; }

  #draw() {
    const { clientWidth: w, clientHeight: h } = this.element;
    if (!w || !h || !this.settings) return;
    const began = performance.now(), f = this.frame, ratio = window.devicePixelRatio || 1;
    const width = Math.round(f.width * ratio), height = Math.round(f.height * ratio);
    if (this.#canvas.width !== width || this.#canvas.height !== height) Object.assign(this.#canvas, { width, height });
    Object.assign(this.#canvas.style, { left: `${f.left}px`, top: `${f.top}px`, width: `${f.width}px`, height: `${f.height}px` });
    const shapes = this.#codes.length < few;
    this.#points.draw(this.view, this.#palette, (shapes ? 7 : 2) * ratio, shapes, this.#moving ? this.#share : 1);
    this.#svg.setAttribute('viewBox', `0 0 ${w} ${h}`);
    this.#svg.innerHTML = overlay(f, this.view, this.settings, this.at, this.region);
    this.element.dataset.drawn = String(Number(this.element.dataset.drawn ?? 0) + 1);
    this.element.dataset.points = String(this.#codes.length);
    this.element.dataset.share = (this.#moving ? this.#share : 1).toFixed(3);
    this.element.dataset.milliseconds = (performance.now() - began).toFixed(1);
  }

  #nearest(px, py) {
    const f = this.frame, v = this.view, kx = f.width / (v[1] - v[0]), ky = f.height / (v[3] - v[2]);
    const x = this.data.x(px), y = this.data.y(py);
    let best = -1, least = 36; // within six pixels
    for (let i = 0; i < this.#codes.length; i++) {
      const dx = (this.#x[i] - x) * kx;
      if (dx > 6 || dx < -6) continue;
      const dy = (this.#y[i] - y) * ky, away = dx * dx + dy * dy;
      if (away < least) { least = away; best = i; }
    }
    return best;
  }

  #picture() {
    this.#draw(); // a canvas keeps its pixels only until it was shown
    const f = this.frame, svg = this.#svg.cloneNode(true), styles = getComputedStyle(this.#svg);
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    svg.setAttribute('font-family', styles.fontFamily);
    const image = document.createElementNS('http://www.w3.org/2000/svg', 'image');
    for (const [name, value] of Object.entries({ href: this.#canvas.toDataURL(), x: f.left, y: f.top, width: f.width, height: f.height })) image.setAttribute(name, value);
    svg.prepend(image);
    const live = [...this.#svg.querySelectorAll('*')], copies = [...svg.querySelectorAll('*')].slice(1);
    copies.forEach((copy, i) => {
      const look = getComputedStyle(live[i]);
      for (const name of ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'font-size', 'font-weight']) copy.setAttribute(name, look.getPropertyValue(name));
    });
    return URL.createObjectURL(new Blob([svg.outerHTML], { type: 'image/svg+xml' }));
  }
}

async function bytes(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`The neurons did not come: ${answer.status} ${url}`);
  return answer.arrayBuffer();
}

function extent(values) {
  const [low, high] = span(values), pad = (high - low) * .03;
  return [low - pad, high + pad];
}
