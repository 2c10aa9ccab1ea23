/* A section's fold opens for a link to the section; a browser opens it for links to what lies in it. */
(() => {
  "use strict";

  const open = () => {
    const section = document.querySelector("section.deeper:target");
    if (section) section.querySelector("details.deeper").open = true;
    const target = document.querySelector("section.deeper :target, section.deeper:target");
    if (target) target.scrollIntoView();
  };

  addEventListener("hashchange", open);
  addEventListener("load", open);
})();
