/* Words: how the search compares them, and how a page shows them to who comes from the search.

   A page's address may end in ?highlight=words. Then these words are marked on the page, folds around the first
   place that holds most of them are opened, and the page is scrolled there. The search page uses the same rules. */
const LossBookWords = (() => {
  "use strict";

  const GREEK = Object.fromEntries(
    ("alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ " +
      "pi π rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω")
      .match(/\S+ \S+/g)
      .map((pair) => pair.split(" ")),
  );

  // Letters without accents and case, ² as 2, 𝑥 as x, ϵ as ε: the same sign by sign and for a whole text.
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ς", "σ");

  const COMMON = new Set(
    ("a am an and are as at be been between by can could did do does for from had has have how i in is it its me my " +
      "not of on or our should that the their there these this to use versus vs was we were what when where which " +
      "who why will with would you your 的区别 区别 什么是 是什么").split(" "),
  );

  // The words of a query: names, numbers, runs of Chinese; common words, or signs, where there is nothing else.
  const split = (query) => {
    const folded = fold(query);
    const words = folded.match(/\p{Script=Han}+|\p{N}+(?:\.\p{N}+)+|[\p{L}\p{N}]+(?:_[\p{L}\p{N}]+)*/gu) || [];
    const telling = words.filter((word) => !COMMON.has(word));
    return [...new Set([telling, words].find((list) => list.length) || folded.match(/[^\s"'.,;:!?]/gu) || [])];
  };

  const escape = (text) => text.replace(/[$()*+.?[\\\]^{|}]/g, "\\$&");

  // What a word looks like in a folded text: at the start of a word there, whose further letters are the group. Many
  // plurals find their singular, and names what they are made of; a letter has to stand alone; psi finds ψ.
  const pattern = (word) => {
    const made = (source, ...stems) => Object.assign(new RegExp(source, "gu"), { stems }); // one stem has to be there
    if (/^(?:\p{Script=Han}|[^\p{L}\p{N}])/u.test(word)) return made(`${escape(word)}()`, word);
    let stem = word;
    if (/^[a-z]{4,}s$/.test(word)) {
      stem = word.replace(/ies$/, "").replace(/(ss|x|ch|sh|zz)es$/, "$1").replace(/([^sui])s$/, "$1");
    }
    const stems = [stem, GREEK[word]].filter(Boolean);
    const start = `(?<![\\p{L}\\p{N}]|\\p{N}[.,])(?:${stems.map(escape).join("|")})`.replaceAll("_", "[_ -]");
    const rest = [...word].length > 1 ? "([\\p{L}\\p{N}]*)" : "()(?![\\p{L}\\p{N}])";
    return made(start + rest, ...stems.map((one) => one.split("_")[0]));
  };

  // What may follow a word's beginning without making another word of it.
  const isWhole = (rest) => /^(?:s|es|y|ies)?$/.test(rest);

  // The places of words in a text, from its start to its end: [start, end, number of the word].
  const places = (text, patterns) => {
    const at = []; // of each folded letter the place of the sign that it is made of
    let folded = "";
    let place = 0;
    for (const sign of text) {
      const letters = fold(sign);
      for (let i = 0; i < letters.length; i++) at.push(place);
      folded += letters;
      place += sign.length;
    }
    at.push(place);
    const found = patterns.flatMap((regex, number) =>
      [...folded.matchAll(regex)].map((match) => [at[match.index], at[match.index + match[0].length], number]),
    );
    return found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  };

  // The stretch of marked places that holds most of the words, and of such the first: its words, and where it begins.
  const best = (found, length) => {
    let most = { words: 0, start: 0 };
    for (const [start] of found) {
      const near = found.filter((place) => place[0] >= start && place[1] <= start + length);
      const words = new Set(near.map((place) => place[2])).size;
      if (words > most.words) most = { words, start };
    }
    return most;
  };

  return { fold, split, pattern, isWhole, places, best };
})();

(() => {
  "use strict";

  const address = new URL(location);
  const query = address.searchParams.get("highlight");
  const article = document.querySelector("article");
  if (!query || !article) return;

  const words = LossBookWords.split(query);
  const patterns = words.map(LossBookWords.pattern);
  const BLOCKS = "h1, h2, h3, h4, h5, h6, p, li, dt, dd, td, th, figcaption, summary, pre, .equation";
  const PARTS = "section, .exercise, .solution";

  // The text of a block is that of its nodes together, so a name in four colors is found as one; but in a formula
  // letters side by side are no word. Each node is noted with the place of its text.
  const read = (block) => {
    const nodes = [];
    let text = "";
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (node.parentElement.closest("svg, script, .headerlink")) continue;
      nodes.push({ node, from: text.length, to: text.length + node.length });
      text += node.data + (node.parentElement.closest("math") ? " " : "");
    }
    return { nodes, text };
  };

  const rangeOf = (nodes, start, end) => {
    const range = new Range();
    const first = nodes.find(({ to }) => start < to);
    const last = nodes.findLast(({ from }) => end > from);
    range.setStart(first.node, start - first.from);
    range.setEnd(last.node, end - last.from);
    return range;
  };

  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const part = target ? target.closest(PARTS) : null;
  const ranges = [];
  let place = null; // the block of the section that holds most of the words, one that is in sight if there is one
  let most = 0;
  for (const block of article.querySelectorAll(BLOCKS)) {
    if (block.querySelector(BLOCKS)) continue;
    const { nodes, text } = read(block);
    const found = LossBookWords.places(text, patterns);
    for (const [start, end] of found) ranges.push(rangeOf(nodes, start, end));
    const held = new Set(found.map((one) => one[2])).size;
    if (!held || (target && block.closest(PARTS) !== part)) continue;
    const value = held + (block.checkVisibility() ? 0.5 : 0);
    if (value > most) [place, most] = [block, value];
  }

  if (window.Highlight) CSS.highlights.set("found", new Highlight(...ranges));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && window.Highlight) CSS.highlights.clear();
  });

  // A link to this place that somebody copies shall not mark words.
  address.searchParams.delete("highlight");
  history.replaceState(history.state, "", address);

  // While a page loads, the browser scrolls to its target again and again; the last word is this script's.
  const go = () => {
    if (!place || place.matches("h1, h2, h3, h4, h5, h6")) return;
    for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    place.scrollIntoView({ block: "center" });
  };
  addEventListener("load", () => requestAnimationFrame(go));
})();
