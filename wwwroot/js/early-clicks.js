// A page is drawn by the server before its circuit is there, and until then Blazor takes clicks on links and loses them. Such a click is the browser's own.
(() => {
  const leave = event => { if (event.target.closest?.('a[href]')) event.stopPropagation(); };
  addEventListener('click', leave, true);
  window.earlyClicks = { end: () => removeEventListener('click', leave, true) };
})();
