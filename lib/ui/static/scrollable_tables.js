// A table that is wider than its place scrolls, so the keyboard must reach it. Loaded once per tab.
//
// Only while it scrolls: elsewhere each table would be one more stop of the Tab key.
(() => {
  if (window.zenScrollableTables) return;
  window.zenScrollableTables = true;

  const TABLE = ".zen-table, .st-key-chat_messages .zen-markdown table";

  const update = (table) => {
    if (table.scrollWidth > table.clientWidth) table.tabIndex = 0;
    else table.removeAttribute("tabindex");
  };
  const sizes = new ResizeObserver((changes) => {
    for (const { target } of changes) update(target);
  });
  const observe = (node) => {
    if (!(node instanceof Element)) return;
    if (node.matches(TABLE)) sizes.observe(node);
    for (const table of node.querySelectorAll(TABLE)) sizes.observe(table);
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) observe(node);
  }).observe(document.body, { childList: true, subtree: true });
  observe(document.body);
})();
