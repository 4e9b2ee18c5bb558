// The theme a person chose in their profile. Streamlit 1.67 keeps one for each address it was loaded at, in localStorage,
// and reads it once: this script is loaded before it, from the head of the page (lib/server/page_head.py). The page says
// in `window.zenPage` what the profile has; where that is something else, in another browser or since, it loads again.
(() => {
  const STORED = "zen-theme";
  const STREAMLIT = `stActiveTheme-${location.pathname}-v2`;
  const NAMES = { system: "System", light: "Light", dark: "Dark" };

  const apply = (theme) => localStorage.setItem(STREAMLIT, JSON.stringify(NAMES[theme]));
  const stored = localStorage.getItem(STORED);
  if (stored in NAMES) apply(stored);

  addEventListener("zenpage", () => {
    const theme = window.zenPage?.theme;
    if (!(theme in NAMES) || theme === (localStorage.getItem(STORED) ?? "system")) return;
    if (document.documentElement.hasAttribute("data-zen-unsaved")) return; // the next page that is loaded has it
    localStorage.setItem(STORED, theme);
    apply(theme);
    location.reload();
  });
})();
