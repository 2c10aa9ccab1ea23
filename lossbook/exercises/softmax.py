"""Exercises of the chapter on softmax: a stable softmax over any axis, and log-softmax to the last digits."""

import decimal

import numpy as np

from lossbook import probability
from lossbook.exercises._exercise import Exercise, NotYet, Property, shown
from lossbook.exercises._properties import leaves_arguments_alone

_RELATIVE = 1e-9
_ULPS = 4.0

# ---- What both exercises ask ------------------------------------------------------------------------------


def _answer(ask, logits, parameters, output):
    """Return the numbers that come for an array of logits, checked for their shape, and the question."""
    answer = ask(logits, **parameters)
    came = answer.numbers(output)
    if came.shape != logits.shape:
        raise NotYet(
            f"{answer.question} your {output} has shape {came.shape}; required is one number a logit, shape "
            f"{logits.shape}."
        )
    return came, answer.question


def _is_close(came, required):
    """Say of each element whether it agrees: infinities exactly, numbers to nine digits or 1e-300."""
    with np.errstate(invalid="ignore"):
        near = np.abs(came - required) <= _RELATIVE * np.abs(required) + 1e-300
    return near | (came == required)


def _in_kind(came, required):
    """Say how a number is wrong without saying what is right."""
    if not np.isfinite(came):
        return "not finite" if np.isfinite(required) else "not what a class without probability has"
    if came * required < 0:
        return "of the wrong sign"
    return f"too {'large' if came > required else 'small'}"


def _values(output, reference, cases, *, hint, mistakes=()):
    """Test values of whole arrays. Each case is an array of logits and a dict of parameters."""

    def test(ask, rng):
        for logits, parameters in cases(rng):
            came, question = _answer(ask, logits, parameters, output)
            required = reference(logits, **parameters)
            wrong = np.argwhere(~_is_close(came, required))
            if not len(wrong):
                continue
            place = tuple(int(i) for i in wrong[0])
            says = [
                text for mistake, text in mistakes if _is_close(came, mistake(logits, **parameters)).all()
            ]
            verdict = says[0] if says else _in_kind(came[place], required[place])
            where = ", ".join(map(str, place))
            raise NotYet(
                f"{question} element [{where}] of your {output} is {shown(came[place])}, which is {verdict}: "
                f"{hint}"
            )

    return test


def _leaves_logits_alone(cases):
    return leaves_arguments_alone(lambda rng: [((logits,), parameters) for logits, parameters in cases(rng)])


def _drawn(rng, *shape, scale=2.0):
    # Rounded, so that a report shows the very numbers that were sent.
    return rng.normal(0, scale, shape).round(2)


# ---- 1.3 ---------------------------------------------------------------------------------------------------


def _softmax(logits, axis):
    return probability.softmax(logits, axis=axis)


def _unnormalized(logits, axis):
    return np.exp(logits)


def _over_everything(logits, axis):
    return probability.softmax(logits.ravel()).reshape(logits.shape)


def _over_the_last(logits, axis):
    return probability.softmax(logits, axis=-1)


def _over_the_first(logits, axis):
    return probability.softmax(logits, axis=0)


def _shares_of_the_logits(logits, axis):
    return logits / logits.sum(axis=axis, keepdims=True)


def _one_vector(rng):
    return [
        (np.array([0.0, 1.0]), {"axis": 0}),
        (np.array([1.0, 2.0, 3.0]), {"axis": 0}),
        (np.array([-1.0, 0.5, 0.5, 2.0]), {"axis": -1}),
        *((_drawn(rng, 5), {"axis": 0}) for _ in range(4)),
    ]


def _any_axis(rng):
    small = np.array([[0.0, 1.0, 2.0], [3.0, 1.0, 0.0]])
    fixed = [(small, {"axis": axis}) for axis in (0, 1, -1, -2)]
    return [*fixed, *((_drawn(rng, 2, 3, 2), {"axis": axis}) for axis in (0, 1, 2, -2))]


def _large(rng):
    sizes = (1000.0, -1000.0, 1e5)
    return [
        *((size + np.array([0.0, 1.0, 0.5]), {"axis": 0}) for size in sizes),
        (np.array([800.0, -800.0]), {"axis": -1}),
    ]


def _apart(rng):
    block = np.array([[1000.0, 1001.0], [-1000.0, -1003.0]])
    return [(block, {"axis": 1}), (block.T.copy(), {"axis": 0})]


def _masked(rng):
    return [
        (np.array([0.0, -np.inf, 1.0]), {"axis": 0}),
        (np.array([[0.0, -np.inf], [1.0, 2.0]]), {"axis": 1}),
    ]


def _whole(rng):
    return [(np.array([[0, 1], [2, 5]]), {"axis": 1})]


STABLE_SOFTMAX = Exercise(
    number="1.3",
    title="A stable softmax over any axis",
    chapter="softmax",
    arrays=("logits",),
    outputs=("softmax",),
    properties=(
        Property(
            "values for one vector",
            _values(
                "softmax",
                _softmax,
                _one_vector,
                hint="each exponential is a share of which sum?",
                mistakes=(
                    (_unnormalized, "an exponential, not yet a share"),
                    (_shares_of_the_logits, "a share of the logits themselves"),
                ),
            ),
        ),
        Property(
            "every axis",
            _values(
                "softmax",
                _softmax,
                _any_axis,
                hint="along which axis do the numbers have to sum to 1, and does the sum keep that axis?",
                mistakes=(
                    (_over_everything, "a share of the whole array"),
                    (_over_the_last, "a share along the last axis"),
                    (_over_the_first, "a share along the first axis"),
                ),
            ),
        ),
        Property(
            "large logits",
            _values(
                "softmax", _softmax, _large, hint="which number may you take away from all logits for free?"
            ),
        ),
        Property(
            "vectors far apart in one array",
            _values("softmax", _softmax, _apart, hint="is one number right for all vectors of an array?"),
        ),
        Property(
            "a logit of −∞",
            _values("softmax", _softmax, _masked, hint="a class with the weight 0 leaves the others theirs."),
        ),
        Property(
            "whole numbers",
            _values(
                "softmax", _softmax, _whole, hint="an array of integers cannot hold shares: make a new one."
            ),
        ),
        Property("inputs unchanged", _leaves_logits_alone(_any_axis)),
    ),
)

# ---- 1.4 ---------------------------------------------------------------------------------------------------


def _exact_logs(vector):
    """Return the log-softmax of a vector in 60 digits, as Decimals, also where it is −1e−1000."""
    numbers = [decimal.Decimal(float(x)) for x in vector]
    top = max(range(len(numbers)), key=numbers.__getitem__)
    with decimal.localcontext() as context:
        context.prec = 60
        others = sum((x - numbers[top]).exp() for i, x in enumerate(numbers) if i != top)
        # log(1 + x) where 1 + x would round: the next term of the series is beyond the 60 digits.
        rest = others - others * others / 2 if others < decimal.Decimal("1e-40") else (1 + others).ln()
        return [x - numbers[top] - rest for x in numbers]


def _log_softmax(logits):
    return probability.log_softmax(logits)


def _softmax_itself(logits):
    return probability.softmax(logits)


def _just_shifted(logits):
    return logits - logits.max(axis=-1, keepdims=True)


def _moderate(rng):
    return [
        (np.array([0.0, 1.0]), {}),
        (np.array([1.0, 2.0, 4.0]), {}),
        *((_drawn(rng, 4), {}) for _ in range(4)),
    ]


def _near_ten_thousand(rng):
    """Vectors near ±10 000, in binary fractions, among them ties for the top and tops that round to 1."""
    offsets = [[0.0, -1.0, -3.5], [0.0, 0.0, -2.0], [0.0, -40.0, -60.0], [0.0, -300.0, -700.0]]
    offsets += np.sort(-rng.integers(0, 3000, (6, 3)) / 64)[:, ::-1].tolist()
    return [sign * 1e4 + np.array(offset) for offset in offsets for sign in (1, -1)]


def _within_four_ulps(ask, rng):
    for vector in _near_ten_thousand(rng):
        came, question = _answer(ask, vector, {}, "log-softmax")
        for index, (number, exact) in enumerate(zip(came, _exact_logs(vector), strict=True)):
            if not np.isfinite(number):
                raise NotYet(
                    f"{question} element [{index}] of your log-softmax is {shown(number)}, which is not "
                    "finite: where do your exponentials overflow, or which probability became 0?"
                )
            ulp = np.spacing(max(abs(float(exact)), np.finfo(float).tiny))
            error = abs(float(decimal.Decimal(float(number)) - exact)) / ulp
            if error > _ULPS:
                size = f"about {error:.0f} ulp" if error < 1e6 else "more than a million ulp"
                raise NotYet(
                    f"{question} element [{index}] of your log-softmax, {shown(number)}, is {size} off: "
                    f"{_why_off(vector, error * ulp)}"
                )


def _why_off(vector, error):
    """Ask for the likeliest cause of an absolute error: a wrong sum, a large number rounded, log(1 + x)."""
    if error > 1e-6:  # far above what rounding does to logits of this size
        shared = np.count_nonzero(vector == vector.max()) > 1
        return (
            "how many logits share the largest value, and how many of them did you leave out of the sum?"
            if shared
            else "that is more than rounding; do the exponentials of your results sum to 1?"
        )
    # Near 1e4, where floats lie 1.8e−12 apart, rounding errs by more than this; next to 1 it errs by less.
    if error >= 1e-13:
        return "which step of yours rounds numbers that are much larger than the result?"
    return "a number next to 1 has lost the digits of what was added to it; which function adds 1 for you?"


def _far_apart(rng):
    return [(np.array([1e4, -1e4]), {}), (np.array([-1e4, 1e4, 0.0]), {}), (np.array([800.0, 0.0]), {})]


def _batches(rng):
    return [
        (np.array([[0.0, 1.0], [-900.0, 900.0]]), {}),
        (_drawn(rng, 2, 2, 3), {}),
        (np.array([[2, 1, 0]]), {}),
    ]


LOG_SOFTMAX = Exercise(
    number="1.4",
    title="Log-softmax to the last digits",
    chapter="softmax",
    arrays=("logits",),
    outputs=("log-softmax",),
    properties=(
        Property(
            "values for moderate logits",
            _values(
                "log-softmax",
                _log_softmax,
                _moderate,
                hint="the exponentials of your results should sum to 1.",
                mistakes=(
                    (_softmax_itself, "the softmax itself"),
                    (_just_shifted, "the logit minus the largest, with nothing normalized yet"),
                ),
            ),
        ),
        Property("4 ulp near ±10 000", _within_four_ulps),
        Property(
            "logits far apart",
            _values(
                "log-softmax",
                _log_softmax,
                _far_apart,
                hint="a class may have a probability below every float, and still a logarithm.",
            ),
        ),
        Property(
            "batches of any shape",
            _values(
                "log-softmax", _log_softmax, _batches, hint="each vector along the last axis on its own."
            ),
        ),
        Property("inputs unchanged", _leaves_logits_alone(_batches)),
    ),
)

EXERCISES = (STABLE_SOFTMAX, LOG_SOFTMAX)
