// Answers of every kind (numbers, choices, rows) that the database has not confirmed, kept in this tab (sessionStorage):
// when the session has ended and the same person signs in again, they go back into the form. Loaded once per tab.
//
// The slide says in `window.zenForm` which answers could not be saved, the gate in `window.zenLostAnswers` which ones
// were not; `form` is what the hidden field of the page takes (browser_form.py). The server decides what becomes of
// them: it saves them, or shows both versions where the database holds another one.
(() => {
  if (window.zenUnsavedAnswers) return;
  window.zenUnsavedAnswers = true;

  const STORED = "zen-unsaved-answers";
  const FIELD = ".st-key-run_browser_form input";

  const answers = new Map(JSON.parse(sessionStorage.getItem(STORED) ?? "[]"));
  const known = new Set(); // the places whose answers the page has
  let returned = null; // the version of the form that the answers were put into
  let waitUntil = 0; // until then the page may take them

  const getForm = () => (document.querySelector(".st-key-run_slide") ? window.zenForm : undefined);
  const store = () => {
    if (answers.size) sessionStorage.setItem(STORED, JSON.stringify([...answers]));
    else sessionStorage.removeItem(STORED);
  };

  const confirm = () => {
    const { person } = window.zenPage ?? {};
    const form = getForm();
    for (const [place, kept] of answers) if (person && kept.person !== person) answers.delete(place);
    if (form?.unsaved) {
      answers.set(form.place, { person, form: form.unsaved });
      known.add(form.place);
    } else if (known.has(form?.place) && form.version !== returned) {
      answers.delete(form.place);
      known.delete(form.place);
    }
    for (const { place, form: lost } of window.zenLostAnswers ?? []) {
      answers.set(place, { person, form: lost });
      known.delete(place);
    }
    window.zenLostAnswers = [];
    store();
  };

  const giveBack = () => {
    const form = getForm();
    const kept = answers.get(form?.place);
    const field = document.querySelector(FIELD);
    if (!kept || known.has(form.place) || !field || field.disabled) return;
    known.add(form.place);
    returned = form.version;
    waitUntil = Date.now() + 10_000;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, kept.form);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => field.dispatchEvent(new FocusEvent("focusout", { bubbles: true })), 50);
  };

  // Texts are put back by `unsaved_text.js`, after these.
  window.zenAreAnswersReturning = () => {
    const form = getForm();
    const isTaken = known.has(form?.place) && (form.version !== returned || Date.now() > waitUntil);
    return answers.has(form?.place) && !isTaken;
  };

  addEventListener("zenpage", confirm);
  setInterval(giveBack, 100);
  confirm();
})();
