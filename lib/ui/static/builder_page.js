// The builder (lib/ui/builder): sends a text while one types, says "Saving" until the server has answered, goes to the
// field of a problem and back to the slides, and keeps in this tab (sessionStorage) what the server has not confirmed. Loaded once per tab.
(() => {
  if (window.zenBuilderPage) return;
  window.zenBuilderPage = true;

  const EDITOR = ".st-key-builder_editor";
  const FIELDS = `${EDITOR} :is(textarea, input:not([type=checkbox], [type=radio], [role=combobox]))`;
  const PAUSE_MS = 700;
  const STORED = "zen-builder-text";
  const LEAVE_MS = 5_000;

  let timer;
  let typedAt = 0; // of the latest text that the server has not answered yet; 0 for none
  let focused = 0; // the number of the last field that was gone to

  const isField = (element) => element?.matches?.(FIELDS) && !element.disabled;
  const getPlace = () => `${window.zenPage?.person} ${window.zenOutline?.draft} ${window.zenOutline?.chosen}`;
  const show = () => document.documentElement.toggleAttribute("data-zen-builder-typing", typedAt > 0);

  // Streamlit sends a text area on blur and on Ctrl-Enter.
  const send = (field) =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));

  const onInput = ({ target }) => {
    if (!isField(target)) return;
    typedAt = Date.now();
    sessionStorage.setItem(STORED, JSON.stringify([getPlace(), target.ariaLabel, target.value]));
    show();
    clearTimeout(timer);
    if (target.matches("textarea")) timer = setTimeout(() => target.isConnected && send(target), PAUSE_MS);
  };

  const onAnswer = () => {
    const { isSaved, focus } = window.zenOutline;
    // The answer to an earlier text may come while one types on.
    const isTyping = isField(document.activeElement) && Date.now() - typedAt < PAUSE_MS / 2;
    if (typedAt && isSaved && !isTyping) {
      typedAt = 0;
      sessionStorage.removeItem(STORED);
      show();
    }
    if (focus?.[1] !== focused) {
      focused = focus[1];
      if (focus[0]) setTimeout(goToField, 50, focus[0]);
    }
    if (!typedAt) restore();
  };

  const goToField = (name) => {
    const place = document.querySelector(`.st-key-builder_field_${CSS.escape(name)}`);
    const field = place?.querySelector("textarea, input");
    field?.focus();
    (field ?? place)?.scrollIntoView({ block: "center" });
  };

  // A text of this tab that no server has: an earlier session of it ended before the text was sent.
  const restore = () => {
    const [place, label, text] = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    if (place !== getPlace() || !window.zenOutline.mayEdit) return;
    const field = [...document.querySelectorAll(FIELDS)].find((each) => each.ariaLabel === label);
    if (!field) return;
    sessionStorage.removeItem(STORED);
    if (field.value === text) return;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  // On a narrow screen the slides stand above the editor.
  const onClick = ({ target }) => {
    if (!target.closest?.(".st-key-builder_to_slides button")) return;
    const slides = document.querySelector(".zen-outline-slides");
    const chosen = slides?.querySelector("[aria-current=true]") ?? slides?.querySelector("button");
    chosen?.focus({ preventScroll: true });
    chosen?.scrollIntoView({ block: "center" });
  };

  addEventListener("click", onClick);
  addEventListener("input", onInput, { capture: true });
  addEventListener("zenoutline", onAnswer);
  addEventListener("beforeunload", (event) => {
    if (!typedAt || Date.now() - typedAt > LEAVE_MS || !document.querySelector(EDITOR)) return;
    document.activeElement?.blur();
    event.preventDefault();
  });
})();
