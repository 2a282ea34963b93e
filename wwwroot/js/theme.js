// Light, dark or as the system has it. The choice is kept in this browser; everything else follows from data-theme on <html>.
const root = document.documentElement;
const system = matchMedia('(prefers-color-scheme: dark)');

export const choice = () => root.dataset.themeChoice ?? 'system';

export function choose(theme) {
  root.dataset.themeChoice = theme;
  localStorage.setItem('theme', theme);
  apply();
}

function apply() {
  const dark = choice() === 'dark' || (choice() === 'system' && system.matches);
  root.dataset.theme = dark ? 'dark' : 'light';
  for (const button of document.querySelectorAll('[data-theme-choice-of]'))
    button.setAttribute('aria-pressed', String(button.dataset.themeChoiceOf === choice()));
}

export function start() {
  system.addEventListener('change', apply);
  document.addEventListener('click', event => {
    const button = event.target.closest?.('[data-theme-choice-of]');
    if (button) choose(button.dataset.themeChoiceOf);
  });
  // the menu is drawn by the server, which does not know the choice
  document.addEventListener('toggle', event => { if (event.target.matches?.('.theme-menu')) apply(); }, true);
}
