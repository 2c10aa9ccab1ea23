/* Moves the figures of the book. Each <figure class="lossbook-figure"> holds a complete SVG; `lossbookFigures`
   (a script of the page's own) holds, as JSON, what changes from position to position. This script listens to the
   figure's own controls and handles and shows the position they stand at. Its Python counterparts are, in
   lossbook/figures/engine, frames.py (decode, apply), handles.py and layers.py. A position is known by its number in
   the grid or by its indices, one for each control. */
(() => {
  "use strict";

  const GLIDE = 120; // milliseconds from one position to the next
  const MOST_NUMBERS = 1000; // beyond it a step of a glide takes too long on a phone
  const MOST_WORK = 16; // milliseconds of one step after which a glide is given up
  const GLIDING = new Set(["d", "x", "y", "points", "width", "height", "x1", "y1", "x2", "y2", "transform"]);
  const NUMBER = /-?\d+(?:\.\d+)?(?:e[-+]?\d+)?/g;
  const RING = 12; // radius of a handle's ring, in pixels of the page
  const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

  // ---- Stored numbers ---------------------------------------------------------------------------------------

  /* Integers out of steps from each to the next; every row of the grid begins with a value of its own. */
  function series(steps, row) {
    let value = 0;
    return steps.map((step, i) => (value = i % row ? value + step : step));
  }

  /* A function from position to the channel's value; null means that the attribute is absent. */
  function reader(channel, strings, row) {
    if (channel.f) {
      const numbers = series(channel.f, row);
      return (position) => strings[numbers[position]];
    }
    const [first, ...pieces] = channel.p.split("#");
    const columns = channel.v.map((steps) => series(steps, row));
    return (position) => columns.reduce((text, column, k) => text + column[position] / 10 + pieces[k], first);
  }

  // ---- The picture ------------------------------------------------------------------------------------------

  /* Shows positions. From one to the next numbers glide from where they are seen; all else changes at once. */
  class Picture {
    constructor(svg, data) {
      const elements = [svg, ...svg.querySelectorAll("*")];
      const row = data.lengths[data.lengths.length - 1];
      this.channels = data.channels.map((channel) => {
        const element = elements[channel.n], attribute = channel.a;
        const shown = attribute === "" ? element.textContent : element.getAttribute(attribute);
        return { element, attribute, shown, read: reader(channel, data.strings, row) };
      });
      const switches = this.channels.filter((channel) => channel.attribute === "display");
      for (const channel of this.channels) {
        channel.switches = switches.filter((other) => other.element.contains(channel.element));
      }
      this.routes = new Map(); // of the channels that are gliding
      this.began = 0;
      this.waiting = 0;
      window.addEventListener("beforeprint", () => this.arrive());
    }

    show(position) {
      for (const channel of this.channels) channel.end = channel.read(position);
      const changed = this.channels.filter((channel) => channel.end !== channel.shown);
      this.routes = reducedMotion.matches || document.hidden ? new Map() : routesOf(changed);
      for (const channel of changed) if (!this.routes.has(channel)) write(channel, channel.end);
      this.began = performance.now();
      if (this.routes.size && !this.waiting) this.waiting = requestAnimationFrame((now) => this.step(now));
    }

    step(now) {
      this.waiting = 0;
      const share = Math.max(0, (now - this.began) / GLIDE);
      if (share >= 1) return this.arrive();
      const eased = 1 - (1 - share) ** 2;
      for (const [channel, route] of this.routes) write(channel, along(route, eased));
      if (performance.now() - now > MOST_WORK) return this.arrive();
      this.waiting = requestAnimationFrame((next) => this.step(next));
    }

    arrive() {
      for (const channel of this.routes.keys()) write(channel, channel.end);
      this.routes = new Map();
    }
  }

  function write(channel, value) {
    if (channel.attribute === "") channel.element.textContent = value;
    else if (value === null) channel.element.removeAttribute(channel.attribute);
    else channel.element.setAttribute(channel.attribute, value);
    channel.shown = value;
  }

  /* A route for each channel that can glide. If one shape cannot (it gets other vertices), none does: areas
     and curves would part. */
  function routesOf(changed) {
    const switched = new Set(changed.filter((channel) => channel.attribute === "display"));
    const routes = new Map();
    let numbers = 0;
    for (const channel of changed) {
      const appears = channel.switches.some((other) => switched.has(other));
      if (appears || !GLIDING.has(channel.attribute)) continue;
      const route = routeBetween(channel.shown, channel.end);
      numbers += route ? route.starts.length : Infinity;
      routes.set(channel, route);
    }
    return numbers > MOST_NUMBERS ? new Map() : routes;
  }

  /* The numbers in which two texts differ, and the text around them; null if they differ in more. */
  function routeBetween(from, to) {
    if (from === null || to === null) return null;
    const starts = from.match(NUMBER) || [], ends = to.match(NUMBER) || [], around = from.split(NUMBER);
    if (around.join("#") !== to.split(NUMBER).join("#")) return null;
    const route = { texts: [around[0]], starts: [], lengths: [] };
    starts.forEach((start, k) => {
      if (start === ends[k]) {
        route.texts[route.texts.length - 1] += start + around[k + 1];
        return;
      }
      route.starts.push(Number(start));
      route.lengths.push(ends[k] - start);
      route.texts.push(around[k + 1]);
    });
    return route;
  }

  function along({ texts, starts, lengths }, share) {
    const hundredths = (k) => Math.round(100 * (starts[k] + share * lengths[k])) / 100;
    return starts.reduce((text, _, k) => text + hundredths(k) + texts[k + 1], texts[0]);
  }

  // ---- Layers -----------------------------------------------------------------------------------------------

  /* Shows those layers of a picture that drop-downs choose, by their numbers, and hides the others. */
  class Layers {
    constructor(svg, { names, readouts }, selects) {
      const marked = [...svg.querySelectorAll("[data-artist]")];
      this.elements = names.map((name) => marked.filter((e) => e.dataset.artist === `layer:${name}`));
      this.readouts = readouts;
      this.selects = selects;
    }

    show() {
      const chosen = this.selects.map((select) => select.value).filter((value) => value !== "");
      this.chosen = [...new Set(chosen)].map(Number);
      this.elements.forEach((elements, number) => {
        for (const element of elements) {
          if (this.chosen.includes(number)) element.removeAttribute("visibility");
          else element.setAttribute("visibility", "hidden");
        }
      });
    }

    said(position) {
      return this.readouts.length ? this.chosen.map((number) => this.readouts[number][position]) : [];
    }
  }

  // ---- Handles ----------------------------------------------------------------------------------------------

  /* A grip over the picture, in whose pixels all its lengths are. Keyboard and screen reader use the slider. */
  class Handle {
    constructor(stored, lengths, { width, height }) {
      const row = lengths[lengths.length - 1];
      this.parameters = stored.p;
      this.lengths = lengths;
      const ys = series(stored.y, row);
      this.places = series(stored.x, row).map((x, i) => [x / 10, ys[i] / 10]);
      this.view = [width, height];
      // What is long, such as a line, is gripped anywhere along it.
      this.size = stored.s.map((length) => (length > 4 * RING ? length : 0));
      this.grip = document.createElement("span");
      this.grip.className = "lossbook-handle";
      this.grip.setAttribute("aria-hidden", "true");
      this.look();
    }

    look() {
      const [wide, high] = this.size, { style } = this.grip;
      if (wide) style.width = `${(100 * wide) / this.view[0]}%`;
      if (high) style.height = `${(100 * high) / this.view[1]}%`;
      this.grip.classList.toggle("lossbook-wide", wide > high);
      this.grip.classList.toggle("lossbook-high", high > wide);
      // Along a high grip a finger still scrolls the page. A round one takes every direction: otherwise the
      // browser ends a drag that begins aslant.
      style.touchAction = high && !wide ? "pan-y" : "none";
      const [across, up] = [0, 1].map((axis) => {
        const all = this.places.map((place) => place[axis]);
        return Math.max(...all) - Math.min(...all);
      });
      style.cursor = 8 * up < across ? "ew-resize" : 8 * across < up ? "ns-resize" : "move";
    }

    stand(position) {
      const [x, y] = this.places[position];
      this.grip.style.left = `${(100 * x) / this.view[0]}%`;
      this.grip.style.top = `${(100 * y) / this.view[1]}%`;
    }

    /* The indices that a drag to `spot` ends at, from `at`: those of the cheapest place. A spot beyond all
       places counts as the one at their edge, each coordinate by itself: far away all are as far, and the
       price alone would decide. */
    nearest(at, spot) {
      const found = this.reach(at, this.parameters, 0).map(([indices, price]) => [
        this.places[number(indices, this.lengths)], price, indices,
      ]);
      const inside = spot.map((value, axis) => {
        const all = found.map(([place]) => place[axis]);
        return Math.min(Math.max(value, Math.min(...all)), Math.max(...all));
      });
      const costs = found.map(([place, price, indices]) => [distance(place, inside) + price, indices]);
      return costs.reduce((best, next) => (next[0] < best[0] ? next : best))[1];
    }

    /* All indices that `parameters` reach from `at`, each with a price: a quarter of the way there along the
       places between, and a fifth of a pixel a step. Without it a handle would leap where its places coincide
       or their path crosses itself. */
    reach(at, [parameter, ...others], price) {
      if (parameter === undefined) return [[at, price]];
      const found = this.reach(at, others, price);
      for (const step of [-1, 1]) {
        let here = at, paid = price;
        for (let i = at[parameter] + step; i >= 0 && i < this.lengths[parameter]; i += step) {
          const next = here.map((index, k) => (k === parameter ? i : index));
          const [from, to] = [here, next].map((indices) => this.places[number(indices, this.lengths)]);
          paid += distance(from, to) / 4 + 0.2;
          found.push(...this.reach(next, others, paid));
          here = next;
        }
      }
      return found;
    }
  }

  function distance([x, y], [u, v]) {
    return Math.hypot(x - u, y - v);
  }

  /* How far the pointer is from what is gripped; inside a ring less than nothing, so that a point wins over the
     line on which it lies. */
  function distanceToGrip(grip, event) {
    const { left, top, right, bottom } = grip.getBoundingClientRect();
    const { clientX: x, clientY: y } = event;
    if (x < left || x > right || y < top || y > bottom) return Infinity;
    const across = x - (left + right) / 2, along = y - (top + bottom) / 2;
    if (grip.classList.contains("lossbook-high")) return Math.abs(across);
    if (grip.classList.contains("lossbook-wide")) return Math.abs(along);
    return Math.hypot(across, along) - RING;
  }

  function dragHandles(picture, handles, at, go) {
    const svg = picture.querySelector(".lossbook-svg");
    let held = null, finger = null, offset = null;

    function spotOf(event) {
      const { left, top, width, height } = svg.getBoundingClientRect();
      const { width: wide, height: high } = svg.viewBox.baseVal;
      return [(wide * (event.clientX - left)) / width, (high * (event.clientY - top)) / height];
    }

    picture.addEventListener("pointerdown", (event) => {
      if (held || event.button !== 0 || !event.target.classList.contains("lossbook-handle")) return;
      const far = handles.map((handle) => distanceToGrip(handle.grip, event));
      held = handles[far.indexOf(Math.min(...far))];
      finger = event.pointerId;
      const place = held.places[number(at(), held.lengths)], spot = spotOf(event);
      offset = [place[0] - spot[0], place[1] - spot[1]];
      held.grip.setPointerCapture(finger);
      held.grip.classList.add("lossbook-held");
      event.preventDefault();
    });
    picture.addEventListener("pointermove", (event) => {
      if (!held || event.pointerId !== finger) return;
      const spot = spotOf(event);
      go(held.nearest(at(), [spot[0] + offset[0], spot[1] + offset[1]]));
    });
    for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
      picture.addEventListener(kind, (event) => {
        if (!held || event.pointerId !== finger) return;
        held.grip.classList.remove("lossbook-held");
        held = null;
      });
    }
  }

  // ---- Near the window --------------------------------------------------------------------------------------

  /* Calls once, when an element comes within `margin` of the window. */
  function whenNear(element, margin, call) {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      call();
    }, { rootMargin: margin });
    observer.observe(element);
  }

  /* Pictures that are files: those of the other positions are fetched, then a move shows them at once. */
  function fetchPictures(figure, addresses) {
    figure.fetched = addresses.map((src) => Object.assign(new Image(), { fetchPriority: "low", src }));
  }

  // ---- A figure ---------------------------------------------------------------------------------------------

  function number(indices, lengths) {
    return indices.reduce((position, index, k) => position * lengths[k] + index, 0);
  }

  function indexOf(input) {
    return input.type === "checkbox" ? Number(input.checked) : Number(input.value);
  }

  /* Listens to a figure's controls, and reads its data when it is near or is moved. */
  function watch(figure) {
    const data = (window.lossbookFigures || {})[figure.id];
    if (!data) return;
    let move = () => {
      move = enliven(figure, JSON.parse(data));
      move();
    };
    figure.querySelector(".lossbook-controls").addEventListener("input", () => move());
    whenNear(figure, "100%", () => move());
  }

  /* Sets the handles on the figure, and returns what shows the position at which its controls stand. */
  function enliven(figure, data) {
    const inputs = [...figure.querySelectorAll(".lossbook-control :is(input, select)")];
    const selects = [...figure.querySelectorAll(".lossbook-layers select")];
    const svg = figure.querySelector(".lossbook-svg");
    const readout = figure.querySelector(".lossbook-readout");
    const at = () => inputs.map(indexOf);
    const handles = (data.handles || []).map((one) => new Handle(one, data.lengths, svg.viewBox.baseVal));
    const layers = new Layers(svg, data.layers || { names: [], readouts: [] }, selects);
    let picture = null, shown = number(data.start, data.lengths);

    function move() {
      const indices = at(), position = number(indices, data.lengths);
      layers.show();
      if (readout) say(position);
      if (shown === position) return;
      shown = position;
      inputs.forEach((input, k) => {
        if (input.type !== "range") return;
        const text = data.texts[k][indices[k]];
        input.setAttribute("aria-valuetext", `${text} ${data.units[k]}`.trim());
        input.parentNode.querySelector("output").textContent = text;
      });
      if (data.alts) svg.parentNode.setAttribute("aria-label", data.alts[position]);
      picture = picture || new Picture(svg, data);
      picture.show(position);
      for (const handle of handles) handle.stand(position);
    }

    /* The position's own sentence, and one of each layer that is shown; a screen reader hears what is new. */
    function say(position) {
      const words = [...data.readouts.slice(position, position + 1), ...layers.said(position)].join(" ");
      if (readout.textContent !== words) readout.textContent = words;
    }

    /* Set sliders as if the reader had moved each of them. */
    function go(indices) {
      const moved = inputs.filter((input, k) => indexOf(input) !== indices[k]);
      inputs.forEach((input, k) => { if (moved.includes(input)) input.value = indices[k]; });
      for (const input of moved) input.dispatchEvent(new Event("input", { bubbles: true }));
    }

    for (const handle of handles) {
      handle.stand(shown);
      svg.parentNode.append(handle.grip);
    }
    if (handles.length) dragHandles(svg.parentNode, handles, at, go);
    const addresses = data.strings.filter((text) => /_images\/\w+\.webp$/.test(text));
    if (addresses.length) whenNear(figure, "50%", () => fetchPictures(figure, addresses));
    return move;
  }

  document.querySelectorAll(".lossbook-figure").forEach(watch);
})();
