"""When a slide is shown: comparisons of a few facts and of earlier answers. No code, and nothing beyond these facts."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from lib.customers.model import HEALTH_BAND_LABELS, SEGMENT_LABELS

MAX_TESTS = 8


class ConditionFact(StrEnum):
    """What a condition may look at."""

    SEGMENT = "segment"
    HEALTH = "health"
    CATEGORY = "category"
    ARR = "arr"
    DAYS_TO_NOTICE = "days_to_notice"
    ANSWER = "answer"


class Comparison(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    AT_LEAST = "at_least"
    BELOW = "below"
    ONE_OF = "one_of"


FACT_LABELS: Mapping[ConditionFact, str] = {
    ConditionFact.SEGMENT: "segment",
    ConditionFact.HEALTH: "health",
    ConditionFact.CATEGORY: "the workflow's category",
    ConditionFact.ARR: "ARR",
    ConditionFact.DAYS_TO_NOTICE: "days to the notice deadline",
    ConditionFact.ANSWER: "an earlier answer",
}
COMPARISON_LABELS: Mapping[Comparison, str] = {
    Comparison.IS: "is",
    Comparison.IS_NOT: "is not",
    Comparison.AT_LEAST: "is at least",
    Comparison.BELOW: "is below",
    Comparison.ONE_OF: "is one of",
}
FACT_VALUES: Mapping[ConditionFact, Mapping[str, str]] = {
    ConditionFact.SEGMENT: SEGMENT_LABELS,
    ConditionFact.HEALTH: {str(band): label for band, label in HEALTH_BAND_LABELS.items()},
    ConditionFact.CATEGORY: {"renewal": "renewal", "risk": "risk", "strategy": "strategy", "expansion": "expansion"},
}
"""The values of facts that are codes, with their labels."""

TEXT_COMPARISONS = (Comparison.IS, Comparison.IS_NOT, Comparison.ONE_OF)
NUMBER_COMPARISONS = (Comparison.IS, Comparison.IS_NOT, Comparison.AT_LEAST, Comparison.BELOW)
YES_NO_COMPARISONS = (Comparison.IS, Comparison.IS_NOT)
ConditionNumber = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]
ConditionText = Annotated[StrictStr, Field(min_length=1, max_length=200)]
ConditionTexts = Annotated[tuple[ConditionText, ...], Field(min_length=1, max_length=20)]
ConditionValue = StrictBool | ConditionNumber | ConditionText | ConditionTexts


class ConditionTest(BaseModel):
    """One comparison. `slide` (an address) and `key` name the answer; they belong to the fact `answer` only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fact: ConditionFact = Field(title="Fact")
    slide: str | None = Field(default=None, max_length=100, title="Slide of the answer")
    key: str | None = Field(default=None, max_length=100, title="Question")
    comparison: Comparison = Field(title="Comparison")
    value: ConditionValue = Field(title="Value")

    @model_validator(mode="after")
    def _require_fitting_parts(self) -> Self:
        is_answer = self.fact is ConditionFact.ANSWER
        if {self.slide is not None, self.key is not None} != {is_answer}:
            raise ValueError("a slide and a question are named for an earlier answer, and for nothing else.")
        is_number = not self.texts and not isinstance(self.value, bool)
        fits_fact = is_answer or (bool(self.texts) if self.fact in FACT_VALUES else is_number)
        if not fits_fact or self.comparison not in list_comparisons_of_value(self.value):
            words = COMPARISON_LABELS[self.comparison]
            raise ValueError(f"{FACT_LABELS[self.fact]} cannot be compared by “{words}” with this value.")
        known = FACT_VALUES.get(self.fact)
        if known is not None and not set(self.texts) <= known.keys():
            raise ValueError(f"{FACT_LABELS[self.fact]} is one of {', '.join(known)}.")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        """The value as texts; none for a number, yes and no."""
        return (self.value,) if isinstance(self.value, str) else self.value if isinstance(self.value, tuple) else ()


class SlideCondition(BaseModel):
    """When a slide is shown: all of some tests hold, or any of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    all: tuple[ConditionTest, ...] | None = Field(
        default=None, min_length=1, max_length=MAX_TESTS, title="All of these hold"
    )
    any: tuple[ConditionTest, ...] | None = Field(
        default=None, min_length=1, max_length=MAX_TESTS, title="Any of these holds"
    )

    @model_validator(mode="after")
    def _require_one_list(self) -> Self:
        if (self.all is None) == (self.any is None):
            raise ValueError("a condition has either “all” or “any”.")
        return self

    @property
    def tests(self) -> tuple[ConditionTest, ...]:
        return self.all or self.any or ()


def list_comparisons_of_value(value: ConditionValue) -> tuple[Comparison, ...]:
    """The comparisons that can be made with a value of this type."""
    match value:
        case bool():
            return YES_NO_COMPARISONS
        case int() | float():
            return NUMBER_COMPARISONS
        case str():
            return YES_NO_COMPARISONS
        case _:
            return (Comparison.ONE_OF,)
