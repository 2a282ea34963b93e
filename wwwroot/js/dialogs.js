// <dialog> elements: the browser keeps the focus inside, closes on Escape and gives the focus back to the opener.
export function open(element) {
  if (element && !element.open) element.showModal();
}

export function openById(id) {
  open(document.getElementById(id));
}

export function close(element) {
  if (element?.open) element.close();
}

export function start() {
  document.addEventListener('click', event => {
    const opener = event.target.closest?.('[data-opens-dialog]');
    if (opener) openById(opener.dataset.opensDialog);
    const closer = event.target.closest?.('[data-closes-dialog]');
    if (closer) closer.closest('dialog')?.close();
    // a click beside the box lands on the dialog element itself
    if (event.target instanceof HTMLDialogElement && event.target.classList.contains('dialog')) event.target.close();
  });
}
