// The outline of the builder (lib/ui/builder/slide_outline.py): the slide library, and the sequence that is put in order by
// mouse, touch or arrow keys. What is done shows at once; `window.zenOutline` from the server (page_values.js) then draws it
// again. All text is set as text.
const DRAG_PX = 6;
const EDGE_PX = 48;
const ONE_COLUMN = "(max-width: 1199px)"; // as in zen.css: the editor stands below the outline
const ROW_BUTTONS = ".zen-outline-choose, .zen-outline-name";
const TYPING = "input, textarea, select, [contenteditable], [role=dialog] *";

const create = (name, attributes, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
const countText = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const createOutline = (root) => {
  const search = root.querySelector("input");
  const entries = root.querySelector(".zen-outline-entries");
  const none = root.querySelector(".zen-outline-none");
  const library = root.querySelector(".zen-outline-library");
  const workflow = root.querySelector(".zen-outline-workflow");
  const list = root.querySelector("ol");
  const live = root.querySelector(".zen-outline-live");
  let data = { workflow: { title: "" }, slides: [], library: [], announcement: ["", 0] };
  let send = () => {};
  let announced = 0;
  let drag = null;
  let isStale = false;
  let toEditor = false; // what was chosen is a screen below
  const opened = new Set(); // entries of the library that say what they do
  let dropped = 0; // when a drag ended: the click that follows it is none
  const gone = new AbortController(); // ends what listens to the window, once the page has left

  const say = (text) => {
    live.textContent = live.textContent === text ? `${text} ` : text;
  };

  // On a phone the library would stand before everything else.
  library.open = innerWidth >= 700;

  // The sequence
  const nameSlide = (slide, place) => `${slide.title}, ${place + 1} of ${data.slides.length}`;
  const drawMark = (count, noun) =>
    count ? [create("span", { class: `zen-outline-${noun}` }, countText(count, noun))] : [];
  const drawMarks = ({ problems, comments }) => [...drawMark(problems, "problem"), ...drawMark(comments, "comment")];

  const drawSlide = (slide, place) => {
    const isChosen = slide.address === data.chosen;
    const choose = create(
      "button",
      { type: "button", class: "zen-outline-choose", "aria-current": isChosen ? "true" : null },
      create("span", { class: "zen-outline-place" }, String(place + 1)),
      create("span", { class: "zen-outline-title", dir: "auto" }, slide.title),
      ...drawMarks(slide),
      ...(slide.condition ? [create("span", { class: "zen-outline-condition", dir: "auto" }, slide.condition)] : []),
      create("span", { class: "zen-outline-note" }, slide.note),
    );
    const grip = create("button", {
      type: "button",
      class: "zen-outline-grip",
      title: "Drag, or press the arrow keys",
      "aria-label": `Move ${nameSlide(slide, place)}`,
    });
    return create("li", { "data-address": slide.address }, ...(data.mayEdit ? [grip] : []), choose);
  };

  const draw = () => {
    const focused = root.contains(document.activeElement) ? document.activeElement : null;
    const focusedClass = focused?.className;
    const focusedAddress = focused?.closest("li")?.dataset.address;
    workflow.replaceChildren(data.workflow.title, ...drawMarks(data.workflow));
    workflow.toggleAttribute("aria-current", data.chosen === "");
    if (data.chosen === "") workflow.setAttribute("aria-current", "true");
    putInOrder(data.slides.map(reuseRow));
    drawLibrary();
    if (focusedAddress !== undefined && document.activeElement !== focused) focusOn(focusedAddress, focusedClass);
  };

  // A row stays while it shows the same, so that a move of one among sixty draws those whose number changes.
  const rows = new Map();
  const reuseRow = (slide, place) => {
    const shown = JSON.stringify([slide, place, data.slides.length, slide.address === data.chosen, data.mayEdit]);
    if (rows.get(slide.address)?.shown !== shown) rows.set(slide.address, { shown, row: drawSlide(slide, place) });
    return rows.get(slide.address).row;
  };
  const putInOrder = (wanted) => {
    const kept = new Set(wanted);
    for (const row of [...list.children]) if (!kept.has(row)) row.remove();
    for (const [place, row] of wanted.entries())
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
  };

  // Streamlit draws the whole page as soon as it is asked: what was done here is painted before.
  const sendOncePainted = (...command) => requestAnimationFrame(() => setTimeout(() => send(...command)));

  const findRow = (address) => [...root.querySelectorAll("li")].find((row) => row.dataset.address === address);
  const focusOn = (address, className) => {
    const row = findRow(address) ?? findRow(data.chosen);
    const button = row?.getElementsByClassName(className)[0] ?? row?.querySelector("button");
    button?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };

  const move = (address, place) => {
    const from = data.slides.findIndex((slide) => slide.address === address);
    const to = Math.max(0, Math.min(place, data.slides.length - 1));
    if (from < 0 || from === to) return;
    const slides = [...data.slides];
    slides.splice(to, 0, ...slides.splice(from, 1));
    data = { ...data, slides };
    draw();
    say(`${slides[to].title} moved to ${to + 1} of ${slides.length}.`);
    sendOncePainted("move", { address, place: to });
  };

  const remove = (address) => {
    const place = data.slides.findIndex((slide) => slide.address === address);
    const next = data.slides[place + 1] ?? data.slides[place - 1];
    if (!data.mayEdit || !next) return;
    focusOn(next.address, "zen-outline-choose");
    send("remove", { address });
  };

  // The library
  const drawEntry = (entry) => {
    const isOpen = opened.has(entry.id);
    const name = create(
      "button",
      { type: "button", class: "zen-outline-name", "aria-expanded": String(isOpen), title: "What it does and needs" },
      create("span", { class: "zen-outline-title" }, entry.title),
    );
    const word = !entry.isUsed ? "+ Add" : entry.mayAdd ? "+ Again" : "✓ Used";
    const add = create(
      "button",
      {
        type: "button",
        class: "zen-outline-add",
        "aria-disabled": entry.mayAdd ? null : "true",
        "aria-label": entry.mayAdd ? `Add ${entry.title}` : `${entry.title} is in the workflow`,
      },
      word,
    );
    const lines = isOpen ? [entry.purpose, entry.needs, entry.asks].filter(Boolean) : [];
    const about = lines.map((line) => create("p", { class: "zen-outline-purpose" }, line));
    return create("li", { "data-entry": entry.id }, name, add, ...about);
  };

  let shownLibrary = "";
  const drawLibrary = () => {
    library.hidden = !data.mayEdit;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = JSON.stringify([words, data.library]);
    if (shown === shownLibrary) return;
    shownLibrary = shown;
    const found = data.library.filter((entry) => {
      const text = [entry.title, entry.purpose, entry.needs, entry.group].join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
    none.hidden = found.length > 0;
    const focused = entries.contains(document.activeElement) ? document.activeElement : null;
    const focusedEntry = focused?.closest("li")?.dataset.entry;
    const focusedClass = focused?.className;
    entries.replaceChildren(
      ...[...new Set(found.map((entry) => entry.group))].flatMap((group) => [
        create("h3", {}, group),
        create("ul", {}, ...found.filter((entry) => entry.group === group).map(drawEntry)),
      ]),
    );
    if (focusedEntry)
      entries.querySelector(`[data-entry="${focusedEntry}"] .${focusedClass}`)?.focus({ preventScroll: true });
  };

  // Dragging, of a slide by its grip (a mouse also by its row) or of an entry of the library into the sequence
  const findDropPlace = (y) => {
    const rows = [...list.children].filter((row) => row.dataset.address !== drag.address);
    const next = rows.findIndex((row) => {
      const { top, height } = row.getBoundingClientRect();
      return y < top + height / 2;
    });
    return { place: next < 0 ? rows.length : next, before: rows[next] ?? null };
  };

  const markDropPlace = (target) => {
    for (const row of list.querySelectorAll(".zen-outline-before")) row.classList.remove("zen-outline-before");
    list.classList.toggle("zen-outline-at-end", target?.before === null);
    target?.before?.classList.add("zen-outline-before");
    drag.marked = target?.before;
  };

  const endDrag = () => {
    if (drag) markDropPlace(null);
    for (const row of list.children) row.classList.remove("zen-outline-dragged");
    document.documentElement.removeAttribute("data-zen-dragging");
    const wasMoving = drag?.isMoving;
    drag = null;
    if (wasMoving) dropped = Date.now();
    if (wasMoving || isStale) setTimeout(draw);
    isStale = false;
  };

  const onPointerDown = (event) => {
    const isTouch = event.pointerType !== "mouse";
    const grip = event.target.closest(".zen-outline-grip");
    const row = event.target.closest("li");
    if (!data.mayEdit || !row || event.button !== 0 || (isTouch && !grip)) return;
    if (row.querySelector("[aria-disabled=true]")) return;
    drag = { pointer: event.pointerId, y: event.clientY, x: event.clientX, isMoving: false, ...row.dataset };
  };

  const onPointerMove = (event) => {
    if (!root.isConnected) gone.abort();
    if (!drag || event.pointerId !== drag.pointer) return;
    if (!drag.isMoving && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < DRAG_PX) return;
    event.preventDefault();
    if (!drag.isMoving) {
      drag.isMoving = true;
      document.documentElement.setAttribute("data-zen-dragging", "");
      if (drag.address) findRow(drag.address)?.classList.add("zen-outline-dragged");
    }
    const box = list.getBoundingClientRect();
    drag.isOver = event.clientX > box.left - EDGE_PX && event.clientX < box.right + EDGE_PX;
    const target = drag.isOver ? findDropPlace(event.clientY) : null;
    if (target?.before !== drag.marked) markDropPlace(target);
    if (!target) return;
    drag.place = target.place;
    const edge = event.clientY < EDGE_PX ? -1 : event.clientY > innerHeight - EDGE_PX ? 1 : 0;
    if (edge) root.closest("[data-testid=stMain]")?.scrollBy(0, edge * 12);
  };

  const onPointerUp = (event) => {
    if (!drag || event.pointerId !== drag.pointer) return;
    const { isMoving, isOver, address, entry, place } = drag;
    endDrag();
    if (!isMoving || !isOver || place === undefined) return;
    if (address) move(address, place);
    else send("add", { address: entry, place });
  };

  root.addEventListener("pointerdown", onPointerDown);
  addEventListener("pointermove", onPointerMove, { passive: false, signal: gone.signal });
  addEventListener("pointerup", onPointerUp, { signal: gone.signal });
  addEventListener("pointercancel", () => drag && endDrag(), { signal: gone.signal });
  root.addEventListener("dragstart", (event) => event.preventDefault());

  root.addEventListener("click", (event) => {
    if (Date.now() - dropped < 300) return;
    const address = event.target.closest("li")?.dataset.address;
    const entry = event.target.closest(".zen-outline-add");
    const name = event.target.closest(".zen-outline-name");
    if (event.target.closest(".zen-outline-workflow")) choose("");
    else if (event.target.closest(".zen-outline-choose")) choose(address);
    else if (name) toggleEntry(name.closest("li").dataset.entry);
    else if (entry && entry.getAttribute("aria-disabled") !== "true") {
      toEditor = true;
      send("add", { address: entry.closest("li").dataset.entry, place: null });
    }
  });

  const toggleEntry = (id) => {
    if (!opened.delete(id)) opened.add(id);
    drawLibrary();
  };

  const choose = (address) => {
    data = { ...data, chosen: address };
    toEditor = true;
    draw();
    sendOncePainted("choose", { address });
  };

  const KEY_STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -1_000, End: 1_000 };
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) return endDrag();
    if (event.target === search) {
      if (event.key === "ArrowDown") entries.querySelector("button")?.focus();
      return;
    }
    const row = event.target.closest("li");
    const step = KEY_STEPS[event.key];
    if (row && step) {
      event.preventDefault();
      event.stopPropagation();
      const { address } = row.dataset;
      const place = data.slides.findIndex((slide) => slide.address === address);
      const isMove = data.mayEdit && address && (event.altKey || event.target.matches(".zen-outline-grip"));
      if (isMove) return move(address, place + step);
      const buttons = [...row.closest("ol, .zen-outline-entries").querySelectorAll(ROW_BUTTONS)];
      const here = buttons.indexOf(row.querySelector(ROW_BUTTONS));
      buttons[Math.max(0, Math.min(here + step, buttons.length - 1))]?.focus();
    } else if (row?.dataset.address && event.key === "Delete") {
      event.preventDefault();
      remove(row.dataset.address);
    }
  });

  search.addEventListener("input", drawLibrary);

  // Undo and redo, outside of text fields, which have their own.
  const onUndoKey = (event) => {
    const isUndoKey = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z";
    if (!isUndoKey || !root.isConnected || event.target.closest?.(TYPING)) return;
    event.preventDefault();
    send(event.shiftKey ? "redo" : "undo", {});
  };
  addEventListener("keydown", onUndoKey, { signal: gone.signal });

  // Drawn anew only if something changed, and not while a button is down: that would take the click away.
  const update = () => {
    const before = JSON.stringify([data.mayEdit, data.chosen, data.workflow, data.slides, data.library]);
    data = window.zenOutline;
    const now = JSON.stringify([data.mayEdit, data.chosen, data.workflow, data.slides, data.library]);
    if (before !== now && drag) isStale = true;
    else if (before !== now) draw();
    const [text, number] = data.announcement;
    if (text && number !== announced) say(text);
    announced = number;
    if (toEditor && matchMedia(ONE_COLUMN).matches)
      document.querySelector(".st-key-builder_editor")?.scrollIntoView({ block: "start" });
    toEditor = false;
  };
  addEventListener("zenoutline", update, { signal: gone.signal });
  if (window.zenOutline) update();

  return (sendCommand) => {
    send = sendCommand;
  };
};

let commandNumber = Date.now();

export default function drawOutline({ parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".zen-outline");
  root.zenConnect ??= createOutline(root);
  root.zenConnect((name, rest) => {
    commandNumber += 1;
    setTriggerValue("command", { name, ...rest, number: commandNumber });
  });
}
