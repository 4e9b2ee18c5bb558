from typing import ClassVar

from pydantic import Field

from lib.actions.base import Handler, Parameters, Said
from lib.actions.model import ActionKind, Faults, SavedAction
from lib.actions.steps import asks_for_words


class CustomParameters(Parameters):
    words: Said | None = Field(default=None, max_length=5000, title="Your words")


class Custom(Handler):
    """A company's own action. Its steps (`lib.actions.steps.Recipe`) stand in the action, where the database reads
    them; whoever clicks can only add words."""

    kind: ClassVar[str] = ActionKind.CUSTOM
    button: ClassVar[str] = "Do it"
    done: ClassVar[str] = "All of it is done, or none."
    Parameters: ClassVar[type[Parameters]] = CustomParameters

    def asks(self, action: SavedAction) -> dict[str, str]:
        question = str(action.parameters.get("question") or "What to write")
        return {"words": question} if asks_for_words(action.parameters) else {}

    def steps(self, parameters: CustomParameters, action: SavedAction) -> None:
        """Raises Faults when words are asked for and there are none."""
        if parameters.words is None and asks_for_words(action.parameters):
            raise Faults(("Write the words this action asks for.",))
