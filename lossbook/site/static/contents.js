/* The contents of a page mark the section that is read, wherever the page stands. */
(() => {
  "use strict";

  const contents = document.querySelector("#contents");
  if (!contents) return;
  const list = contents.closest(".bd-sidebar-secondary");
  const entries = [...contents.querySelectorAll("a[href^='#']")].map((link) => ({
    link,
    section: document.getElementById(decodeURIComponent(link.hash.slice(1))),
  }));

  const root = document.documentElement;
  const topOf = (element) => element.getBoundingClientRect().top;

  // What a link has led to is read until the reader moves on: a short section near the end never reaches the top.
  let target = null;
  const isTargetSeen = () => target && topOf(target) >= 0 && topOf(target) < root.clientHeight;

  // Else a section is read when its top has passed a line: a quarter down the window, and at the page's end its foot.
  const hasBegun = ({ section }) => {
    const below = root.scrollHeight - scrollY - root.clientHeight;
    const line = Math.max(root.clientHeight / 4, root.clientHeight - below);
    return topOf(section) <= line && !section.closest("details:not([open])");
  };

  let marked;
  const mark = () => {
    waits = false;
    if (!isTargetSeen()) target = null;
    const entry = entries.findLast(target ? ({ section }) => section.contains(target) : hasBegun);
    if (entry === marked) return;
    for (const { link } of entries) {
      link.classList.toggle("active", link === entry?.link);
      if (link === entry?.link) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    marked = entry;
    if (!entry) return;
    const [box, place] = [list.getBoundingClientRect(), entry.link.getBoundingClientRect()];
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
