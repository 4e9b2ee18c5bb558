// Milliseconds from the release of a dragged slide until its new place is painted, and until the server has answered.
(() => {
  let released = 0;
  let drawn = null;
  let answered = null;
  let before = "";
  const list = () => [...document.querySelectorAll(".zen-outline-slides li")].map((row) => row.dataset.address).join();

  addEventListener("pointerdown", () => (before = list()), { capture: true });
  addEventListener(
    "pointerup",
    () => {
      released = performance.now();
      drawn = answered = null;
      const look = () => {
        if (list() === before) return requestAnimationFrame(look);
        // The frame with the new order is painted when the next one begins.
        requestAnimationFrame(() => (drawn = performance.now() - released));
      };
      requestAnimationFrame(look);
    },
    { capture: true },
  );
  addEventListener("zenoutline", () => (answered ??= performance.now() - released));

  window.benchDrag = () =>
    new Promise((resolve) => {
      const look = () => (drawn && answered ? resolve({ drawn, answered }) : setTimeout(look, 20));
      look();
    });
})();
