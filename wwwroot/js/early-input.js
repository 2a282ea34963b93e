// What is entered into a page before its circuit is there: Blazor then draws the page anew, with fields that know nothing of it. The old fields are kept, and
// what they hold is entered into the new ones as soon as these are drawn, with caret and focus.
(() => {
  const fields = 'input, textarea, select';
  const patience = 10_000; // ms after the circuit came, for fields that are drawn once their data are loaded
  const kept = new Map(); // the field → where its like will be
  let focused = null;

  const all = () => [...document.querySelectorAll(fields)];
  const nameOf = field => [field.localName, field.type, field.id || field.name || field.getAttribute('aria-label') || field.labels?.[0]?.textContent.trim()].join(' ');
  const likes = name => all().filter(field => nameOf(field) === name);

  function keep(field) {
    const name = nameOf(field);
    if (!kept.has(field)) kept.set(field, { name, nth: likes(name).indexOf(field), inDialog: !!field.closest('dialog[open]'), entered: false });
    return kept.get(field);
  }

  const onInput = event => { if (event.target.matches?.(fields)) keep(event.target).entered = true; };
  const onFocus = event => { if (event.target.matches?.(fields)) keep(focused = event.target); };
  // a field that is taken out of the page loses the focus too: that is no choice of the person's
  const onBlur = event => queueMicrotask(() => { if (event.target === focused && focused.isConnected) focused = null; });

  // between the old field and the new one the keys still belong to it, and are no shortcuts
  function onKey(event) {
    if (!focused || focused.isConnected || event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation();
    const text = event.key.length === 1 ? event.key : event.key === 'Enter' && focused.localName === 'textarea' ? '\n' : event.key === 'Backspace' ? '' : null;
    if (text === null || focused.localName === 'select' || ['checkbox', 'radio', 'range'].includes(focused.type)) return;
    event.preventDefault();
    kept.get(focused).entered = true;
    const { selectionStart: from, selectionEnd: to, value } = focused;
    if (from === null) focused.value = text ? value + text : value.slice(0, -1);
    else focused.setRangeText(text, !text && from === to ? Math.max(0, from - 1) : from, to, 'end');
  }

  // a form of Blazor's has no address of its own: sending it would load the page again, without what was entered
  const onSubmit = event => { if (!event.target.hasAttribute('action')) event.preventDefault(); };

  const say = (field, type) => field.dispatchEvent(new Event(type, { bubbles: true }));

  // false: it cannot take it yet
  function enter(field, old) {
    if (field.disabled) return false;
    if (field.type === 'checkbox' || field.type === 'radio') {
      if (field.checked !== old.checked) field.click();
      return true;
    }
    if (field.localName === 'select' && ![...field.options].some(option => option.value === old.value)) return false;
    if (field.value === old.value) return true;
    field.value = old.value;
    say(field, 'input');
    if (old !== focused || field.localName === 'select') say(field, 'change');
    else changeWhenDone(field);
    return true;
  }

  // it is still being typed, and the browser will not call a change what was entered for the person
  function changeWhenDone(field) {
    const done = event => {
      if (event.type === 'keydown' && event.key !== 'Enter') return;
      field.removeEventListener('blur', done);
      field.removeEventListener('keydown', done);
      say(field, 'change');
    };
    field.addEventListener('blur', done);
    field.addEventListener('keydown', done);
  }

  function focus(field, old, inDialog) {
    focused = null;
    const dialog = field.closest('dialog');
    if (inDialog && dialog && !dialog.open) dialog.showModal();
    field.focus({ preventScroll: true });
    // the heading of a page takes the focus when it is first drawn, but not from someone who writes
    const back = event => { if (event.target.matches?.('h1')) field.focus({ preventScroll: true }); };
    addEventListener('focusin', back, true);
    setTimeout(() => removeEventListener('focusin', back, true), 1000);
    if (old.selectionStart !== null && old.selectionStart !== undefined) field.setSelectionRange(old.selectionStart, old.selectionEnd, old.selectionDirection);
  }

  function restore() {
    for (const [old, { name, nth, inDialog, entered }] of kept) {
      if (old.isConnected) continue;
      const field = likes(name)[nth];
      if (!field || (entered && !enter(field, old))) continue;
      if (old === focused) focus(field, old, inDialog);
      kept.delete(old);
    }
  }

  const listeners = { input: onInput, change: onInput, focusin: onFocus, focusout: onBlur, submit: onSubmit };
  for (const [type, listener] of Object.entries(listeners)) addEventListener(type, listener, true);
  addEventListener('keydown', onKey, true);
  const observer = new MutationObserver(() => { if (kept.size) restore(); });
  observer.observe(document, { childList: true, subtree: true, attributeFilter: ['disabled'] });

  function forget() {
    observer.disconnect();
    kept.clear();
    focused = null;
    removeEventListener('keydown', onKey, true);
  }

  window.earlyInput = {
    end() {
      for (const [type, listener] of Object.entries(listeners)) removeEventListener(type, listener, true);
      for (const field of kept.keys()) if (field.isConnected) kept.delete(field); // entered into a page that was alive already
      if (kept.size) setTimeout(forget, patience); else forget();
      document.documentElement.dataset.alive = '';
    },
  };
})();
