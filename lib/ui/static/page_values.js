// Values for the scripts of the page: the server draws <div data-zen-name data-zen-value> (lib/ui/script_values.py), for
// no page may hold a script of its own (docs/decisions/0021). Loaded once per tab.
(() => {
  if (window.zenPageValues) return;
  window.zenPageValues = true;

  const EVENTS = {
    zenPage: "zenpage",
    zenForm: "zenpage",
    zenLostAnswers: "zenpage",
    zenScroll: "zenscroll",
    zenFindAnswer: "zenfind",
    zenShortcuts: "zenshortcuts",
    zenOutline: "zenoutline",
    zenPlaceholders: "zenplaceholders",
  };
  const VALUE = "[data-zen-value]";

  const read = ({ dataset }) => {
    const event = EVENTS[dataset.zenName];
    if (!event) return;
    window[dataset.zenName] = JSON.parse(dataset.zenValue);
    dispatchEvent(new Event(event));
  };
  const readAll = (node) => {
    if (!(node instanceof Element)) return;
    if (node.matches(VALUE)) read(node);
    for (const element of node.querySelectorAll(VALUE)) read(element);
  };

  // Streamlit draws an element anew when its text changes.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) readAll(node);
  }).observe(document.body, { childList: true, subtree: true });
  readAll(document.body);
})();
