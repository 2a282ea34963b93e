// A figure for paper: the light colours on white, 720 pixels wide (at 96 pixels an inch the width of a page's text), the typeface inside
// the file. PNG is that drawing at 300 dots an inch.
import { plotly } from './plotly.js';
import { colours, config } from './template.js';
import { traces } from './traces.js';
import { compose, nameParts } from './compose.js';

const width = 720;
const dots = 300 / 96;
const faces = ['inter-latin-wght-normal', 'inter-greek-wght-normal'];
let typeface = null;

export async function svgOf({ figure, height, title, caption }) {
  const library = await plotly('basic');
  const stage = document.createElement('div');
  stage.dataset.theme = 'light'; // the theme of paper, whatever the page has
  stage.style.cssText = `position:fixed;left:-9999px;top:0;width:${width}px;height:${height}px`;
  document.body.append(stage);
  try {
    const palette = colours(stage);
    const layout = compose(figure, palette, null, width, height);
    Object.assign(layout, { paper_bgcolor: '#ffffff', plot_bgcolor: '#ffffff' });
    Object.assign(layout.font, { family: 'Inter, Arial, Helvetica, sans-serif' });
    const families = figure.series.filter(s => s.form === 'marks' && s.labels);
    if (families.length > 1) Object.assign(layout, legend(families, layout, height));
    const data = traces(figure, palette).map(trace => ({ ...trace, showlegend: trace.mode === 'markers' }));
    await library.newPlot(stage, data, layout, { ...config, staticPlot: true });
    if (figure.names) await nameParts(figure, stage, layout, palette, library);
    const url = await library.toImage(stage, { format: 'svg', width, height: layout.height });
    library.purge(stage);
    return finished(decodeURIComponent(url.slice(url.indexOf(',') + 1)), title, caption, await faceRules());
  } finally {
    stage.remove();
  }
}

export async function pngOf(picture) {
  const url = URL.createObjectURL(new Blob([await svgOf(picture)], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    await settled(image);
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.width * dots);
    canvas.height = Math.round(image.height * dots);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => canvas.toBlob(blob => blob ? resolve(blob) : reject(new Error('the picture is too large for this browser')), 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}

// a decoded picture may still wait for the typeface inside it, and its words are missing until then: drawn until it stays the same
async function settled(image) {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  let before = null;
  for (let same = 0, tries = 0; same < 3 && tries < 40; tries++) {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0);
    const ink = context.getImageData(0, 0, canvas.width, canvas.height).data.reduce((sum, value) => sum + value, 0);
    same = ink === before ? same + 1 : 0;
    before = ink;
    await new Promise(resolve => setTimeout(resolve, 60));
  }
}

// marks are told apart on paper by a legend under the axis: there is no page around the figure
function legend(families, layout, height) {
  const room = 26;
  layout.margin.b += room;
  return { showlegend: true, height: height + room, legend: { orientation: 'h', x: 0, xanchor: 'left', y: 0, yanchor: 'bottom', yref: 'container', font: { size: 11 } } };
}

function finished(svg, title, caption, rules) {
  const text = words => words.replace(/[&<>]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
  return svg.replace(/<svg[^>]*>/, head => `${head}<title>${text(title)}</title><desc>${text(caption)}</desc><style>${rules}</style>`);
}

// the files of the page's own typeface, so that a figure looks the same where it is not installed
function faceRules() {
  typeface ??= Promise.all(faces.map(async file => {
    const bytes = await (await fetch(new URL(`fonts/${file}.woff2`, document.baseURI))).blob();
    const url = await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(bytes);
    });
    const range = file.includes('greek') ? 'U+0370-03FF' : 'U+0000-00FF,U+0131,U+2000-206F,U+2190-21FF,U+2212';
    return `@font-face{font-family:Inter;font-weight:100 900;src:url("${url}") format("woff2");unicode-range:${range}}`;
  })).then(rules => rules.join(''));
  return typeface;
}
