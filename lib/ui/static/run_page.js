// The run page: scroll to a part of it, and leave the keyboard at the first field of a new slide. Loaded once per tab.
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
      holdFocus();
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
    if (!["run_ending", "run_asked", "run_book"].includes(key)) return;
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

  // The form that has the focus may be drawn once more, which leaves the keyboard at the top of the page.
  const holdFocus = () => {
    focusFirstField();
    const timer = setInterval(() => {
      if (document.activeElement === document.body) focusFirstField(0);
    }, 100);
    const stop = () => clearInterval(timer);
    setTimeout(stop, 4000);
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, stop, { once: true, capture: true });
  };

  // Where the field is not in sight, what is typed must not go there unseen, and no text is put back into a field that
  // has the focus (unsaved_text.js): then the next Tab leads to it. Whoever is in the chat or among the slides stays
  // there, and on a touch screen no keyboard covers what there is to read.
  const focusFirstField = (triesLeft = 20) => {
    const active = document.activeElement;
    if (matchMedia("(pointer: coarse)").matches) return;
    if (active !== document.body && !active?.closest(".st-key-run_footer, .st-key-slide_form")) return;
    const form = document.querySelector(".st-key-slide_form");
    const field = form?.querySelector("input:not([disabled]), textarea:not([disabled]), canvas");
    if (!field) {
      if (triesLeft > 0) setTimeout(() => focusFirstField(triesLeft - 1), 100);
      return;
    }
    const footer = document.querySelector(".st-key-run_footer");
    const isInSight = field.getBoundingClientRect().bottom < (footer?.getBoundingClientRect().top ?? innerHeight);
    const isAwaited = sessionStorage.getItem("zen-unsaved-text") !== null;
    if (isInSight && !isAwaited && field.tagName !== "CANVAS") {
      field.focus({ preventScroll: true });
    } else {
      form.setAttribute("tabindex", "-1");
      form.focus({ preventScroll: true });
    }
  };

  addEventListener("zenscroll", scroll);
  scroll();
})();
