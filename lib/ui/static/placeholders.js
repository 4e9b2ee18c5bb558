// Placeholders of the builder's texts: after "{{" a list of those that fit, with what each means and what it is for the
// customer of the preview (window.zenPlaceholders, lib/ui/builder/placeholders.py). Loaded once per tab.
(() => {
  if (window.zenPlaceholderList) return;

  const FIELDS = ".st-key-builder_editor :is(textarea, input[type=text])";
  const BEGUN = /\{\{\s*([\w.]*)$/;
  const MOST = 8;

  const list = document.createElement("div");
  window.zenPlaceholderList = list;
  list.className = "zen-placeholders";
  list.id = "zen-placeholders";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Placeholders");
  list.hidden = true;
  const live = document.createElement("p");
  live.className = "zen-outline-live";
  live.setAttribute("role", "status");
  document.body.append(list, live);

  let field = null;
  let chosen = 0;

  const findBegun = () => field?.value.slice(0, field.selectionStart).match(BEGUN) ?? null;

  const close = () => {
    list.hidden = true;
    field?.removeAttribute("aria-activedescendant");
    field?.removeAttribute("aria-controls");
    field = null;
  };

  const addText = (parent, className, text) => {
    const part = document.createElement("span");
    part.className = className;
    part.textContent = text;
    parent.append(part);
  };

  const drawOption = ([name, meaning, value], place) => {
    const option = document.createElement("div");
    option.id = `zen-placeholder-${place}`;
    option.dataset.name = name;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(place === chosen));
    addText(option, "zen-placeholder-name", name);
    addText(option, "zen-placeholder-meaning", value ? `${meaning}: ${value}` : meaning);
    return option;
  };

  const open = (target) => {
    field = target;
    const begun = findBegun();
    const words = begun?.[1].toLowerCase() ?? "";
    const found = (window.zenPlaceholders ?? []).filter(
      ([name, meaning]) => name.includes(words) || meaning.toLowerCase().includes(words),
    );
    found.sort((one, other) => Number(other[0].startsWith(words)) - Number(one[0].startsWith(words)));
    if (!begun || !found.length) return close();
    const shown = found.slice(0, MOST);
    chosen = Math.min(chosen, shown.length - 1);
    list.replaceChildren(...shown.map(drawOption));
    list.hidden = false;
    const { left, bottom, width } = field.getBoundingClientRect();
    list.style.left = `${left}px`;
    list.style.top = `${Math.min(bottom + 4, innerHeight - list.offsetHeight - 8)}px`;
    list.style.width = `${Math.max(width, 280)}px`;
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-activedescendant", `zen-placeholder-${chosen}`);
    live.textContent = `${shown[chosen][0]}, ${shown[chosen][1]}, ${chosen + 1} of ${shown.length}`;
  };

  const insert = (name) => {
    const target = field;
    const begun = findBegun();
    const start = target.selectionStart - begun[0].length;
    const rest = target.value.slice(target.selectionStart).replace(/^\s*\}\}/, "");
    const before = `${target.value.slice(0, start)}{{ ${name} }}`;
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(target), "value").set.call(target, before + rest);
    target.setSelectionRange(before.length, before.length);
    close();
    target.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const STEPS = { ArrowDown: 1, ArrowUp: -1 };
  addEventListener(
    "keydown",
    (event) => {
      if (list.hidden || event.target !== field || event.ctrlKey || event.metaKey) return;
      if (STEPS[event.key]) {
        chosen = (chosen + STEPS[event.key] + list.children.length) % list.children.length;
        open(field);
      } else if (event.key === "Enter" || event.key === "Tab") insert(list.children[chosen].dataset.name);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  addEventListener("input", ({ target }) => {
    if (!target.matches?.(FIELDS)) return;
    chosen = 0;
    open(target);
  });
  addEventListener("focusout", ({ target }) => target === field && close());
  addEventListener("scroll", () => field && close(), { capture: true });
  // Before the field loses the focus.
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) insert(option.dataset.name);
  });
})();
