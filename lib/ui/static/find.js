// The command bar: asks for each pause in typing, one question at a time, and lists the answer. All text is set as text.
// While it is open it looks again and again whether what stands in its field is listed or asked, so that nothing that
// gets lost (a key's event, a question, an answer) leaves it silent. Links open by page_links.js, in this tab's session.
// Loaded once per tab.
(() => {
  if (window.zenFind) return;

  const PAUSE_MS = 40;
  const AGAIN_MS = 750;
  const LOOK_MS = 250;
  const WAIT_MS = 8_000; // then the reader is told, another question may be asked, and this one is sent now and then
  const LATER_MS = 3_000;
  const NO_ANSWER = "No answer yet. Check the connection, or reload the page.";
  const PLACEHOLDER = "Customer, contact, run, note, page…";

  let number = Date.now(); // of what was sent last: greater than those of an earlier load of this tab
  let asked = null; // the query on its way
  let firstNumber; // of its questions: each time it is sent it has another number
  let shown = null; // the query that is listed
  let opensFirst = false; // Enter was pressed before its list was there
  let asksAll = false; // the reader asked for more than the first of each kind
  let pauseTimer, lookTimer, askedAt, sentAt;

  const create = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };

  const input = create("input", {
    type: "text",
    role: "combobox",
    placeholder: PLACEHOLDER,
    maxlength: 20_000,
    "aria-label": "Find",
    "aria-expanded": "true",
    "aria-controls": "zen-find-list",
    "aria-autocomplete": "list",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    dir: "auto",
  });
  const note = create("p", { class: "zen-find-note", role: "status" });
  const list = create("div", { id: "zen-find-list", role: "listbox", "aria-label": "Results" });
  const keys = create("p", { class: "zen-find-keys" }, "↑ ↓ choose · Enter opens · Esc closes");
  const bar = create("dialog", { class: "zen-find", "aria-label": "Find" }, input, note, list, keys);

  const getOptions = () => [...list.querySelectorAll("[role=option]")];
  const getChosen = () => list.querySelector("[aria-selected=true]");

  const choose = (option) => {
    getChosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };

  const move = (step) => {
    const options = getOptions();
    if (options.length) choose(options[(options.indexOf(getChosen()) + step + options.length) % options.length]);
  };

  const open = (option) => {
    if (!option.matches(".zen-find-more")) bar.close();
    option.click();
  };

  const createOption = ({ label, context, full, href }, place) => {
    const texts = [create("span", { class: "zen-find-label", dir: "auto" }, label)];
    if (context) texts.push(create("span", { class: "zen-find-context", dir: "auto" }, context));
    const attributes = { id: `zen-find-${place}`, class: "zen-link", role: "option", tabindex: -1, title: full, href };
    const option = create("a", { ...attributes, "aria-selected": "false" }, ...texts);
    option.addEventListener("pointermove", () => getChosen() !== option && choose(option));
    option.addEventListener("click", () => bar.close());
    return option;
  };

  const createMoreOption = (label) => {
    const attributes = { id: "zen-find-more", class: "zen-find-more", role: "option", tabindex: -1 };
    const option = create("div", { ...attributes, "aria-selected": "false" }, label);
    option.addEventListener("pointermove", () => getChosen() !== option && choose(option));
    option.addEventListener("click", () => {
      asksAll = true;
      shown = null;
      input.focus();
      ask();
    });
    return option;
  };

  const draw = (answer) => {
    note.textContent = answer.note;
    note.hidden = !answer.note;
    const groups = new Map();
    for (const [place, result] of answer.results.entries()) {
      if (!groups.has(result.group)) {
        const title = create("h3", { role: "presentation" }, result.group);
        groups.set(result.group, create("div", { role: "group", "aria-label": result.group }, title));
      }
      groups.get(result.group).append(createOption(result, place));
    }
    list.replaceChildren(...groups.values(), ...(answer.more ? [createMoreOption(answer.more)] : []));
    choose(getOptions()[0]);
    list.scrollTop = 0;
  };

  const ask = () => {
    clearTimeout(pauseTimer);
    const isWaitedFor = asked !== null && Date.now() - askedAt < WAIT_MS;
    if (!bar.open || isWaitedFor || input.value === (asked ?? shown)) return;
    asked = input.value;
    askedAt = Date.now();
    firstNumber = number + 1;
    send();
  };

  const send = () => {
    sentAt = Date.now();
    number += 1;
    window.zenFindElement?.ask(asked, number, asksAll);
  };

  // A question that is sent while another page opens is lost with the page it was sent from.
  const look = () => {
    if (asked === null) {
      ask();
      return;
    }
    const isIdle = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "notRunning";
    const isLate = Date.now() - askedAt >= WAIT_MS;
    if (isLate) {
      note.textContent = NO_ANSWER;
      note.hidden = false;
      ask(); // what was typed since
    }
    if (isLate ? Date.now() - sentAt > LATER_MS : isIdle && Date.now() - sentAt > AGAIN_MS) send();
  };

  const takeElement = () => {
    const { field } = window.zenFindElement;
    if (field) field.onclick = showFromMenu;
  };

  const takeAnswer = () => {
    const answer = window.zenFindAnswer;
    if (asked === null || !answer || answer.number < firstNumber || answer.number > number) return;
    shown = asked;
    asked = null;
    draw(answer);
    if (input.value !== shown) ask();
    else if (opensFirst && getChosen()) open(getChosen());
    opensFirst = opensFirst && input.value !== shown;
  };

  const show = () => {
    if (bar.open || document.querySelector("[role=dialog]")) return;
    if (!bar.isConnected) document.body.append(bar);
    clearInterval(lookTimer);
    shown = null;
    asked = null;
    opensFirst = false;
    asksAll = false;
    input.value = "";
    draw({ results: [], note: "" });
    bar.showModal();
    input.focus();
    ask();
    lookTimer = setInterval(look, LOOK_MS);
  };

  // On a phone the menu covers the page that will be opened.
  const showFromMenu = () => {
    if (matchMedia("(max-width: 768px)").matches)
      document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
    show();
  };

  input.addEventListener("input", () => {
    opensFirst = false;
    asksAll = false;
    clearTimeout(pauseTimer);
    pauseTimer = setTimeout(ask, PAUSE_MS);
  });
  bar.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) move(step);
    else if (event.key === "Enter") {
      if (input.value === shown && getChosen()) open(getChosen());
      else {
        opensFirst = true;
        ask();
      }
    } else if (event.key === "Tab") move(event.shiftKey ? -1 : 1);
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") bar.close();
    else return;
    event.preventDefault();
  });
  // A click beside the bar: it is on the dialog itself, whose content fills it.
  bar.addEventListener("click", (event) => event.target === bar && bar.close());
  // The event comes a moment after the bar closed, perhaps after it was opened again.
  bar.addEventListener("close", () => {
    if (bar.open) return;
    clearTimeout(pauseTimer);
    clearInterval(lookTimer);
    asked = null;
  });

  addEventListener("zenfindelement", takeElement);
  addEventListener("zenfind", takeAnswer);
  window.zenFind = { show };
  if (window.zenFindElement) takeElement();
})();
