// Escape and ✕ close a dialog. Streamlit sends a text field's value on blur, and a field that is taken away does not
// blur: so the field at hand is left first, and the dialog closes once its value is on its way. In one batch with the
// value, Streamlit would not hear that the dialog was closed. Loaded once per tab.
(() => {
  if (window.zenDialogs) return;
  window.zenDialogs = true;

  // A combobox uses Escape itself, to close its list.
  const FIELDS = "[role=dialog] :is(textarea, input):not([role=combobox])";
  const CLOSE = "[role=dialog] button[aria-label=Close]";
  const SENDING_MS = 150;

  const closeSoon = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    document.activeElement?.blur();
    setTimeout(() => document.querySelector(CLOSE)?.click(), SENDING_MS);
  };

  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && document.activeElement?.matches(FIELDS)) closeSoon(event);
    },
    { capture: true },
  );
  addEventListener(
    "click",
    (event) => {
      if (event.isTrusted && event.target.closest?.(CLOSE)) closeSoon(event);
    },
    { capture: true },
  );
})();
