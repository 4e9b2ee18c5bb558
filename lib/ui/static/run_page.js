// The run page: scroll to a part of it, and keep text that has not reached the server. Loaded once per tab.
//
// The page sets `window.zenScroll` to the key of a Streamlit container, or null for the top, and dispatches "zenscroll".
(() => {
  if (window.zenRunPage) return;
  window.zenRunPage = true;

  // Streamlit keeps the scroll position when it draws a page again: right while one types, wrong after "Next".
  const scroll = () => {
    const key = window.zenScroll;
    if (key === undefined) return;
    if (key === null) {
      document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
      showCurrentStep();
    } else {
      show(key);
    }
  };

  // What is shown may be drawn after this script has run, and is focused so that it is also heard.
  const show = (key, triesLeft = 20) => {
    const target = document.querySelector(`.st-key-${key}`);
    if (!target && triesLeft > 0) {
      setTimeout(() => show(key, triesLeft - 1), 100);
      return;
    }
    target?.scrollIntoView({ block: "center" });
    if (key !== "run_ending") return;
    target?.setAttribute("tabindex", "-1");
    target?.focus({ preventScroll: true });
  };

  // Sideways only: whoever has begun to read or to click must not be moved up again. It goes on until the row has come
  // to rest, for on a slow line it is drawn late and more than once; whoever touches the page stops it.
  const showCurrentStep = () => {
    const timer = setInterval(() => {
      const step = document.querySelector(".st-key-run-steps [aria-checked=true]");
      const row = step?.closest("[role=radiogroup]");
      if (!row) return;
      const [inner, outer] = [step.getBoundingClientRect(), row.getBoundingClientRect()];
      const isHidden = inner.left < outer.left || inner.right > outer.right;
      if (isHidden) row.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
    }, 200);
    const stop = () => clearInterval(timer);
    setTimeout(stop, 8000);
    for (const touch of ["pointerdown", "wheel", "keydown"])
      addEventListener(touch, stop, { once: true, capture: true });
  };

  // Streamlit sends a text field's value on blur, and closing a tab does not blur. On `beforeunload` we blur the field
  // and ask the browser to confirm. What the server misses all the same is in sessionStorage, and goes into the same
  // field of the next page, unless that holds something else than before. Signing out clears sessionStorage.
  const FIELDS = ".st-key-slide_form :is(textarea, input)";
  const STORED = "zen-words";
  let before = null;
  const field = () => document.activeElement?.closest(FIELDS);
  const isChanged = () => before !== null && field() && field().value !== before;

  const keepUnsent = (event) => {
    sessionStorage.removeItem(STORED);
    if (!isChanged()) return;
    const { ariaLabel, value } = field();
    sessionStorage.setItem(STORED, JSON.stringify({ page: location.href, ariaLabel, before, value }));
    field().blur();
    event.preventDefault();
  };

  const type = (element, value) => {
    element.focus();
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, value);
    element.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => element.blur());
  };

  const restoreUnsent = () => {
    const stored = JSON.parse(sessionStorage.getItem(STORED));
    sessionStorage.removeItem(STORED);
    if (stored?.page !== location.href) return;
    const timer = setInterval(() => {
      const element = [...document.querySelectorAll(FIELDS)].find((each) => each.ariaLabel === stored.ariaLabel);
      if (element?.value !== stored.before || field()) return;
      clearInterval(timer);
      type(element, stored.value);
    }, 100);
    setTimeout(() => clearInterval(timer), 20000);
  };

  addEventListener("focusin", () => {
    before = field()?.value ?? null;
  });
  addEventListener("keydown", (event) => {
    const isSent = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (isSent)
      setTimeout(() => {
        before = field()?.value ?? null;
      });
  });
  addEventListener("visibilitychange", () => {
    if (document.hidden && isChanged()) field().blur();
  });
  addEventListener("beforeunload", keepUnsent);
  addEventListener("zenscroll", scroll);
  restoreUnsent();
  scroll();
})();
