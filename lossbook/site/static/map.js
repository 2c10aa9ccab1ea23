/* The map of ideas: what the pointer or the keyboard is at stays bright, and under the picture stands what it says.
   A finger cannot point, so its first tap reads and its second follows the link. */
(() => {
  "use strict";

  for (const map of document.querySelectorAll(".idea-map")) {
    const says = map.querySelector(".map-says");
    const links = [...map.querySelectorAll("svg a")];
    const hint = [...says.childNodes];
    let finger = false;
    let tapped = null;

    const line = (href, words) => {
      const link = document.createElement("a");
      link.setAttribute("href", href);
      link.textContent = words;
      const paragraph = document.createElement("p");
      paragraph.append(link);
      return paragraph;
    };
    const tell = (edge) => line(edge.getAttribute("href"), edge.getAttribute("aria-label"));
    const open = (box) => {
      const name = [...box.querySelectorAll("tspan")].map((row) => row.textContent).join(" ").replace("- ", "-");
      return line(box.getAttribute("href"), `Open chapter ${name}`);
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
      const told = edges.filter((edge) => edge.closest("svg") === at.closest("svg")).map(tell);
      says.replaceChildren(...(idea && at === tapped ? [open(at)] : []), ...told);
      says.scrollTop = 0;
    };
    const same = (a, b) => a.dataset.ends === b.dataset.ends;
    const rest = () => {
      tapped = null;
      map.classList.remove("asked", "above");
      says.replaceChildren(...hint);
    };
    const byFinger = (event) => Boolean(event.pointerType) && event.pointerType !== "mouse";

    for (const kind of ["pointerover", "focusin"]) {
      map.addEventListener(kind, (event) => {
        const at = event.target.closest("svg a");
        if (at && !(event.pointerType ? byFinger(event) : finger)) light(at);
      });
    }
    document.addEventListener("keydown", () => (finger = false));
    document.addEventListener("pointerdown", (event) => {
      finger = byFinger(event);
      if (finger && !map.contains(event.target)) rest();
    });
    map.addEventListener("click", (event) => {
      if (finger && !event.target.closest("svg a, .map-says")) rest();
      const at = event.target.closest("svg a");
      // A key's click has no detail.
      if (!at || !finger || !event.detail || at === tapped) return;
      event.preventDefault();
      tapped = at;
      // What is said goes above what was tapped if it would cover it: a second tap has to meet the same box.
      map.classList.remove("above");
      light(at);
      const covered = event.clientY + 40 > says.getBoundingClientRect().top;
      map.classList.toggle("above", covered && event.clientY > window.innerHeight / 2);
    });
    // The sentences are links, too: they stay while the pointer is on its way to them.
    map.addEventListener("pointerleave", (event) => {
      if (!byFinger(event)) rest();
    });
    map.addEventListener("focusout", (event) => {
      if (!map.contains(event.relatedTarget)) rest();
    });
  }
})();
