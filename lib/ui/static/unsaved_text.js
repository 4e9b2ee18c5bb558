// Text that was typed and that the server has not confirmed, kept in this tab (sessionStorage): it goes back into its
// field when that is empty or as it was before, and is offered where the field holds something else. Loaded once per tab.
//
// The pages say in `window.zenPage` who is signed in and what is on screen, the slide in `window.zenForm` which texts
// the database has and whether answers could not be saved; "zenpage" is dispatched with both (page_values.js).
// Streamlit sends a text on blur, and neither closing a tab nor a lost connection blurs; a new process knows nothing of
// what this tab shows.
(() => {
  if (window.zenUnsavedText) return;
  window.zenUnsavedText = true;

  const STORED = "zen-unsaved-text";
  const SLIDE = ".st-key-slide_form";
  const FIELDS = `${SLIDE} :is(textarea, input), [role=dialog] :is(textarea, input), [class*=st-key-admin] input, textarea`;
  const LEAVE = "Some answers on this slide are not saved yet. Leave the page anyway? This tab keeps the text.";

  const sameText = (one, other) => one?.replaceAll("\r\n", "\n") === other?.replaceAll("\r\n", "\n");
  const isField = (element) =>
    element?.matches?.(FIELDS) &&
    element.role !== "combobox" &&
    element.type !== "checkbox" &&
    !element.closest(".st-key-builder"); // builder_page.js sends these while one types
  const isOnSlide = (element) => Boolean(element.closest(SLIDE));
  const getForm = () => (document.querySelector(".st-key-run_slide") ? window.zenForm : undefined);
  const isSignedOut = () => Boolean(document.querySelector(".gate-link"));

  // What a field is called: the slide or page, the dialog, and its label. The same in the next session and process.
  const nameField = (element) => {
    const dialog = element.closest("[role=dialog]");
    const title = dialog?.querySelector("h1, h2, h3, header")?.textContent ?? "";
    const place = getForm()?.place ?? window.zenPage?.place ?? "";
    return [place, dialog ? `dialog ${title}` : isOnSlide(element) ? "slide" : "page", element.ariaLabel ?? ""].join(
      "\n",
    );
  };

  const texts = new Map(JSON.parse(sessionStorage.getItem(STORED) ?? "[]"));
  const store = () => {
    if (texts.size) sessionStorage.setItem(STORED, JSON.stringify([...texts]));
    else sessionStorage.removeItem(STORED);
    const isSlideUnsaved = [...texts.keys()].some((name) => name.startsWith(`${getForm()?.place}\nslide\n`));
    document.documentElement.toggleAttribute("data-zen-unsaved", isSlideUnsaved);
  };
  const findFields = () => [...document.querySelectorAll(FIELDS)].filter(isField);
  const findField = (name) => findFields().find((element) => nameField(element) === name);

  // The value a field had when it was entered. Of the slide's texts the server says what is saved; other fields of the
  // slide, such as numbers, reach it on blur.
  let entered = null;
  const isChangedField = () => isField(document.activeElement) && document.activeElement.value !== entered;

  const keep = (element) => {
    const name = nameField(element);
    const saved = isOnSlide(element) ? getForm()?.saved?.[element.ariaLabel] : (texts.get(name)?.before ?? entered);
    if (saved === undefined || saved === null) return;
    const before = texts.get(name)?.before ?? saved;
    texts.set(name, { person: window.zenPage?.person, label: element.ariaLabel, before, text: element.value });
    if (sameText(element.value, saved)) texts.delete(name);
    store();
  };

  const confirm = () => {
    const { person } = window.zenPage ?? {};
    const { place, saved } = getForm() ?? {};
    for (const [name, kept] of texts) {
      if (person && kept.person !== person)
        texts.delete(name); // nobody finds what another person typed
      else if (name === `${place}\nslide\n${kept.label}` && sameText(saved?.[kept.label], kept.text))
        texts.delete(name);
    }
    store();
  };

  const setValue = (element, value) => {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value").set.call(element, value);
    element.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const type = (element, value) => {
    element.focus();
    setValue(element, value);
    setTimeout(() => element.blur());
  };

  // The database holds another text than the one that was typed on. The field may not show it yet: Streamlit draws a
  // field empty before it has its value.
  const isSavedElsewhere = (element, kept) => {
    const saved = isOnSlide(element) ? getForm()?.saved?.[element.ariaLabel] : undefined;
    return Boolean(saved) && !sameText(saved, kept.before) && !sameText(saved, kept.text);
  };

  // Nobody is interrupted: a field is filled only while no field is being typed in.
  const putBack = () => {
    if (!texts.size || !window.zenPage || isSignedOut() || isField(document.activeElement)) return;
    if (window.zenAreAnswersReturning?.()) return;
    for (const [name, kept] of texts) {
      const element = findField(name);
      if (kept.isSent && !element?.value) {
        texts.delete(name);
        store();
      }
      if (!element || kept.isSent) continue;
      if (element.disabled) {
        kept.wasCutOff = true; // Streamlit disables its fields while there is no connection
      } else if (sameText(element.value, kept.text)) {
        if (kept.wasCutOff) {
          kept.wasCutOff = false;
          element.focus();
          element.blur();
        }
      } else if ((element.value === "" || sameText(element.value, kept.before)) && !isSavedElsewhere(element, kept)) {
        type(element, kept.text);
        return;
      } else {
        offer(name, kept);
      }
    }
  };

  const offer = (name, kept) => {
    if (document.querySelector(".zen-unsaved-offer")) return;
    const bar = Object.assign(document.createElement("div"), { className: "zen-unsaved-offer", role: "status" });
    const addButton = (label, act) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.addEventListener("click", () => {
        bar.remove();
        act();
      });
      bar.append(button);
    };
    const question = (kept.label ?? "").replace(/\\(.)/g, "$1");
    const excerpt = kept.text.length > 160 ? `${kept.text.slice(0, 160)}…` : kept.text;
    const text = document.createElement("p");
    text.textContent = `You typed this under “${question}”, and it was not saved: “${excerpt}”`;
    bar.append(text);
    addButton("Put it back", () => {
      const element = findField(name);
      if (element) type(element, kept.text);
    });
    addButton("Discard it", () => {
      texts.delete(name);
      store();
    });
    document.body.append(bar);
  };

  const isUnsaved = () => {
    if (isSignedOut()) return false;
    const isRefused = Boolean(getForm()?.unsaved);
    return (
      isRefused || [...texts].some(([name, kept]) => !kept.isSent && (name.includes("\nslide\n") || findField(name)))
    );
  };

  // A text is sent when its dialog or form is: by a button beside it, or Enter in the chat.
  const markSent = (button) => {
    const scope = button.closest("[role=dialog], [data-testid=stChatInput], [class*=st-key-admin]");
    const around = scope ?? button.closest("[data-testid=stVerticalBlock]");
    if (button.closest("[class*=take_theirs]"))
      for (const name of texts.keys()) if (name.startsWith(`${getForm()?.place}\nslide\n`)) texts.delete(name);
    for (const element of findFields()) {
      const kept = texts.get(nameField(element));
      if (kept && around?.contains(element) && !isOnSlide(element)) kept.isSent = true;
    }
    store();
  };

  // A link inside the app shows another page without leaving this one. What was just typed is on its way: wait for it.
  let isLeaving = false;
  const guardLink = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || isLeaving || link.target === "_blank" || event.ctrlKey || event.metaKey || !isUnsaved()) return;
    if (![...texts.keys()].some((name) => name.includes("\nslide\n")) && !getForm()?.unsaved) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const leave = () => {
      isLeaving = true;
      link.click();
      isLeaving = false;
    };
    const waitUntil = Date.now() + (getForm()?.unsaved ? 0 : 3000);
    const timer = setInterval(() => {
      if (isUnsaved() && Date.now() < waitUntil) return;
      clearInterval(timer);
      if (!isUnsaved() || window.confirm(LEAVE)) leave();
    }, 50);
  };

  addEventListener("focusin", () => {
    entered = isField(document.activeElement) ? document.activeElement.value : null;
  });
  addEventListener("input", (event) => isField(event.target) && keep(event.target), { capture: true });
  addEventListener(
    "keydown",
    (event) => {
      const chat = event.target.closest?.("[data-testid=stChatInput]");
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && chat) markSent(event.target);
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) entered = event.target.value;
    },
    { capture: true },
  );
  addEventListener(
    "click",
    (event) => {
      const button = event.target.closest?.("button");
      if (button && !button.closest(".zen-unsaved-offer")) markSent(button);
      guardLink(event);
    },
    { capture: true },
  );
  addEventListener("visibilitychange", () => {
    if (document.hidden && isChangedField()) document.activeElement.blur();
  });
  addEventListener("beforeunload", (event) => {
    if (isSignedOut() || !(isUnsaved() || isChangedField())) return;
    if (isField(document.activeElement)) document.activeElement.blur();
    event.preventDefault();
  });
  addEventListener("zenpage", confirm);
  setInterval(putBack, 300);
  confirm();
})();
