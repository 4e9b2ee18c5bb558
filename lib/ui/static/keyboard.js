// Shortcuts of the keyboard: what there is stands in `window.zenShortcuts` (lib/ui/find/keyboard_shortcuts.py). None acts while
// one types, with a modifier, or in a dialog. Loaded once per tab.
(() => {
  if (window.zenKeyboard) return;
  window.zenKeyboard = true;

  const TYPING = ":is(input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], iframe)";
  const OWN_KEYS = ":is([role=textbox], [role=combobox], [role=listbox], [role=menu], [role=grid], [role=slider])";
  const TABLE = "[data-testid=stDataFrame], canvas";
  const OPEN_DIALOG = "[role=dialog], dialog[open]";
  const ROWS = "[class*=st-key-list_row], .zen-book tbody tr";
  const LINKS = "a[href], button:not([disabled])";
  const FIRST_KEY_MS = 1_500;

  let firstKey = null;
  let lastRow = -1;
  const pageLink = document.createElement("a");
  pageLink.className = "zen-link";
  pageLink.hidden = true;

  const isBusy = ({ target }) =>
    Boolean(document.querySelector(OPEN_DIALOG)) ||
    (target instanceof Element &&
      (target.isContentEditable || target.matches(TYPING) || Boolean(target.closest(`${OWN_KEYS}, ${TABLE}`))));

  const goTo = (address) => {
    if (!pageLink.isConnected) document.body.append(pageLink);
    pageLink.href = address;
    pageLink.click();
  };

  const getRows = () => [...document.querySelectorAll(ROWS)].filter((row) => row.querySelector(LINKS));
  const findCurrentRow = (rows) => rows.findIndex((row) => row.contains(document.activeElement));

  // The row is marked by the focus on its first link, so that Enter and the Tab key go on from there.
  const moveBy = (step) => {
    const rows = getRows();
    if (!rows.length) return;
    const current = findCurrentRow(rows);
    // Streamlit may have drawn the rows anew, and the focus is gone.
    const from = current >= 0 ? current : document.activeElement === document.body ? lastRow : -1;
    lastRow = Math.min(rows.length - 1, Math.max(0, from + step));
    rows[lastRow].querySelector(LINKS).focus({ focusVisible: true });
    rows[lastRow].scrollIntoView({ block: "nearest" });
  };

  const openRow = () => {
    const rows = getRows();
    rows[findCurrentRow(rows)]?.querySelector(LINKS).click();
  };

  const help = document.createElement("dialog");
  help.className = "zen-shortcuts";
  help.setAttribute("aria-label", "Keyboard shortcuts");
  help.addEventListener("click", (event) => (event.target === help || event.target.type === "button") && help.close());

  const showHelp = () => {
    const title = Object.assign(document.createElement("h2"), { textContent: "Keyboard shortcuts" });
    const table = document.createElement("dl");
    for (const { keys, text } of window.zenShortcuts) {
      const names = document.createElement("dt");
      for (const key of keys.split(" "))
        names.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
      table.append(names, Object.assign(document.createElement("dd"), { textContent: text }));
    }
    const note = "None of them acts while you type, or in a dialog.";
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
    help.replaceChildren(title, table, Object.assign(document.createElement("p"), { textContent: note }), close);
    if (!help.isConnected) document.body.append(help);
    help.showModal();
  };

  const ACTIONS = {
    find: () => window.zenFind?.show(),
    next: () => moveBy(1),
    previous: () => moveBy(-1),
    open: openRow,
    help: showHelp,
  };
  const perform = (action) => (action.startsWith("/") ? goTo(action) : ACTIONS[action]?.());

  const findShortcut = (keys) => window.zenShortcuts?.find((shortcut) => shortcut.keys === keys);

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== "k" || event.shiftKey) return;
      event.preventDefault();
      perform("find");
      return;
    }
    const canRepeat = event.key === "j" || event.key === "k";
    if (isBusy(event) || (event.repeat && !canRepeat)) return;
    const first = firstKey && Date.now() - firstKey.at < FIRST_KEY_MS ? `${firstKey.key} ` : "";
    firstKey = event.key === "g" && !first ? { key: "g", at: Date.now() } : null;
    const shortcut = findShortcut(first + event.key);
    if (!shortcut) return;
    event.preventDefault();
    perform(shortcut.action);
  });
})();
