/* A section's fold opens for a link to the section and for the words of a search; a browser opens it for the rest. */
(() => {
  "use strict";

  const open = () => {
    for (const found of document.querySelectorAll(":target, details.deeper .highlighted")) {
      const section = found.closest("section.deeper");
      if (section) section.querySelector("details.deeper").open = true;
    }
    const target = document.querySelector("section.deeper :target, section.deeper:target");
    if (target) target.scrollIntoView();
  };

  addEventListener("hashchange", open);
  // When the page is ready Sphinx marks the words of a search by a timer of 10 ms; one that is set later fires later.
  addEventListener("load", () => setTimeout(open, 10));
})();
