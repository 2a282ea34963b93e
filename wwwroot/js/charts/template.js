// The one look of all charts, from the CSS variables of the theme that is on.
const names = ['surface', 'sunken', 'line', 'control', 'text', 'text-2', 'text-3', 'accent', 'tp', 'tn', 'ap', 'an', 'raised', 'none', 'base', 'dpo', 'edited', 'patched', 'warn'];

export function colours(element = document.documentElement) {
  const style = getComputedStyle(element);
  return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
}

export function faint(colour, share) {
  const [r, g, b] = [1, 3, 5].map(i => parseInt(colour.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${share})`;
}

export const dashes = { solid: 'solid', base: '5px,3px', edited: '8px,3px,2px,3px', patched: '2px,3px', mark: '3px,3px' };

export function layout(c) {
  const axis = {
    gridcolor: c.line, gridwidth: 1, zeroline: false, zerolinecolor: c.control, zerolinewidth: 1, showline: false, ticks: '', automargin: true,
    tickmode: 'array', ticklabeloverflow: 'allow', fixedrange: true,
  };
  return {
    font: { family: 'Inter, "Segoe UI", system-ui, sans-serif', size: 11, color: c['text-3'] },
    paper_bgcolor: 'transparent', plot_bgcolor: 'transparent', margin: { l: 30, r: 14, t: 8, b: 20, pad: 0 },
    xaxis: { ...axis }, yaxis: { ...axis },
    hovermode: 'closest', hoverdistance: 24, spikedistance: -1, dragmode: false, showlegend: false, bargap: .35,
    hoverlabel: { bgcolor: c.text, bordercolor: c.text, font: { color: c.surface, size: 12, family: 'Inter, system-ui, sans-serif' }, align: 'left' },
    shapes: [], annotations: [],
  };
}

export const axisTitle = (text, c) => ({ text, font: { size: 11.5, color: c['text-2'] }, standoff: 8 });

export const config = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };
