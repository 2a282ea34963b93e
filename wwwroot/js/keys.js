// The shortcuts that work on every page; the dialog behind "?" lists them.
import { openById } from './dialogs.js';
import { toggle as toggleRail } from './rail.js';
import { choice, choose } from './theme.js';

const places = { h: '', s: 'studies', r: 'runs', n: 'runs/new', m: 'models', d: 'datasets', c: 'compute', e: 'neurons', t: 'neuron-sets', p: 'playground', l: 'lens' };
const writes = element => element?.closest?.('input, textarea, select, [contenteditable="true"]');
let waitsForPlace = 0;

function go(key) {
  const place = places[key];
  if (place === undefined) return false;
  const address = new URL(place, document.baseURI).href;
  if (window.Blazor?.navigateTo) Blazor.navigateTo(address); else location.href = address;
  return true;
}

function onKey(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openById('jump-dialog');
    return;
  }
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') {
    if (!document.querySelector('dialog[open]')) document.querySelector('[data-submit]')?.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || writes(event.target) || document.querySelector('dialog[open]')) return;
  if (waitsForPlace && performance.now() - waitsForPlace < 1500) {
    waitsForPlace = 0;
    if (go(event.key)) event.preventDefault();
    return;
  }
  switch (event.key) {
    case '?': openById('shortcuts-dialog'); break;
    case '/': event.preventDefault(); openById('jump-dialog'); break;
    case 'Escape': if (!document.querySelector('.menu[open], .panel.enlarged')) document.querySelector('[data-escape]')?.click(); break;
    case '[': toggleRail(); break;
    case 't': choose({ light: 'dark', dark: 'system', system: 'light' }[choice()]); break;
    case 'g': waitsForPlace = performance.now(); break;
  }
}

export function start() {
  document.addEventListener('keydown', onKey);
}
