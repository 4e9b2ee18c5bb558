from enum import StrEnum
from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from lib.actions.handler import Handler, Parameters
from lib.actions.model import ActionKind
from lib.forms.schema_fields import NonBlankStr, build_labels_schema_extra


class SkipReason(StrEnum):
    NOT_RELEVANT = "not_relevant"
    ALREADY_DONE = "already_done"
    NO_DATA = "no_data"
    CUSTOMER_ASKED = "customer_asked"
    DUPLICATE = "duplicate"
    OTHER = "other"


SKIP_REASON_LABELS = {
    SkipReason.NOT_RELEVANT: "Does not apply here",
    SkipReason.ALREADY_DONE: "Already done elsewhere",
    SkipReason.NO_DATA: "No data for this",
    SkipReason.CUSTOMER_ASKED: "The customer asked us not to",
    SkipReason.DUPLICATE: "Duplicate of another run",
    SkipReason.OTHER: "Something else",
}


class SkipParameters(Parameters):
    reason: SkipReason = Field(title="Why", json_schema_extra=build_labels_schema_extra(SKIP_REASON_LABELS))
    words: NonBlankStr | None = Field(max_length=2000, default=None, validate_default=True, title="In your own words")

    @field_validator("words")
    @classmethod
    def require_words_for_other_reason(cls, words: str | None, info: ValidationInfo) -> str | None:
        if words is None and info.data.get("reason") is SkipReason.OTHER:
            raise ValueError("Say why in your own words.")
        return words


class SkipHandler(Handler):
    """Skips a slide, or the whole run."""

    kind: ClassVar[str] = ActionKind.SKIP
    Parameters: ClassVar[type[Parameters]] = SkipParameters
    preset: ClassVar[frozenset[str]] = frozenset({"reason", "words"})
