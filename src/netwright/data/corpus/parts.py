"""Which part of a text trains, which validates and which tests: in order, since a text goes on where it was cut."""

from dataclasses import dataclass

from netwright.core.errors import RecipeError
from netwright.core.values import Choice


@dataclass(frozen=True)
class TextSplit:
    """Where each part begins and ends, in characters."""

    train: tuple[int, int]
    validation: tuple[int, int]
    test: tuple[int, int]  # empty where none is asked for

    @property
    def sizes(self) -> dict[str, int]:
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: stop - start for name, (start, stop) in parts.items()}


def split_text(length: int, validation: float, test: float) -> TextSplit:
    """Cut a text of `length` characters in order: training, validation, test.

    Raises:
        RecipeError: the shares leave nothing to train on.
    """
    for name, share in (("validation", validation), ("test", test)):
        if not 0.0 <= share < 1.0:
            raise RecipeError(f"split.{name}: expected a share from 0 up to but not including 1, got {share!r}")
    if validation == 0.0 or validation + test >= 1.0:
        raise RecipeError(
            f"split: expected a validation part and a rest to train on, got validation {validation:g} and test {test:g}"
        )
    tested = round(length * (1.0 - test))
    trained = round(length * (1.0 - validation - test))
    return TextSplit((0, trained), (trained, tested), (tested, length))


def split_choice(split: TextSplit) -> Choice:
    said = "the first characters train and the last validate, in order: a text goes on where it was cut, and pieces at "
    said += "random would have their neighbours, which quote and repeat them, in the other part"
    return Choice("split.validation", round(_share(split), 4), said)


def _share(split: TextSplit) -> float:
    return split.sizes["validation"] / sum(split.sizes.values())
