/* Excerpts of the search results. Loaded by the search page alone, after Sphinx's searchtools.js. */
(() => {
  "use strict";

  // Sphinx fetches each page for its excerpt. A browser refuses that for files, and the titles are enough there.
  if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

  // The theme puts buttons and a table of contents for print inside the main element, and figures hold labels
  // of axes: leave them out of the excerpt. A formula's letters alone say something else (of x² they say x2), so
  // one in a line of text is shown as its TeX.
  const NOT_TEXT =
    ".bd-header-article, #jb-print-docs-body, .bd-sidebar-secondary, footer, svg, .lossbook-controls, .equation";
  const toText = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    for (const element of page.querySelectorAll(NOT_TEXT)) element.remove();
    for (const formula of page.querySelectorAll("math")) formula.replaceWith(formula.getAttribute("alttext"));
    return toText(page.documentElement.outerHTML, anchor);
  };
})();
