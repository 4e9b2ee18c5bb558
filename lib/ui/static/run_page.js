// The run page: scroll to a part of it. Loaded once per tab.
//
// The page sets `window.zenScroll` (page_values.js) to the key of a Streamlit container, or null for the top.
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

  addEventListener("zenscroll", scroll);
  scroll();
})();
