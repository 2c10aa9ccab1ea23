"""Exercises of the chapter on KL and cross-entropy: the three numbers, and a stable distillation loss."""

import numpy as np

from lossbook import classification, divergences, probability
from lossbook.exercises._exercise import Exercise, NotYet, Property, Raised, shown
from lossbook.exercises._properties import all_of, ask_one, close, leaves_arguments_alone

# ---- Tests of functions of whole vectors: a case is a tuple of vectors, and the parameters -----------------


def _one(answer, output):
    """Return an output that is one number, bare or in an array of shape ()."""
    values = answer.numbers(output)
    if values.size != 1:
        raise NotYet(
            f"{answer.question} your {output} has shape {values.shape}; required is one number for one "
            "vector: over which axis do you sum?"
        )
    return float(values.reshape(()))


def _has_values(output, reference, cases, *, hint, mistakes=()):
    """Test that an output that is one number a vector has the right value, infinity included."""

    def test(ask, rng):
        for case in cases(rng):
            vectors, parameters = case
            answer = ask_one(ask, case)
            came, required = _one(answer, output), float(reference(*vectors, **parameters))
            if _agrees(came, required):
                continue
            if not np.isfinite(required):
                verdict = f"which is {'not a number' if np.isnan(came) else 'finite'}"
            elif not np.isfinite(came):
                verdict = "which is not finite"
            else:
                said = [says for wrong, says in mistakes if close(came, float(wrong(*vectors, **parameters)))]
                size = "too large" if came > required else "too small"
                verdict = f"which is {said[0] if said else size}"
            raise NotYet(f"{answer.question} your {output} is {shown(came)}, {verdict}: {hint}")

    return test


def _agrees(came, required):
    return came == required if np.isinf(required) else close(came, required)


def _takes_batches(cases, lengths):
    """Test that batches of vectors give what the vectors give one by one.

    `lengths` says of each output whether it is one number a vector (False) or as long as the vector (True).
    """

    def test(ask, rng):
        drawn = cases(rng)
        parameters = drawn[0][1]
        alone = [ask_one(ask, case) for case in drawn]
        for batch in ((6,), (2, 3), (3, 1, 2)):
            arrays = [np.reshape(column, (*batch, -1)) for column in _columns(drawn)]
            shape = arrays[0].shape
            try:
                answer = ask(*arrays, **parameters)
            except Raised as fault:
                raise NotYet(f"{str(fault).rstrip('.')}: each vector needs an answer of its own.") from None
            for name, long in lengths.items():
                values, wanted = answer.numbers(name), shape if long else batch
                if values.shape != wanted:
                    raise NotYet(
                        f"for arrays of shape {shape} your {name} has shape {values.shape}; required is "
                        f"{wanted}."
                    )
                rows = values.reshape(6, -1)
                for row, single in zip(rows, alone, strict=True):
                    there = single.numbers(name).reshape(-1)
                    if there.shape != row.shape or not np.allclose(row, there, equal_nan=True):
                        raise NotYet(
                            f"{single.question} your {name} is {shown(there)}, but in arrays of shape "
                            f"{shape} it is {shown(row)}: each vector should count for itself."
                        )

    return test


def _columns(cases):
    return zip(*(vectors for vectors, _ in cases), strict=True)


# ---- 10.2 --------------------------------------------------------------------------------------------------


def _drawn_pairs(rng, count=6):
    # Rounded, so that a report shows the very numbers that were sent.
    pairs = []
    for _ in range(count):
        rows = rng.multinomial(18, [0.25, 0.4, 0.35], size=2) + 1
        pairs.append([(row[:2] / 21).round(2) for row in rows])
    return [((tuple(_completed(p)), tuple(_completed(q))), {}) for p, q in pairs]


def _completed(head):
    return [float(x) for x in head] + [round(1 - float(sum(head)), 2)]


def _positive_pairs(rng):
    return [(((0.9, 0.1), (0.6, 0.4)), {}), (((0.2, 0.5, 0.3), (0.6, 0.1, 0.3)), {}), *_drawn_pairs(rng)]


def _pairs_with_zeros(rng):
    return [
        (((1.0, 0.0), (0.6, 0.4)), {}),
        (((0.7, 0.3, 0.0), (0.2, 0.8, 0.0)), {}),
        (((0.0, 0.0, 1.0), (0.0, 0.5, 0.5)), {}),
    ]


def _impossible_pairs(rng):
    return [(((0.5, 0.5), (1.0, 0.0)), {}), (((0.2, 0.0, 0.8), (0.0, 0.5, 0.5)), {})]


def _batch_of_pairs(rng):
    return [
        (((0.5, 0.5, 0.0), (0.2, 0.3, 0.5)), {}),
        (((0.1, 0.2, 0.7), (0.1, 0.2, 0.7)), {}),
        *_drawn_pairs(rng, 4),
    ]


_THREE = {
    "entropy": lambda p, q: divergences.entropy(p),
    "cross_entropy": divergences.cross_entropy,
    "divergence": divergences.kl,
}
_THREE_MISTAKES = {
    "entropy": (
        (lambda p, q: divergences.entropy(p, base=2), "what comes out in bits"),
        (lambda p, q: divergences.entropy(q), "the entropy of q"),
        (lambda p, q: -divergences.entropy(p), "what you get with the sign left out"),
    ),
    "cross_entropy": (
        (lambda p, q: divergences.cross_entropy(p, q, base=2), "what comes out in bits"),
        (lambda p, q: divergences.cross_entropy(q, p), "what you get with p and q exchanged"),
        (lambda p, q: -divergences.cross_entropy(p, q), "what you get with the sign left out"),
        (divergences.kl, "the divergence"),
    ),
    "divergence": (
        (lambda p, q: divergences.kl(p, q, base=2), "what comes out in bits"),
        (lambda p, q: divergences.kl(q, p), "what you get with p and q exchanged"),
        (lambda p, q: -divergences.kl(p, q), "what you get with the sign flipped"),
        (divergences.cross_entropy, "the cross-entropy"),
    ),
}


def _all_three(cases, hint):
    tests = [
        _has_values(name, reference, cases, hint=hint, mistakes=_THREE_MISTAKES[name])
        for name, reference in _THREE.items()
    ]
    return all_of(*tests)


def _adds_up(ask, rng):
    for case in [*_positive_pairs(rng), *_pairs_with_zeros(rng)]:
        answer = ask_one(ask, case)
        h, cross, kl = (_one(answer, name) for name in _THREE)
        if not close(h + kl, cross):
            raise NotYet(
                f"{answer.question} your entropy and divergence add up to {shown(h + kl)} and your "
                f"cross_entropy is {shown(cross)}: which of the three is not what the chapter defines?"
            )


THREE_NUMBERS = Exercise(
    number="10.2",
    title="The three numbers, with zeros",
    chapter="kl_vs_cross_entropy",
    arrays=("p", "q"),
    outputs=tuple(_THREE),
    properties=(
        Property(
            "values where nothing is zero",
            _all_three(_positive_pairs, "whose probabilities weigh, and whose logarithm is taken?"),
        ),
        Property(
            "classes that p cannot draw contribute nothing",
            _all_three(_pairs_with_zeros, "what should a class with probability 0 under p contribute?"),
        ),
        Property(
            "a class that only q excludes costs infinity",
            _all_three(_impossible_pairs, "how surprised is q by a class that it held to be impossible?"),
        ),
        Property("entropy and divergence add up to cross-entropy", _adds_up),
        Property("batches of any shape", _takes_batches(_batch_of_pairs, dict.fromkeys(_THREE, False))),
        Property("inputs unchanged", leaves_arguments_alone(_pairs_with_zeros)),
    ),
)

# ---- 10.3 --------------------------------------------------------------------------------------------------


def _logit_case(student, teacher, temperature):
    return (tuple(student), tuple(teacher)), {"temperature": temperature}


def _drawn_logits(rng, count=5, temperature=None):
    return [
        _logit_case(*rng.normal(0, 2, (2, 4)).round(1).tolist(), temperature or round(rng.uniform(0.5, 6), 1))
        for _ in range(count)
    ]


def _moderate(rng):
    return [
        _logit_case((0.0, 1.0, -1.0), (2.0, 0.0, -2.0), 1.0),
        _logit_case((0.0, 1.0, -1.0), (2.0, 0.0, -2.0), 3.0),
        *_drawn_logits(rng),
    ]


def _equal_answers(rng):
    return [
        _logit_case((1.0, -2.0, 0.5), (1.0, -2.0, 0.5), 2.0),
        _logit_case((11.0, 8.0, 10.5), (1.0, -2.0, 0.5), 2.0),
    ]


def _large(rng):
    return [
        _logit_case((1e4, 0.0, -1e4), (1e4, 0.0, -1e4), 1.0),
        _logit_case((0.0, 1e4, -1e4), (0.0, -1e4, 1e4), 1.0),
        _logit_case((-1e4, -1e4, -1e4 + 1), (-1e4, -1e4 + 2, -1e4), 4.0),
        _logit_case((1e4, 1e4 - 1, 0.0), (1e4, 1e4 + 1, 0.0), 0.5),
    ]


def _reference(student, teacher, temperature):
    return classification.distillation_loss(student, teacher, temperature=temperature)


def _without_square(student, teacher, temperature):
    return _reference(student, teacher, temperature) / temperature**2


def _reversed(student, teacher, temperature):
    return _reference(teacher, student, temperature)


def _never_softened(student, teacher, temperature):
    return temperature**2 * _reference(student, teacher, 1.0)


def _with_entropy(student, teacher, temperature):
    t = probability.softmax(teacher, temperature=temperature)
    return _reference(student, teacher, temperature) + temperature**2 * divergences.entropy(t)


_DISTILLATION_MISTAKES = (
    (_without_square, "what you get without the factor T²"),
    (_reversed, "what you get with student and teacher exchanged"),
    (_never_softened, "what you get without dividing the logits by the temperature"),
    (_with_entropy, "a cross-entropy, which has the teacher's entropy in it"),
)


def _gradient(answer, length):
    gradient = answer.numbers("gradient")
    if gradient.shape != (length,):
        raise NotYet(f"{answer.question} your gradient has shape {gradient.shape}; required is {(length,)}.")
    return gradient


def _slopes_match(cases, step):
    """Test that the gradient is that of the reader's own loss, by differences in each logit."""

    def test(ask, rng):
        for (student, teacher), parameters in cases(rng):
            answer = ask_one(ask, ((student, teacher), parameters))
            for j, came in enumerate(_gradient(answer, len(student))):
                moved = [np.array(student), np.array(student)]
                moved[0][j] += step
                moved[1][j] -= step
                above, below = (_one(ask_one(ask, ((z, teacher), parameters)), "loss") for z in moved)
                slope = (above - below) / (2 * step)
                if not abs(came - slope) <= 1e-4 * max(1.0, abs(slope)):
                    raise NotYet(
                        f"{answer.question} entry {j} of your gradient is {shown(came)}, but your own loss "
                        f"changes by {slope + 0:.4g} for each unit that logit {j} of the student grows: the "
                        "two should agree."
                    )

    return test


def _large_gradients(ask, rng):
    for case in _large(rng):
        (student, teacher), parameters = case
        answer = ask_one(ask, case)
        required = classification.distillation_loss_grad(student, teacher, **parameters)
        for j, came in enumerate(_gradient(answer, len(student))):
            if not close(came, required[j]):
                size = "too large" if came > required[j] else "too small"
                raise NotYet(
                    f"{answer.question} entry {j} of your gradient is {shown(came)}, which is "
                    f"{size if np.isfinite(came) else 'not finite'}: what are the two softmaxes there, and "
                    "does an exponential overflow on the way?"
                )


DISTILLATION = Exercise(
    number="10.3",
    title="A distillation loss that survives large logits",
    chapter="kl_vs_cross_entropy",
    arrays=("student_logits", "teacher_logits"),
    outputs=("loss", "gradient"),
    properties=(
        Property(
            "values",
            _has_values(
                "loss",
                _reference,
                _moderate,
                hint="which of the two is the target, and what is done with the temperature?",
                mistakes=_DISTILLATION_MISTAKES,
            ),
        ),
        Property(
            "zero for equal answers",
            _has_values(
                "loss",
                _reference,
                _equal_answers,
                hint="the same number added to all logits changes no probability, and a student that gives "
                "the teacher's answer costs nothing.",
                mistakes=_DISTILLATION_MISTAKES,
            ),
        ),
        Property(
            "the gradient is the derivative of your loss",
            _slopes_match(_moderate, 1e-5),
        ),
        Property(
            "right for logits of ten thousand",
            all_of(
                _has_values(
                    "loss",
                    _reference,
                    _large,
                    hint="which exponential overflows, and of which number that has become 0 do you take the "
                    "logarithm?",
                    mistakes=_DISTILLATION_MISTAKES,
                ),
                _large_gradients,
            ),
        ),
        Property(
            "batches of any shape",
            _takes_batches(
                lambda rng: _drawn_logits(rng, 6, temperature=2.5), {"loss": False, "gradient": True}
            ),
        ),
        Property("inputs unchanged", leaves_arguments_alone(_moderate)),
    ),
)

EXERCISES = (THREE_NUMBERS, DISTILLATION)
