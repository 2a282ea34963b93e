// Menus are <details class="menu">: this closes them from outside, on Escape, after a choice, and moves through them by arrow keys.
const openMenus = () => document.querySelectorAll('details.menu[open]');

// Fixed to the window: a menu in a table that scrolls would be cut off by it.
function place(menu) {
  const items = menu.querySelector('.items');
  const box = menu.querySelector('summary').getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = items;
  const left = menu.classList.contains('left') ? box.left : box.right - width;
  const below = box.bottom + 4 + height <= innerHeight || box.top < height + 8;
  Object.assign(items.style, { position: 'fixed', right: 'auto', left: `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`, top: `${below ? box.bottom + 4 : box.top - 4 - height}px` });
}

export function start() {
  document.addEventListener('toggle', event => { if (event.target.matches?.('details.menu[open]')) place(event.target); }, true);
  // a menu that is longer than the window scrolls by itself
  document.addEventListener('scroll', event => { for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false; }, true);
  document.addEventListener('click', event => {
    for (const menu of openMenus()) {
      const inside = menu.contains(event.target);
      const chosen = inside && event.target.closest('.items > a, .items > button');
      if (inside && !chosen) continue;
      // the focus must not stay on what is hidden now: a dialog that the choice opens gives it back to where it was
      if (menu.contains(document.activeElement)) menu.querySelector('summary').focus();
      menu.open = false;
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
