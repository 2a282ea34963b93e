// Brings a field of a form into view and puts the caret there.
export function goTo(id) {
  requestAnimationFrame(() => {
    const field = document.getElementById(id);
    if (!field) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    field.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
    (field.matches("input, select, textarea, button") ? field : field.querySelector("button, input"))?.focus({ preventScroll: true });
  });
}
