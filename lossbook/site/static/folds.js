/* A section's fold opens for a link to the section; a browser opens it for links to what lies in it. */
(() => {
  "use strict";

  const open = () => {
    const found = document.querySelector(":target");
    const section = found && found.closest("section.deeper");
    if (section) section.querySelector("details.deeper").open = true;
    const target = document.querySelector("section.deeper :target, section.deeper:target");
    if (target) target.scrollIntoView();
  };

  addEventListener("hashchange", open);
  addEventListener("load", open);
})();
