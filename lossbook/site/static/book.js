/* Boxes that scroll sideways can be reached by keyboard and say what they hold; boxes that fit are left alone. */
(() => {
  "use strict";

  // Some servers send a notebook as text, and a browser would show that instead of saving it.
  for (const link of document.querySelectorAll('a[class*="btn-download-"]')) {
    // From a file browsers show another file's text, whatever they are told: there the reader has to save it.
    if (location.protocol === "file:") link.lastElementChild.append("\u00a0(right-click: Save link as …)");
    else link.download = "";
  }

  const KINDS = [
    [".equation > .formula, .formula.long", "Formula"],
    [".pst-scrollable-table-container", "Table"],
    [".cell_input pre", "Code"],
    [".cell_output pre", "Output"],
    ["pre", "Text"],
  ];

  const names = new Map(); // a landmark needs a name of its own
  for (const [selector, kind] of KINDS) {
    document.querySelectorAll(`.bd-article :is(${selector})`).forEach((box, number) => {
      if (!names.has(box)) names.set(box, `${kind} ${number + 1}, scrolls sideways`);
    });
  }

  const mark = (boxes) => {
    // All are measured at once: a change between two measurements would have the page laid out anew.
    const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);
    boxes.forEach((box, i) => {
      const marks = { tabindex: "0", role: "region", "aria-label": names.get(box) };
      for (const [name, value] of Object.entries(marks)) {
        if (wide[i]) box.setAttribute(name, value);
        else box.removeAttribute(name);
      }
    });
  };

  // Measuring the whole page would lay out all of it, so a box is looked at when it comes near.
  const near = new IntersectionObserver(
    (seen) => {
      const boxes = seen.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
      for (const box of boxes) near.unobserve(box);
      mark(boxes);
    },
    { rootMargin: "400px" },
  );
  const watch = () => {
    for (const box of names.keys()) near.observe(box);
  };
  watch();
  document.fonts.addEventListener("loadingdone", watch);

  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth !== width) watch();
    width = innerWidth;
  });

  // Who goes from box to box by keyboard must find also the next one far below.
  addEventListener("keydown", (event) => {
    if (event.key === "Tab") mark([...names.keys()]);
  });
})();
