/* Boxes that scroll sideways can be reached by keyboard and say what they hold; boxes that fit are left alone. */
(() => {
  "use strict";

  // Some servers send a notebook as text, and a browser would show that instead of saving it.
  for (const link of document.querySelectorAll("a.btn-download-source-button")) link.download = "";

  const KINDS = [
    ["mjx-container", "Formula"],
    [".pst-scrollable-table-container", "Table"],
    [".cell_input pre", "Code"],
    [".cell_output pre", "Output"],
    ["pre", "Text"],
  ];

  const mark = () => {
    // A formula in a line of text becomes a box only where it is wider than the text. All are measured at once: a
    // change between two measurements would have the page laid out anew for each of them.
    const inline = [...document.querySelectorAll(".bd-article mjx-container:not([display])")];
    for (const formula of inline) formula.classList.remove("book-wide");
    const room = (formula) => formula.closest("p, li, td, dd, div").clientWidth;
    const wide = inline.filter((formula) => formula.getBoundingClientRect().width > room(formula));
    for (const formula of wide) formula.classList.add("book-wide");
    const seen = new Set();
    for (const [selector, kind] of KINDS) {
      let number = 0;
      for (const box of document.querySelectorAll(`.bd-article ${selector}`)) {
        number += 1; // a landmark needs a name of its own
        if (seen.has(box)) continue;
        seen.add(box);
        const style = getComputedStyle(box);
        const canScroll = style.overflowX !== "visible" && style.display !== "inline";
        if (canScroll && box.scrollWidth > box.clientWidth + 1) {
          box.setAttribute("tabindex", "0");
          box.setAttribute("role", "region");
          box.setAttribute("aria-label", `${kind} ${number}, scrolls sideways`);
        } else if (box.getAttribute("role") === "region") {
          for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
        }
      }
    }
  };

  let waiting = 0;
  const markSoon = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(mark);
  };

  addEventListener("load", () => {
    // MathJax typesets after the page has loaded, and its fonts change widths once more.
    const typeset = window.MathJax && window.MathJax.startup && window.MathJax.startup.promise;
    Promise.resolve(typeset).then(() => document.fonts.ready).then(markSoon);
    const article = document.querySelector(".bd-article");
    if (article) new ResizeObserver(markSoon).observe(article);
  });
  addEventListener("toggle", markSoon, true); // a <details> that opens shows new boxes
  addEventListener("click", markSoon);
})();
