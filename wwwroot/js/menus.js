// Menus are <details class="menu">: this closes them from outside, on Escape, after a choice, and moves through them by arrow keys.
const openMenus = () => document.querySelectorAll('details.menu[open]');

export function start() {
  document.addEventListener('click', event => {
    for (const menu of openMenus()) {
      const inside = menu.contains(event.target);
      const chosen = inside && event.target.closest('.items > a, .items > button');
      if (!inside || chosen) menu.open = false;
    }
  });
  document.addEventListener('keydown', event => {
    const menu = event.target.closest?.('details.menu[open]');
    if (!menu) return;
    if (event.key === 'Escape') {
      menu.open = false;
      menu.querySelector('summary').focus();
      event.stopPropagation();
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const items = [...menu.querySelectorAll('.items :is(a, button, input):not([disabled])')];
      const at = items.indexOf(document.activeElement);
      const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
      items[(next + items.length) % items.length]?.focus();
      event.preventDefault();
    }
  });
}
