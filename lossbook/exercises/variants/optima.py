"""Variants of the exercises on optima: other ways and factors of a step, and other wishes and refusals."""

import dataclasses
from functools import partial

import numpy as np

from lossbook.exercises import optima as chapter
from lossbook.exercises.checker import named, of_form
from lossbook.exercises.optima import backtracked, bowl, skipped
from lossbook.exercises.properties import each_case, has_values, leaves_arguments_alone, works_on_arrays
from lossbook.exercises.variants import Variant

_STEP, _SECRETARY = chapter.EXERCISES

# ---- 7.2 ---------------------------------------------------------------------------------------------------


def _other_step(title, reference, mistakes, cases, along=None):
    """Return the exercise on a step with another rule, and with cases of the same kinds as the chapter's."""
    step_is = partial(has_values, "step", reference, mistakes=mistakes)
    round_ones, tilted, shares, firsts = cases
    properties = {
        "round bowls": step_is(round_ones, "how far does f fall, and how much did the slope promise?"),
        "tilted bowls": step_is(tilted, "what is the gradient of the whole function, and where does θ go?"),
        "any share": step_is(shares, "which part of the promise has to come?"),
        "any first step": step_is(firsts, "where do the trials begin, and by what are they shortened?"),
        "f falls": of_form(each_case(round_ones + tilted + shares, partial(chapter.falls, along=along))),
        "nothing to gain": step_is(
            chapter.FLAT, "at a stationary point a step of any length changes nothing."
        ),
        "inputs unchanged": leaves_arguments_alone(round_ones + tilted),
    }
    return dataclasses.replace(_STEP, title=title, properties=named(properties))


_STEP_STUB = "def my_backtracking(H, b, theta, first, share):\n    raise NotImplementedError"
_QUADRATIC = """\
Do it for the quadratic $f(\\theta) = \\tfrac12\\theta^\\top H\\theta - b^\\top\\theta$ with symmetric $H$"""
_ARGUMENTS = """\
The arguments are the arrays $H$, $b$ and θ and the numbers `first` ($s$) and `share` ($c$). Where the
gradient is zero, return $s$. Leave the arguments as they are."""


def _shortened_by(rng):
    """7.2 with another factor than ½."""
    factor = float(rng.choice([0.1, 0.2, 0.25, 0.7, 0.8]))
    step = partial(backtracked, factor=factor)
    mistakes = {
        "what halving gives": backtracked,
        "what any decrease would allow": lambda *a, first, share: step(*a, first, 0.0),
        "what you get if the first trial is 1": lambda *a, first, share: step(*a, 1.0, share),
        "what one more shortening gives": lambda *a, first, share: factor * step(*a, first, share),
    }
    cases = chapter.ROUND, chapter.TILTED, chapter.SHARES, chapter.FIRSTS
    return Variant(
        _other_step("A step by another factor", step, mistakes, cases),
        f"""\
*Backtracking* tries a step $t$, and shortens it to {factor:g} of its length until $f$ falls by at least a
share $c$ of what the slope promises,
$f(\\theta - t g) \\le f(\\theta) - c\\,t\\,\\lVert g\\rVert^2$ with the gradient $g$.
{_QUADRATIC}: return the largest $t$ among
$s$, ${factor:g}\\,s$, ${factor:g}^2 s$, … for which this holds, as one number. {_ARGUMENTS}""",
        _STEP_STUB,
        f"""\
def my_backtracking(H, b, theta, first, share):
    def f(p):
        return p @ H @ p / 2 - b @ p

    slope, t = H @ theta - b, first
    while f(theta - t * slope) > f(theta) - share * t * slope @ slope:
        t = {factor:g} * t
    return t""",
    )


def _along_signs(rng):
    """7.2 along the signs of the gradient, where all coordinates move equally far."""
    factor = float(rng.choice([0.2, 0.3, 0.4, 0.6, 0.7]))
    step = partial(backtracked, factor=factor, along=np.sign)
    mistakes = {
        "what the gradient itself as the way gives": partial(backtracked, factor=factor),
        "what halving gives": partial(backtracked, along=np.sign),
        "what any decrease would allow": lambda *a, first, share: step(*a, first, 0.0),
        "what you get if the first trial is 1": lambda *a, first, share: step(*a, 1.0, share),
        "what one more shortening gives": lambda *a, first, share: factor * step(*a, first, share),
    }
    # Longer first steps than the chapter's: signs are shorter than gradients.
    cases = (
        [
            bowl([10.0, 10.0], [0.0, 0.0], [1.0, -2.0], first=8.0),
            bowl([3.0], [0.0], [2.0], first=9.0),
            chapter.round_bowls,
        ],
        [bowl([9.0, 2.0], [3.0, -4.0], [1.0, 1.0], first=8.0), *[chapter.drawn_bowl] * 4],
        [bowl([1.0, 5.0], [1.0, 0.0], [0.0, 2.0], first=8.0, share=s) for s in (0.01, 0.6, 0.9)]
        + [chapter.other_shares],
        chapter.FIRSTS,
    )
    return Variant(
        _other_step("A step along signs", step, mistakes, cases, along=np.sign),
        f"""\
*Sign descent* moves every coordinate equally far, against the sign of its slope: from θ to
$\\theta - t\\,d$ with $d_i = \\operatorname{{sign}}(g_i)$ for the gradient $g$, and $d_i = 0$ where
$g_i = 0$. *Backtracking* finds the step: try a $t$, and shorten it to {factor:g} of its length until
$f$ falls by at least a share $c$ of what the slope promises,
$f(\\theta - t\\,d) \\le f(\\theta) - c\\,t\\,g^\\top d$. {_QUADRATIC}: return the largest $t$
among $s$, ${factor:g}\\,s$, ${factor:g}^2 s$, … for which this holds, as one number. {_ARGUMENTS}""",
        _STEP_STUB,
        f"""\
def my_backtracking(H, b, theta, first, share):
    def f(p):
        return p @ H @ p / 2 - b @ p

    slope, t = H @ theta - b, first
    way = np.sign(slope)
    while f(theta - t * way) > f(theta) - share * t * slope @ way:
        t = {factor:g} * t
    return t""",
    )


# ---- 7.3 ---------------------------------------------------------------------------------------------------


def _other_chances(title, reference, mistakes, hints):
    """Return the exercise on the secretary's chances with another reference and hints by property."""
    chance_is = partial(has_values, "chance", reference, mistakes=mistakes)
    cases = {
        "by hand": chapter.HAND,
        "many candidates": chapter.MANY,
        "nobody is skipped": chapter.NONE,
        "all but the last": chapter.LAST,
    }
    every = [item for inputs in cases.values() for item in inputs]
    properties = {name: chance_is(inputs, hints[name]) for name, inputs in cases.items()} | {
        "a probability": of_form(each_case(every, chapter.is_probability)),
        "arrays of any shape": works_on_arrays(skipped(0, 3, 9, 1, 5, n=10)),
        "inputs unchanged": leaves_arguments_alone(chapter.HAND + chapter.MANY),
    }
    return dataclasses.replace(_SECRETARY, title=title, properties=named(properties))


def _of_each(chance):
    """Return a function of skips of any shape from one of a single skip."""

    def chances(skip, n):
        return np.array([chance(int(k), n) for k in np.ravel(skip)]).reshape(np.shape(skip))

    return chances


_SECRETARY_STUB = "def my_secretary(skip, n):\n    raise NotImplementedError"
_CANDIDATES = """\
There are $n$ candidates in random order. You can only rank those whom you have seen, and each must be taken
or left at once."""
_SKIPS = """\
Write the probability for an array of skips $k$ of any shape, whole numbers from 0 to $n - 1$ (perhaps as
floats), and a whole number $n \\ge 2$. Leave the array as it is."""


def _one_of_the_best_two(rng):
    """7.3 for those who are content with the second best."""

    def place_or_last(k, n, last=True):
        if k == 0:
            return 2 / n
        second = sum((1 + (n - i) / (n - 1)) / (i - 1) for i in range(k + 1, n + 1))
        return k / n * (second + last / (n - 1))

    mistakes = {
        "the chance of the best alone": chapter.chance,
        "twice the chance of the best alone": lambda skip, n: 2 * chapter.chance(skip, n),
        "what you get if nobody is taken where none beats those who passed": _of_each(
            partial(place_or_last, last=False)
        ),
    }
    hints = {
        "by hand": "list the orders of two or three candidates and count.",
        "many candidates": "if the second best is taken, where is the best, and where are the others?",
        "nobody is skipped": "with which probability is the first one of the two?",
        "all but the last": "which one is taken then, and with which probability is it one of the two?",
    }
    return Variant(
        _other_chances("One of the best two", _of_each(place_or_last), mistakes, hints),
        f"""\
{_CANDIDATES} Let $k$ pass, then take the first that beats all before. If none does, you are left
with the last; for $k = 0$ the rule takes the first. You are content if you get the best *or the second best*
of all. {_SKIPS}""",
        _SECRETARY_STUB,
        """\
def my_secretary(skip, n):
    places = np.arange(2, n + 1)
    # Who is at place i and beats all before is the best or the second best of all with i times this.
    content = (1 + (n - places) / (n - 1)) / n
    chances = np.array([k * np.sum(content[k - 1 :] / (places[k - 1 :] - 1)) for k in range(1, n)])
    # The last one stays if the best has passed, and may be the second best.
    chances += np.arange(1, n) / n / (n - 1)
    return np.append(2 / n, chances)[np.asarray(skip).astype(int)]""",
    )


def _who_may_refuse(rng):
    """7.3 where candidates refuse, each independently."""
    yes = float(rng.choice([0.5, 0.6, 0.75, 0.8, 0.9]))

    def chance(k, n):
        free = np.cumprod(np.append(1, 1 - yes / np.arange(k + 1, n)))
        return yes / n * free.sum()

    mistakes = {
        "the chance if nobody refuses": chapter.chance,
        "what you get if the search ends with a refusal": lambda skip, n: yes * chapter.chance(skip, n),
        "the chance that the best would accept, wherever it stands": lambda skip, n: yes * (1 - skip / n),
    }
    hints = {
        "by hand": "list the orders of two or three candidates, and who accepts.",
        "many candidates": "how often does candidate i beat all before, and does that depend on the others?",
        "nobody is skipped": "what if the first is not the best, and refuses?",
        "all but the last": "who gets an offer then, and what else must happen?",
    }
    return Variant(
        _other_chances("A secretary who may refuse", _of_each(chance), mistakes, hints),
        f"""\
{_CANDIDATES} Let $k$ pass, then make an offer to each one that beats all before, until somebody accepts.
Each accepts with probability {yes:g}, independently of all else; if nobody does, the place stays empty. For
$k = 0$ the first offer goes to the first candidate. What is the probability of getting the best of all? It
helps that "candidate $i$ beats all before" has probability $1/i$, independently for each $i$. {_SKIPS}""",
        _SECRETARY_STUB,
        f"""\
def my_secretary(skip, n):
    yes, chances = {yes:g}, np.zeros(n)
    for k in range(n):
        free = 1.0  # the probability that nobody has accepted yet
        for i in range(k + 1, n + 1):
            chances[k] += yes / n * free
            free *= 1 - yes / i
    return chances[np.asarray(skip).astype(int)]""",
    )


VARIANTS = {
    "7.2": (_shortened_by, _along_signs),
    "7.3": (_one_of_the_best_two, _who_may_refuse),
}
