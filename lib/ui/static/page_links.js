// Open links between pages of Zen in this tab's session. Loaded once per tab.
//
// A link in HTML would load the whole application again. Streamlit opens the page of the address on `popstate`, so the
// address is put into the history and that event is sent. A click with a key or another button is the browser's.
(() => {
  if (window.zenPageLinks) return;
  window.zenPageLinks = true;

  addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("a.zen-link");
    if (!link || event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    history.pushState(null, "", link.href);
    dispatchEvent(new PopStateEvent("popstate"));
    document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  });
})();
