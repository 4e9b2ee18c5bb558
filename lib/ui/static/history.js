// Keep one entry of the browser's history for each page that is opened. Loaded once per tab.
//
// `st.switch_page` first adds an entry with the address of the page being left and the query of the one to come, then
// an entry for that one. Back would lead to the first, which is nobody's page: the second takes its place.
(() => {
  if (window.zenHistory) return;
  window.zenHistory = true;

  const pushState = history.pushState.bind(history);
  let added = null; // the address that differs from the one before it in its query alone
  history.pushState = (state, title, url) => {
    const to = new URL(url ?? location.href, location.href);
    const isSwitch = added === location.href && to.pathname !== location.pathname && to.search === location.search;
    added = to.pathname === location.pathname && to.search !== location.search ? to.href : null;
    if (isSwitch) history.replaceState(state, title, url);
    else pushState(state, title, url);
  };
  // Whatever the person does next is another page: only what one click adds belongs together.
  for (const event of ["popstate", "click", "keydown"])
    addEventListener(
      event,
      () => {
        added = null;
      },
      { capture: true },
    );
})();
