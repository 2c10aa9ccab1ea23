"""What a checker says: one line a property, the same on every machine and every day."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Result:
    """Whether one property holds.

    Parameters
    ----------
    name : str
        The property's name.
    passed : bool
        Whether it holds.
    sentence : str
        If it does not: the input that broke it, what came, and a hint. Empty if it holds.
    weight : float
        Its share in the score.
    unwritten : bool
        Whether it does not hold because the function raised NotImplementedError.
    """

    name: str
    passed: bool
    sentence: str = ""
    weight: float = 1.0
    unwritten: bool = False

    def __str__(self):
        """Return the result's line."""
        if self.passed:
            return f"passed: {self.name}"
        return f"not yet: {self.name}. {self.sentence[:1].upper()}{self.sentence[1:]}"


@dataclasses.dataclass(frozen=True, repr=False)
class Report:
    """The results of one exercise. Printed, it is one line for each property; it is true if all hold.

    Parameters
    ----------
    number, title : str
        The exercise's.
    results : tuple of Result
        One for each property, in the exercise's order.
    printed : bool
        Whether the function printed anything while it was checked.
    """

    number: str
    title: str
    results: tuple
    printed: bool = False

    @property
    def passed(self):
        """How many properties hold."""
        return sum(result.passed for result in self.results)

    @property
    def total(self):
        """How many properties there are."""
        return len(self.results)

    @property
    def score(self):
        """The weights of the properties that hold over those of all, from 0 to 1."""
        return sum(r.weight for r in self.results if r.passed) / sum(r.weight for r in self.results)

    @property
    def unwritten(self):
        """Whether the function does nothing yet but raise NotImplementedError."""
        return all(result.unwritten for result in self.results)

    def __bool__(self):
        """Say whether all properties hold."""
        return self.passed == self.total

    def __repr__(self):
        """Return the report's lines."""
        if self.unwritten:
            return f"Exercise {self.number}: not written yet."
        lines = [f"Exercise {self.number} ({self.title}): {self.passed} of {self.total} passed"]
        lines += map(str, self.results)
        if self.printed:
            lines.append("Your function also prints; what it printed is not shown here.")
        return "\n".join(lines)
