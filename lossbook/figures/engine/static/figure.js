/* Moves the figures of the book. Each <figure class="lossbook-figure"> holds a complete SVG and, as JSON, what
   changes from position to position; this script listens to the figure's own controls and applies it.
   The Python counterpart is lossbook/figures/engine/frames.py (decode, apply). */
(function () {
  "use strict";

  /* Integers out of steps from each to the next; every row of the grid begins with a value of its own. */
  function series(steps, row) {
    var value = 0;
    return steps.map(function (step, i) {
      value = i % row ? value + step : step;
      return value;
    });
  }

  /* A function from position to the channel's value; null means that the attribute is absent. */
  function reader(channel, strings, row) {
    if (channel.f) {
      var numbers = series(channel.f, row);
      return function (i) { return strings[numbers[i]]; };
    }
    var pieces = channel.p.split("#");
    var columns = channel.v.map(function (steps) { return series(steps, row); });
    return function (i) {
      return columns.reduce(function (text, column, k) {
        return text + column[i] / 10 + pieces[k + 1];
      }, pieces[0]);
    };
  }

  function enliven(figure) {
    var script = figure.querySelector("script");
    if (!script) return;
    var data = JSON.parse(script.textContent);
    var svg = figure.querySelector("svg");
    var elements = [svg].concat(Array.from(svg.querySelectorAll("*")));
    var channels = null;
    var readout = figure.querySelector(".lossbook-readout");
    var box = figure.querySelector(".lossbook-controls");
    var inputs = Array.from(box.querySelectorAll("input, select"));
    var row = data.lengths[data.lengths.length - 1];

    function move() {
      channels = channels || data.channels.map(function (channel) {
        return { element: elements[channel.n], attribute: channel.a, read: reader(channel, data.strings, row) };
      });
      var position = 0;
      inputs.forEach(function (input, k) {
        var at = input.type === "checkbox" ? Number(input.checked) : Number(input.value);
        position = position * data.lengths[k] + at;
        if (input.type === "range") {
          var text = data.texts[k][at];
          input.setAttribute("aria-valuetext", (text + " " + data.units[k]).trim());
          input.parentNode.querySelector("output").textContent = text;
        }
      });
      channels.forEach(function (channel) {
        var value = channel.read(position);
        if (channel.attribute === "") channel.element.textContent = value;
        else if (value === null) channel.element.removeAttribute(channel.attribute);
        else channel.element.setAttribute(channel.attribute, value);
      });
      if (readout) readout.textContent = data.readouts[position];
      figure.dataset.position = position;
    }

    box.addEventListener("input", move);
    box.hidden = false;
  }

  document.querySelectorAll(".lossbook-figure").forEach(enliven);
})();
