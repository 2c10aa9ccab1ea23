"""Distillation: a student learns the softened probabilities of a teacher."""

import numpy as np

from lossbook._blocks import map_vectors, reduce_vectors
from lossbook._legacy_checks import as_logits, check_equal_shapes, positive_number
from lossbook.divergences._entropy import kl_of_logits, shares_and_log_ratio
from lossbook.probability._softmax import over


@np.errstate(all="ignore")
def distillation_loss(student_logits, teacher_logits, *, temperature=1.0):
    r"""Distillation loss: the divergence of the student's softened probabilities from the teacher's.

    .. math:: \ell_T(z, v) = T^2 \, D(\operatorname{softmax}(v/T) \,\Vert\, \operatorname{softmax}(z/T))

    with the student's logits z and the teacher's v.

    Parameters
    ----------
    student_logits, teacher_logits : array_like
        Real numbers of equal shape (..., K), K ≥ 1; −∞ is allowed beside others.
    temperature : float, default 1.0
        T, positive, in the unit of the logits: how much both are softened.

    Returns
    -------
    ndarray or scalar
        One loss an example, of shape (...), in [0, ∞], in nats times the squared unit of T; ∞ where a class
        that the teacher gives a chance has the logit −∞ in the student.

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        If the shapes differ, there are no classes, a logit is +∞ or all of a vector are −∞, or `temperature`
        is not positive and finite.

    Notes
    -----
    Convex in the student's logits; 0 where both softmaxes are equal. For one teacher it is T² times a
    cross-entropy with soft targets, minus what the student cannot change. The factor T² keeps the size of the
    gradient: for large T and centered logits the gradient is about (z − v)/K.

    In torch: ``T**2 * torch.nn.functional.kl_div(log_softmax(z / T), log_softmax(v / T), log_target=True,
    reduction="none").sum(-1)``; ``reduction="batchmean"`` averages these.

    References
    ----------
    Hinton, Vinyals and Dean (2015), arXiv 1503.02531

    Examples
    --------
    >>> distillation_loss([[0.0, 0.0], [1.0, 2.0]], [[2.0, 0.0], [1.0, 2.0]], temperature=2.0)
    array([0.44377629, 0.        ])
    """
    z, v, temperature, dtype = _checked(student_logits, teacher_logits, temperature)

    def loss(z, v):
        divergence = kl_of_logits(over(v, temperature), over(z, temperature))
        # T² alone might overflow.
        return temperature * (temperature * divergence)

    return reduce_vectors(loss, z, v).astype(dtype, copy=False)[()]


@np.errstate(all="ignore")
def distillation_loss_grad(student_logits, teacher_logits, *, temperature=1.0):
    r"""Derivative of the distillation loss of each example with respect to the student's logits.

    .. math:: \frac{\partial \ell_T}{\partial z}
        = T \left(\operatorname{softmax}(z/T) - \operatorname{softmax}(v/T)\right)

    Parameters
    ----------
    student_logits, teacher_logits : array_like
        Real numbers of equal shape (..., K), K ≥ 1; −∞ is allowed beside others.
    temperature : float, default 1.0
        T, positive, in the unit of the logits.

    Returns
    -------
    ndarray
        Of the shape of the logits, in [−T, T]; it sums to 0 along the last axis.

    Raises
    ------
    TypeError
        If an argument is not real.
    ValueError
        As `distillation_loss`.

    Examples
    --------
    >>> distillation_loss_grad([0.0, 0.0], [2.0, 0.0], temperature=2.0)
    array([-0.46211716,  0.46211716])
    """
    z, v, temperature, dtype = _checked(student_logits, teacher_logits, temperature)

    def slope(z, v):
        t, s, delta = shares_and_log_ratio(over(v, temperature), over(z, temperature))
        # s − t = t (e⁻ᵟ − 1) with δ = log t − log s keeps its digits where s and t are nearly equal.
        return temperature * np.where(abs(delta) < 1, t * np.expm1(-delta), s - t)

    return map_vectors(slope, z, v, dtype=dtype)


def _checked(student_logits, teacher_logits, temperature):
    """Return both logits and the temperature after checking them, and the result's type."""
    z = as_logits(student_logits, name="student_logits")
    v = as_logits(teacher_logits, name="teacher_logits")
    check_equal_shapes(z, v, names=("student_logits", "teacher_logits"))
    dtype = np.result_type(z, v)
    return z, v, positive_number(temperature, name="temperature", dtype=dtype), dtype
