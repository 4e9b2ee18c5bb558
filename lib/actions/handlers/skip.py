from typing import ClassVar

from pydantic import Field

from lib.actions.handler import SKIP_REASON_CHOICE, Handler, Parameters, RuleCode
from lib.actions.model import ActionKind
from lib.forms.schema_fields import NonBlankStr


class SkipParameters(Parameters):
    """The database knows the company's reasons, and which of them need words."""

    reason: RuleCode = Field(title="Why", json_schema_extra=SKIP_REASON_CHOICE)
    words: NonBlankStr | None = Field(max_length=2000, default=None, title="In your own words")


class SkipHandler(Handler):
    """Skips a slide, or the whole run."""

    kind: ClassVar[str] = ActionKind.SKIP
    Parameters: ClassVar[type[Parameters]] = SkipParameters
    preset: ClassVar[frozenset[str]] = frozenset({"reason", "words"})
