// Escape closes a dialog. Streamlit sends a text field's value on blur, and a field that is taken away does not blur:
// so the field at hand is left first, and what was typed reaches the server. Loaded once per tab.
(() => {
  if (window.zenDialogs) return;
  window.zenDialogs = true;

  // A combobox uses Escape itself, to close its list.
  const FIELDS = "[role=dialog] :is(textarea, input):not([role=combobox])";

  addEventListener(
    "keydown",
    (event) => {
      const field = document.activeElement;
      if (event.key === "Escape" && field?.matches(FIELDS)) field.blur();
    },
    { capture: true },
  );
})();
