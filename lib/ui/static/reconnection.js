// After a lost connection Streamlit sends nothing by itself, nor a value it has tried to send before. A new process knows
// nothing of what the tab shows: it would lose the first click, for no button is drawn there yet. So the hidden field
// that the router draws (browser_scripts.py) sends another value, and with it go the values of all widgets. A click before
// the page has been drawn for that value waits. Loaded once per tab.
(() => {
  if (window.zenReconnection) return;
  window.zenReconnection = true;

  const FIELD = ".st-key-page_identity input";
  const WAIT_MS = 20_000; // a click is forgotten then

  let wasCutOff = false;
  let sent = null; // the value that the page has not been drawn for yet

  const setValue = (element, value) => {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, value);
    element.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const isDrawn = () => {
    const app = document.querySelector("[data-testid=stApp]");
    return window.zenPage?.connection === sent && app?.dataset.testScriptState === "notRunning";
  };

  const watch = () => {
    const field = document.querySelector(FIELD);
    if (field?.disabled) {
      wasCutOff = true; // Streamlit disables its fields while there is no connection
      sent = null;
    } else if (field && wasCutOff) {
      wasCutOff = false;
      sent = String(Date.now());
      setValue(field, sent);
      setTimeout(() => field.dispatchEvent(new FocusEvent("focusout", { bubbles: true })), 50);
    } else if (sent !== null && (!field || isDrawn())) {
      sent = null;
    }
  };

  const isKnown = () => {
    watch();
    return sent === null && !wasCutOff;
  };

  const isEarly = (event) => event.isTrusted && event.target.closest?.("[data-testid=stApp]") && !isKnown();

  // Some controls act when the pointer is released, and ignore the click after it: they see nothing of an early press.
  let isPressEarly = false;
  for (const kind of ["pointerdown", "pointerup", "mousedown", "mouseup"]) {
    addEventListener(
      kind,
      (event) => {
        if (kind === "pointerdown") isPressEarly = isEarly(event);
        if (isPressEarly) event.stopImmediatePropagation();
      },
      { capture: true },
    );
  }

  addEventListener(
    "click",
    (event) => {
      const wasPressEarly = isPressEarly;
      isPressEarly = false;
      if (!event.isTrusted || !(wasPressEarly || isEarly(event))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const target = event.target;
      const waitUntil = Date.now() + WAIT_MS;
      const timer = setInterval(() => {
        if (!isKnown() && Date.now() < waitUntil) return;
        clearInterval(timer);
        if (isKnown() && target.isConnected) target.click();
      }, 50);
    },
    { capture: true },
  );
  setInterval(watch, 100);
})();
