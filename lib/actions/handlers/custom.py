from typing import ClassVar

from pydantic import Field

from lib.actions.base import Parameters, Said, Steps
from lib.actions.model import ActionKind, SavedAction


class CustomParameters(Parameters):
    words: Said | None = Field(max_length=5000, default=None, title="Words")


class Custom:
    """A company's own action. Its steps stand in the action itself, where the database reads them."""

    kind: ClassVar[str] = ActionKind.CUSTOM
    icon: ClassVar[str] = ":material/bolt:"
    button: ClassVar[str] = "Do it"
    done: ClassVar[str] = "It is on record."
    Parameters: ClassVar[type[Parameters]] = CustomParameters
    preset: ClassVar[frozenset[str]] = frozenset()

    def steps(self, parameters: CustomParameters, action: SavedAction) -> Steps | None:
        return None
