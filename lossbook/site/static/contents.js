/* The contents of a page mark the section that is read, wherever the page stands. */
(() => {
  "use strict";

  const contents = document.querySelector("#contents");
  if (!contents) return;
  const list = contents.closest(".bd-sidebar-secondary");
  const links = [...contents.querySelectorAll("a")];
  const sectionOf = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));

  const root = document.documentElement;
  const topOf = (element) => element.getBoundingClientRect().top;

  // What a link has led to is read until the reader moves on: a short section near the end never reaches the top.
  let target = null;
  const isTargetSeen = () => target && topOf(target) >= 0 && topOf(target) < root.clientHeight;

  // Else a section is read when its top has passed a line: a quarter down the window, and at the page's end its foot.
  // Of its parts one may be read, too. Those of other sections are left alone: to measure them would lay them out.
  const read = () => {
    const below = root.scrollHeight - scrollY - root.clientHeight;
    const line = Math.max(root.clientHeight / 4, root.clientHeight - below);
    const hasBegun = (section) => topOf(section) <= line && !section.closest("details:not([open])");
    let found = null;
    for (let item = contents; item; ) {
      const begun = [...item.querySelectorAll(":scope > ul > li > a")].findLast((link) => hasBegun(sectionOf(link)));
      found = begun ?? found;
      item = begun?.parentElement;
    }
    return found;
  };

  let marked = null;
  const mark = () => {
    waits = false;
    if (!isTargetSeen()) target = null;
    const link = (target && links.findLast((link) => sectionOf(link).contains(target))) ?? read();
    if (link === marked) return;
    marked?.classList.remove("active");
    marked?.removeAttribute("aria-current");
    marked = link;
    if (!link) return;
    link.classList.add("active");
    link.setAttribute("aria-current", "true");
    const [box, place] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
    if (place.top < box.top || place.bottom > box.bottom) {
      list.scrollTop += (place.top + place.bottom - box.top - box.bottom) / 2;
    }
  };

  let waits = false;
  const later = () => {
    if (!waits) requestAnimationFrame(mark);
    waits = true;
  };
  const moveTo = (place) => {
    target = place;
    later();
  };
  const follow = () => moveTo(document.querySelector(":target"));

  addEventListener("scroll", later, { passive: true });
  for (const kind of ["wheel", "touchmove", "keydown"]) addEventListener(kind, () => moveTo(null), { passive: true });
  addEventListener("hashchange", follow);
  addEventListener("load", () => setTimeout(follow, 20)); // folds.js opens a fold after 10 ms
  new ResizeObserver(later).observe(document.querySelector(".bd-article"));
})();
