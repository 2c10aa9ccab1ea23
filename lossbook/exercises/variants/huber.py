"""Variants of the exercises on Huber's loss."""

from lossbook import regression
from lossbook.exercises import huber
from lossbook.exercises.checker import Exercise, named
from lossbook.exercises.properties import (
    case,
    has_no_step,
    has_values,
    leaves_arguments_alone,
    works_on_arrays,
)
from lossbook.exercises.variants import Variant


def _smooth_l1_with_slope(rng):
    """15.4 with another slope far out: s H_β(r)/β."""
    slope = float(rng.choice([0.5, 1.5, 2.0, 2.5, 3.0]))

    def loss(prediction, target, beta):
        return slope * regression.smooth_l1(prediction, target, beta=beta)

    def cases(*residuals, beta):
        return [case(r, 0.0, beta=beta) for r in residuals]

    near, far = cases(0.5, -0.25, 0.0, beta=1.0), cases(3.0, -3.0, 1e4, beta=1.0)
    other = cases(1.0, 7.0, -2.0, beta=3.0) + huber.SMOOTH_L1_DRAWN
    joins = cases(1.0, -1.0, beta=1.0) + cases(2.5, -2.5, beta=2.5)
    mistakes = {"what smooth L1 with slope 1 gives": lambda p, t, beta: loss(p, t, beta) / slope}

    def values(inputs, hint):
        return has_values("loss", loss, inputs, hint, mistakes=mistakes)

    properties = {
        "values inside beta = 1": values(near, "which slope must the parabola reach at the join?"),
        "no step at the join": has_no_step("loss", joins, "the two pieces should meet there."),
        "values beyond beta = 1": values(far, "how much does one more unit of error cost far out?"),
        "for every beta": values(other, "does the slope far out depend on beta? Should it?"),
        "arrays of any shape": works_on_arrays(cases(1.0, -4.0, 0.5, 0.0, beta=1.5)),
        "inputs unchanged": leaves_arguments_alone(near + other),
    }
    return Variant(
        Exercise(
            "15.4",
            "Smooth L1 with another slope",
            "huber",
            ("prediction", "target"),
            ("loss",),
            named(properties),
        ),
        f"""\
torch's `SmoothL1Loss(beta=…)` is Huber's loss in another scaling, with the slope 1 far out. Write the one
whose slope far out is {slope:g}, for every `beta`: a parabola for $|r| \\le$ `beta`, straight beyond, with no
step and no corner.""",
        "def my_smooth_l1(prediction, target, beta):\n    raise NotImplementedError",
        f"""\
def my_smooth_l1(prediction, target, beta):
    size = np.abs(np.asarray(prediction, dtype=float) - target)
    return {slope:g} * np.where(size <= beta, size**2 / (2 * beta), size - beta / 2)""",
    )


VARIANTS = {"15.4": (_smooth_l1_with_slope,)}
