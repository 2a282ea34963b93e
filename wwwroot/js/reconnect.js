// The notice while the connection is gone. Blazor tries again by itself; a circuit that the server has dropped means a fresh page.
const notice = () => document.getElementById('components-reconnect-modal');
let since = 0;
let ticking = 0;

function tick() {
  const seconds = notice()?.querySelector('[data-seconds]');
  if (seconds) seconds.textContent = Math.round((performance.now() - since) / 1000);
}

async function onState(event) {
  const state = event.detail.state;
  clearInterval(ticking);
  if (state === 'hide') { since = 0; return; }
  if (!since) since = performance.now();
  tick();
  ticking = setInterval(tick, 1000);
  if (state === 'rejected') location.reload();
  if (state === 'failed') document.addEventListener('visibilitychange', again, { once: true });
}

async function again() {
  try {
    if (!(await Blazor.reconnect())) location.reload();
  } catch {
    setTimeout(again, 2000);
  }
}

export function start() {
  notice()?.addEventListener('components-reconnect-state-changed', onState);
  document.addEventListener('click', event => { if (event.target.closest?.('[data-reconnect-now]')) again(); });
}
