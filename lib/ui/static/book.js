// The table of the book: its buttons, links and checkboxes tell the server what was clicked, by a hidden text field, for
// a page draws hundreds of rows as one element (lib/ui/book/table_commands.py). Loaded once per tab.
(() => {
  if (window.zenBook) return;
  window.zenBook = true;

  const FIELD = ".st-key-book_commands input";
  const BOX = "input[type=checkbox][data-select]";
  let clicks = 0;
  let timer = null;
  let table = null; // the element on screen: Streamlit draws it anew when a row changes
  let version = ""; // what ticks belong to: they stay on every page of the same filter
  const ticked = new Set();

  const send = (command) => {
    const field = document.querySelector(FIELD);
    if (!field) return;
    clicks += 1;
    const setter = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    setter.call(field, JSON.stringify({ click: `${Date.now()}.${clicks}`, ...command }));
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => field.dispatchEvent(new FocusEvent("focusout", { bubbles: true })), 30);
  };

  const boxes = () => [...document.querySelectorAll(`.zen-book ${BOX}`)];

  const sendSelection = () => send({ selected: [...ticked] });

  const restoreTicks = () => {
    const shown = document.querySelector(".zen-book");
    if (!shown || shown === table) return;
    table = shown;
    const now = [...shown.classList].find((name) => name.startsWith("zen-v-")) ?? "";
    if (now !== version) ticked.clear();
    version = now;
    for (const box of boxes()) if (ticked.has(box.dataset.select)) box.checked = true;
  };

  // Ticking several rows in a row is one rerun of the page.
  const sendSelectionSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(sendSelection, 250);
  };

  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.(`.zen-book ${BOX}`)) return;
    if (target.dataset.select === "all") for (const box of boxes()) box.checked = target.checked;
    for (const box of boxes()) {
      const id = box.dataset.select;
      if (id === "all") continue;
      if (box.checked) ticked.add(id);
      else ticked.delete(id);
    }
    sendSelectionSoon();
  });

  document.addEventListener("click", (event) => {
    const target = event.target.closest?.(".zen-book [data-command]");
    // With a modifier, or another button of the mouse, a link opens in a tab of its own.
    if (!target || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    send({ command: target.dataset.command });
  });

  new MutationObserver(restoreTicks).observe(document.body, { childList: true, subtree: true });
  restoreTicks();
})();
