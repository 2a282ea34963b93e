// Figures: enlarging over the page (Escape goes back), and the picture to download.
import { pictureOf } from './charts.js';

export function watch(figure) {
  figure.addEventListener('keydown', event => {
    if (event.key === 'Escape' && figure.classList.contains('enlarged')) {
      event.stopPropagation();
      figure.querySelector('header button[aria-label="Back to the page"]')?.click();
    }
    if (event.key === 'Tab' && figure.classList.contains('enlarged')) keepFocus(figure, event);
  });
}

export function enlarged(figure, large) {
  figure.querySelector(`header button[aria-label="${large ? 'Back to the page' : 'Enlarge'}"]`)?.focus();
}

export async function download(figure, title) {
  const plots = [...figure.querySelectorAll('.chart')];
  for (const plot of plots) {
    const url = await (plot.picture?.() ?? pictureOf(plot)); // the neuron map draws without Plotly
    if (!url) continue;
    const link = document.createElement('a');
    link.href = url;
    const part = plots.length > 1 ? ` ${plot.getAttribute('aria-label') ?? ''}` : '';
    link.download = `${title}${part}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-') + '.svg';
    link.click();
  }
}

function keepFocus(figure, event) {
  const items = [...figure.querySelectorAll('button:not([disabled]), a[href], [tabindex="0"]')];
  const first = items[0], last = items.at(-1);
  if (event.shiftKey && document.activeElement === first) { last.focus(); event.preventDefault(); }
  else if (!event.shiftKey && document.activeElement === last) { first.focus(); event.preventDefault(); }
}
