/* Paper is white: who prints a page that is dark on the screen gets it light, and has it dark again afterwards. */
(() => {
  "use strict";

  const page = document.documentElement.dataset;
  let theme = null;
  const print = () => {
    theme ??= page.theme;
    page.theme = "light";
  };
  const restore = () => {
    page.theme = theme ?? page.theme;
    theme = null;
  };

  addEventListener("beforeprint", print);
  addEventListener("afterprint", restore);
  matchMedia("print").addEventListener("change", ({ matches }) => (matches ? print() : restore()));
})();
