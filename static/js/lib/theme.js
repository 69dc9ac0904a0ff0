// Light or dark on the projector: a dark room or a weak projector may need another theme than the
// system's. The stylesheet has one rule for dark; it holds always, never, or as the system asks.

const NAME = "classpulse-theme"; // in storage: "light", "dark" or nothing
const SYSTEM = matchMedia("screen and (prefers-color-scheme: dark)").media;
const NEVER = matchMedia("not all").media;

const rules = Array.from(document.styleSheets)
  .flatMap((sheet) => Array.from(sheet.cssRules))
  .filter((rule) => rule.media && rule.media.mediaText === SYSTEM);

export const isDark = () => rules.some((rule) => matchMedia(rule.media.mediaText).matches);

function set(theme) {
  for (const rule of rules) rule.media.mediaText = { dark: "all", light: NEVER }[theme] || SYSTEM;
  window.dispatchEvent(new Event("theme"));
}

export function switchTheme() {
  const theme = isDark() ? "light" : "dark";
  localStorage.setItem(NAME, theme);
  set(theme);
}

set(localStorage.getItem(NAME));
