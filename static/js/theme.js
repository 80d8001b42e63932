// Sets the colours before the first paint; follows the system where nothing was chosen.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    if (root.dataset.theme !== "system") return;
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
    dispatchEvent(new Event("themechange"));
  };
  root.classList.add("has-js");
  apply();
  dark.addEventListener("change", apply);
})();
