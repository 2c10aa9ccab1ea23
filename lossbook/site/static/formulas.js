/* The font of formulas is fetched before the first of them comes near: then nothing moves when it is there. */
addEventListener("load", () => document.fonts.load("1em LossBookMath"));
