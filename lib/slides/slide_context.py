"""What a workflow sets for a slide: one value of `workflow_definitions.slide_contexts`."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from lib.slides.field_change import FieldChange
from lib.slides.own_questions import MAX_QUESTIONS, OwnQuestion
from lib.slides.shown_sections import ShownSection
from lib.slides.slide_condition import SlideCondition


def _require_distinct_keys(questions: tuple[OwnQuestion, ...] | None) -> tuple[OwnQuestion, ...] | None:
    twice = [key for key, count in Counter(question.key for question in questions or ()).items() if count > 1]
    if twice:
        raise ValueError(f"two questions have the name “{twice[0]}”.")
    return questions


def _require_distinct_parts(shows: tuple[ShownSection, ...] | None) -> tuple[ShownSection, ...] | None:
    if shows is not None and len(set(shows)) < len(shows):
        raise ValueError("a part of the account is shown twice.")
    return shows


class SlideContext(BaseModel):
    """Texts of one slide, each a template over the account (`lib.slides.template`), its own questions and condition.

    Contexts merge field by field: library defaults < definition < the run's version. A field left out keeps its value.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = Field(default=None, max_length=120)
    lead: str | None = Field(default=None, max_length=4000)
    checklist: tuple[Annotated[str, Field(max_length=8000)], ...] | None = Field(default=None, max_length=12)
    question: str | None = Field(default=None, max_length=400)
    minutes: int | None = Field(default=None, ge=1, le=120)
    subject: str | None = Field(default=None, max_length=300)
    body: str | None = Field(default=None, max_length=8000)
    questions: Annotated[tuple[OwnQuestion, ...] | None, AfterValidator(_require_distinct_keys)] = Field(
        default=None,
        max_length=MAX_QUESTIONS,
        title="Own questions",
        description="Asked below the slide's own, kept with its answers.",
    )
    form: Mapping[str, FieldChange] | None = Field(
        default=None,
        max_length=40,
        title="The slide's questions",
        description="By key: reworded, needed, or not asked.",
    )
    shows: Annotated[tuple[ShownSection, ...] | None, AfterValidator(_require_distinct_parts)] = Field(
        default=None, max_length=len(ShownSection), title="Shows", description="Facts, tables and charts; free slide."
    )
    shown_when: SlideCondition | None = Field(
        default=None, title="Shown when", description="Left out of a run for which it does not hold."
    )

    def merge(self, other: "SlideContext") -> "SlideContext":
        """This context, overridden by every field that `other` sets."""
        return self.model_copy(update={name: getattr(other, name) for name in other.model_fields_set})
