// The edge between the slide and the chat: drag it, or move it with the arrow keys. The width is kept in this browser,
// for every run. Loaded once per tab.
(() => {
  if (window.zenChatWidth) return;
  window.zenChatWidth = true;

  const STORED = "zen.chat-width";
  const [LEAST, MOST, STEP] = [272, 900, 32];

  const setWidth = (pixels) => {
    const width = Math.round(Math.min(MOST, Math.max(LEAST, pixels)));
    document.documentElement.style.setProperty("--zen-chat-width", `${width}px`);
    for (const divider of document.querySelectorAll(".zen-divider")) divider.setAttribute("aria-valuenow", width);
    return width;
  };

  // A browser that keeps nothing still moves the edge.
  const store = (width) => {
    try {
      localStorage.setItem(STORED, width);
    } catch {}
  };
  const read = () => {
    try {
      return Number(localStorage.getItem(STORED));
    } catch {
      return 0;
    }
  };

  const createDivider = (chat) => {
    const divider = document.createElement("div");
    divider.className = "zen-divider";
    divider.tabIndex = 0;
    const attributes = {
      role: "separator",
      "aria-orientation": "vertical",
      "aria-label": "Width of the chat",
      "aria-valuemin": LEAST,
      "aria-valuemax": MOST,
      "aria-valuenow": Math.round(chat.getBoundingClientRect().width),
    };
    for (const [name, value] of Object.entries(attributes)) divider.setAttribute(name, value);
    divider.addEventListener("pointerdown", (event) => {
      divider.setPointerCapture(event.pointerId);
      divider.dataset.moving = "";
      event.preventDefault();
    });
    divider.addEventListener("pointermove", (event) => {
      if (divider.hasPointerCapture(event.pointerId)) setWidth(chat.getBoundingClientRect().right - event.clientX);
    });
    divider.addEventListener("lostpointercapture", () => {
      delete divider.dataset.moving;
      store(chat.getBoundingClientRect().width);
    });
    divider.addEventListener("keydown", (event) => {
      const direction = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
      if (!direction) return;
      event.preventDefault();
      store(setWidth(chat.getBoundingClientRect().width + direction * STEP));
    });
    return divider;
  };

  const width = read();
  if (width) setWidth(width);
  const place = () => {
    const chat = document.querySelector(".st-key-run_chat");
    if (chat && !chat.querySelector(":scope > .zen-divider")) chat.append(createDivider(chat));
  };
  new MutationObserver(place).observe(document.body, { childList: true, subtree: true });
  place();
})();
