/* The map of ideas: what the pointer or the keyboard is at stays bright, and under the picture stands what it says. */
(() => {
  "use strict";

  for (const map of document.querySelectorAll(".idea-map")) {
    const says = map.querySelector(".map-says");
    const links = [...map.querySelectorAll("svg a")];
    const hint = [...says.childNodes];

    const tell = (edge) => {
      const link = document.createElement("a");
      link.setAttribute("href", edge.getAttribute("href"));
      link.textContent = edge.getAttribute("aria-label");
      const line = document.createElement("p");
      line.append(link);
      return line;
    };

    // A line is joined to its two chapters, a chapter to its lines and to what lies at their other ends.
    const light = (at) => {
      const { idea, ends } = at.dataset;
      const edges = links.filter((link) => (idea ? link.dataset.ends?.split(" ").includes(idea) : link === at));
      const shown = new Set(edges.flatMap((edge) => edge.dataset.ends.split(" ")).concat(idea ?? []));
      for (const link of links) {
        link.classList.toggle("lit", link.dataset.ends ? edges.some((edge) => same(edge, link)) : shown.has(link.dataset.idea));
      }
      map.classList.add("asked");
      says.replaceChildren(...edges.filter((edge) => edge.closest("svg") === at.closest("svg")).map(tell));
    };
    const same = (a, b) => a.dataset.ends === b.dataset.ends;
    const rest = () => {
      map.classList.remove("asked");
      says.replaceChildren(...hint);
    };

    for (const kind of ["pointerover", "focusin"]) {
      map.addEventListener(kind, (event) => {
        const at = event.target.closest("svg a");
        if (at) light(at);
      });
    }
    // The sentences are links, too: they stay while the pointer is on its way to them.
    map.addEventListener("pointerleave", rest);
    map.addEventListener("focusout", (event) => {
      if (!map.contains(event.relatedTarget)) rest();
    });
  }
})();
