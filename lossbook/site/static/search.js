/* The search page: looks through LOSSBOOK_INDEX, which lossbook.site.search writes, and lists sections. */
const LossBookSearch = (() => {
  "use strict";

  const { fold, split, pattern, isWhole, places, best } = LossBookWords;
  const key = (text) => fold(text).replace(/[^\p{L}\p{N}]/gu, "");
  // Its telling words in order of the alphabet, if it has several: "loss for regression" is "which regression loss".
  const telling = (text) => (split(text).length > 1 ? split(text).sort().join(" ") : key(text));
  const SHOWN = 50;
  const EXCERPT = 220;

  // ---- Entries: a section each -----------------------------------------------------------------------------

  const read = ([address, keywords, sections]) =>
    sections.map(([title, anchor, text, words, isTerm, otherNames = []], number) => {
      const isReference = address.startsWith("pages/reference/");
      const [page, own] = [sections[0][0], number ? otherNames : [...keywords, ...otherNames]];
      const shown = text || (number === 0 && sections[1] ? sections[1][2] : ""); // a chapter begins with its answer
      return {
        ...{ title, page, address, anchor, words, isTerm, passages: shown.split("\n") },
        // "Exercise 15.2 · Two losses" is found as "Two losses" too.
        titleKeys: [title, isTerm ? title : title.replace(/^.*?\d · /, "")].map(key),
        names: isTerm ? title.split(" · ").map(key) : [], // English and Chinese
        keywordKeys: own.flatMap((name) => [key(name), telling(name)]),
        isReference,
        functionName: isReference && !title.startsWith("lossbook.") ? key(title.split(".").pop()) : null, // no module's
        in: {
          title: fold(title),
          keywords: fold(own.join("\n")),
          chapter: fold([page, ...keywords].join("\n")),
          text: fold(text),
          words: fold(words),
        },
      };
    });

  // They are read when the first search needs them.
  let [entries, usual] = [[], 0];
  const prepare = () => {
    if (entries.length) return;
    entries = JSON.parse(LOSSBOOK_INDEX).flatMap(read);
    usual = entries.reduce((sum, entry) => sum + entry.in.text.length, 0) / entries.length;
  };

  // ---- Scores ----------------------------------------------------------------------------------------------

  // How often a word is in a text; a longer word that begins with it counts less.
  const count = (text, regex) => {
    let sum = 0;
    if (!regex.stems.some((stem) => text.includes(stem))) return sum; // most texts, and much faster
    for (const match of text.matchAll(regex)) sum += isWhole(match[1]) ? 1 : 0.4;
    return sum;
  };
  const has = (text, regex) => Math.min(1, count(text, regex));

  // What a word is worth in a section: a title says more than a keyword, and that more than text and code.
  const worth = ({ in: { title, keywords, text, words } }, regex) => {
    const often = count(text, regex);
    const length = 0.6 + (0.4 * text.length) / usual;
    return (
      10 * has(title, regex) + 8 * has(keywords, regex) + (5 * often) / (often + 1.5 * length) + 1.5 * has(words, regex)
    );
  };

  // The sections for a query, best first: those that hold all words, or if none does, those that hold some.
  const search = (query) => {
    prepare();
    const patterns = split(query).map(pattern);
    const phrase = new RegExp(patterns.map((regex) => regex.source).join("[^\\p{L}\\p{N}]+"), "gu");
    phrase.stems = patterns.length ? patterns[0].stems : [];
    const [whole, asked] = [key(query), telling(query)];
    const isName = /[_(]|\p{L}\.\p{L}/u.test(query);
    const rows = entries.map((entry) => ({
      entry,
      worths: patterns.map((regex) => worth(entry, regex)),
      around: patterns.map((regex) => has(entry.in.chapter, regex)),
    }));
    // A rare word weighs more than a common one.
    const holders = patterns.map((_, k) => rows.filter((row) => row.worths[k]).length);
    const weights = holders.map((number) => Math.log(1 + rows.length / (1 + number)));
    const all = weights.reduce((a, b) => a + b, 0);
    const found = rows.filter((row) => row.worths.some(Boolean));
    for (const row of found) {
      const sum = (value) => weights.reduce((total, weight, k) => total + weight * value(k), 0);
      row.complete = patterns.every((_, k) => row.worths[k] || row.around[k]);
      row.score = sum((k) => row.worths[k] + row.around[k]);
      if (patterns.length > 1) {
        const { title, text, words } = row.entry.in;
        row.score += all * (4 * has(title, phrase) + 3 * has(`${text}\n${words}`, phrase));
      }
      row.score *= (sum((k) => (row.worths[k] ? 1 : 0.6 * row.around[k])) / all) ** 2;
      // The glossary says in a line what chapters teach: it counts less, unless a term's whole name was typed.
      if (row.entry.isTerm) row.score *= row.entry.names.includes(whole) ? 0.75 : 0.25;
      // So does the reference, unless a name of code was typed, or this function's.
      const isAside = row.entry.isReference && !isName && row.entry.functionName !== whole;
      if (isAside) row.score *= 0.15;
      if (row.entry.functionName === whole) row.score *= 1.2;
      if (row.entry.keywordKeys.includes(whole) || row.entry.keywordKeys.includes(asked)) row.score += 1000;
      if (row.entry.titleKeys.includes(whole)) row.score += 2000;
      const begins = row.entry.titleKeys.some((title) => whole.length > 3 && title.startsWith(whole));
      if (begins && !row.entry.isTerm && !isAside) row.score += 20 * all;
    }
    const complete = found.filter((row) => row.complete);
    return (complete.length ? complete : found).sort((a, b) => b.score - a.score);
  };

  // ---- Slips of the pen ------------------------------------------------------------------------------------

  // How many letters are wrong, missing, too many, or in the place of their neighbor.
  const slips = (a, b) => {
    const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        const change = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
        row[j] = Math.min(change, rows[i - 1][j] + 1, row[j - 1] + 1);
        const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
        if (swapped) row[j] = Math.min(row[j], rows[i - 2][j - 2] + 1);
      }
      rows.push(row);
    }
    return rows[a.length][b.length];
  };

  let frequencies = null; // of the words of the book, counted when they are first needed
  const nearest = (word) => {
    if (!frequencies) {
      frequencies = new Map();
      const text = entries.map((entry) => `${entry.in.title} ${entry.in.keywords} ${entry.in.text}`).join(" ");
      for (const [one] of text.matchAll(/[\p{L}\p{N}]{4,}/gu)) frequencies.set(one, (frequencies.get(one) || 0) + 1);
    }
    const few = word.length < 8 ? 1 : 2;
    const close = [...frequencies.keys()].filter(
      (one) => one[0] === word[0] && Math.abs(one.length - word.length) <= few,
    );
    const ranked = close
      .map((one) => [slips(word, one), -frequencies.get(one), one])
      .filter(([wrong]) => wrong <= few);
    return ranked.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , one]) => one)[0];
  };

  // The query with words of the book in place of words that are nowhere in it; null where nothing is to be mended.
  const mended = (query) => {
    prepare();
    const words = split(query);
    const known = (word) => entries.some((entry) => worth(entry, pattern(word)));
    // A run of Chinese that is nowhere is taken apart into the longest pieces that are somewhere.
    const apart = (run) => {
      const pieces = [];
      for (let [from, to] = [0, run.length]; from < run.length; to = run.length) {
        while (to - from > 1 && !known(run.slice(from, to))) to -= 1;
        if (to - from > 1) pieces.push(run.slice(from, to));
        from = to;
      }
      return pieces.join(" ") || run;
    };
    const better = words.map((word) => {
      if (known(word)) return word;
      if (/^\p{Script=Han}/u.test(word)) return apart(word);
      return word.length < 4 ? word : nearest(word) || word;
    });
    return better.join() === words.join() ? null : better.join(" ");
  };

  // ---- Results ---------------------------------------------------------------------------------------------

  const element = (name, options, ...children) => {
    const made = Object.assign(document.createElement(name), options);
    made.append(...children);
    return made;
  };

  // A text from `start` on with its words marked, cut at spaces.
  const excerpt = (text, found, start) => {
    let from = Math.max(0, Math.min(start - 60, text.length - EXCERPT));
    if (from) from = text.lastIndexOf(" ", from) + 1;
    let to = from + EXCERPT;
    to = to < text.length ? text.lastIndexOf(" ", to) : text.length;
    const pieces = [from ? "… " : ""];
    let at = from;
    for (const [begin, end] of found) {
      if (begin < at || end > to) continue;
      pieces.push(text.slice(at, begin), element("mark", {}, text.slice(begin, end)));
      at = end;
    }
    return element("p", { className: "excerpt" }, ...pieces, text.slice(at, to), to < text.length ? " …" : "");
  };

  // The passage that holds most of the words; else, unless its title or keywords do, the words of code that match;
  // else the section's beginning.
  const shown = ({ passages, words, in: { title, keywords } }, patterns) => {
    let most = { words: 0, found: [], start: 0, text: passages[0] };
    for (const text of passages) {
      const found = places(text, patterns);
      const there = best(found, EXCERPT - 60);
      if (there.words > most.words) most = { ...there, found, text };
    }
    const told = most.words || patterns.some((regex) => has(title, regex) || has(keywords, regex));
    const names = words.split(" ").filter((word) => !told && patterns.some((regex) => has(fold(word), regex)));
    if (!names.length) return excerpt(most.text, most.found, most.start);
    const listed = names.slice(0, 6).flatMap((name, number) => [number ? ", " : "", element("code", {}, name)]);
    return element("p", { className: "excerpt" }, "In code, an equation or a solution: ", ...listed);
  };

  const item = ({ entry }, query, patterns) => {
    const { title, page, address, anchor } = entry;
    const link = element("a", { href: `${address}?highlight=${encodeURIComponent(query)}#${anchor}` });
    link.append(...excerpt(title, places(title, patterns), 0).childNodes);
    const where = title === page ? [] : [element("p", { className: "where" }, page)];
    return element("li", {}, link, ...where, shown(entry, patterns));
  };

  const said = (query, results) => {
    if (!results.length) return `Nothing found for “${query}”. Try another word, or fewer.`;
    const number = results.length === 1 ? "One section" : `${results.length} sections`;
    const some = results[0].complete ? "" : ", none with all of the words";
    return `${number} found for “${query}”${some}${results.length > SHOWN ? `; the best ${SHOWN} are listed.` : "."}`;
  };

  const show = (asked) => {
    let [query, results, status] = [asked, [], ""];
    if (asked) {
      query = mended(asked) || asked;
      results = search(query);
      status = (query === asked ? "" : `Nothing is called “${asked}” here. `) + said(query, results);
    }
    const patterns = split(query).map(pattern);
    const items = results.slice(0, SHOWN).map((row) => item(row, query, patterns));
    document.getElementById("search-results").replaceChildren(...items);
    document.getElementById("search-status").textContent = status;
  };

  // ---- The page --------------------------------------------------------------------------------------------

  const start = () => {
    const form = document.querySelector(".bd-search-container form");
    const field = form.elements.q;
    // Who comes back from a result finds the list again. It must not be made anew here: the field changes when the
    // focus leaves it, perhaps for a link of this list.
    const remember = () => {
      const address = new URL(location);
      address.searchParams.set("q", field.value.trim());
      history.replaceState(null, "", address);
    };
    field.value = new URL(location).searchParams.get("q") || "";
    show(field.value.trim());
    field.addEventListener("input", () => show(field.value.trim()));
    field.addEventListener("change", remember);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      show(field.value.trim());
      remember();
    });
    if (!field.value) field.focus();

    // Arrow keys go from the field into the list, through it, and back.
    form.parentElement.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const stops = [field, ...document.querySelectorAll("#search-results a")];
      const at = stops.indexOf(document.activeElement);
      if (!step || at < 0 || !stops[at + step]) return;
      event.preventDefault();
      stops[at + step].focus();
    });
  };
  addEventListener("DOMContentLoaded", start);

  return { search, mended };
})();
