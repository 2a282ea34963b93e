// The nav collapses to a rail of icons; wide windows start with the whole nav.
const root = document.documentElement;

export function toggle() {
  const rail = !('rail' in root.dataset);
  if (rail) root.dataset.rail = ''; else delete root.dataset.rail;
  localStorage.setItem('rail', rail ? 'on' : 'off');
  dispatchEvent(new Event('resize'));
}

export function start() {
  document.addEventListener('click', event => { if (event.target.closest?.('[data-rail-toggle]')) toggle(); });
}
