// Moving through the results of the search dialog: arrow keys from the input into the list and back, Enter takes the first.
const rows = dialog => [...dialog.querySelectorAll('[role="option"]')];

export function start() {
  document.addEventListener('keydown', event => {
    const dialog = event.target.closest?.('#jump-dialog');
    if (!dialog) return;
    const list = rows(dialog), input = dialog.querySelector('[data-jump-input]');
    const at = list.indexOf(document.activeElement);
    if (event.key === 'ArrowDown') { list[Math.min(at + 1, list.length - 1)]?.focus(); event.preventDefault(); }
    if (event.key === 'ArrowUp') { (at > 0 ? list[at - 1] : input).focus(); event.preventDefault(); }
    if (event.key === 'Enter' && document.activeElement === input) { list[0]?.click(); event.preventDefault(); }
  });
}
