from typing import ClassVar

from pydantic import Field

from lib.actions.company_action_steps import has_words_placeholder
from lib.actions.handler import Handler, Parameters
from lib.actions.model import ActionKind, SavedAction
from lib.forms.schema_errors import ValidationFailed
from lib.forms.schema_fields import NonBlankStr


class CompanyActionParameters(Parameters):
    words: NonBlankStr | None = Field(default=None, max_length=5000, title="Your words")


class CompanyActionHandler(Handler):
    """A company action. The database reads its steps from the action; a run only adds words."""

    kind: ClassVar[str] = ActionKind.COMPANY_ACTION
    Parameters: ClassVar[type[Parameters]] = CompanyActionParameters

    def list_parameter_titles(self, action: SavedAction) -> dict[str, str]:
        question = str(action.parameters.get("question") or "Your words")
        return {"words": question} if has_words_placeholder(action.parameters) else {}

    def build_action_steps(self, parameters: CompanyActionParameters, action: SavedAction) -> None:
        """Nothing to build. Raises ValidationFailed if the steps need words and there are none."""
        if parameters.words is None and has_words_placeholder(action.parameters):
            raise ValidationFailed(("Write the text this action asks for.",))
