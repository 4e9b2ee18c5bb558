"""What the chat asks of whoever runs saved actions. Where nobody does, a branch says so and nothing waits."""

from collections.abc import Mapping
from typing import Any, Protocol

from lib.chat.model import OfferedAction
from lib.executions.model import Execution
from lib.forms.model import Field

NOT_INSTALLED = "Saved actions cannot be run from here yet. Nothing was done; “{name}” is described as: {description}"
NO_DESCRIPTION = "no description."


class ActionRunner(Protocol):
    def default_parameters(self, action: OfferedAction, execution: Execution) -> Mapping[str, Any]:
        """What the action would be run with if nobody changed anything: JSON values by name."""
        ...

    def check_parameters(
        self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """`parameters` as they would be used. Raises InvalidInput naming every fault."""
        ...

    def run_action(
        self, action: OfferedAction, execution: Execution, parameters: Mapping[str, Any], *, key: str
    ) -> str:
        """Run it on this run, as the signed-in person, and say in a sentence what was done. The same `key` again does
        nothing again. Raises ZenErrors."""
        ...

    def list_fields(self, action: OfferedAction, parameters: Mapping[str, Any]) -> tuple[Field, ...]:
        """How to edit each of `parameters`, and what is missing there; none where they are edited as they are."""
        ...

    def describe_parameters(self, action: OfferedAction) -> str:
        """What a model is told the action can be run with; blank when there is nothing to tell."""
        ...


def not_installed_text(action: OfferedAction) -> str:
    return NOT_INSTALLED.format(name=action.name, description=action.description or NO_DESCRIPTION)


def explain_refusal(action: OfferedAction | None, *, is_installed: bool, may_write: bool) -> str:
    """Why an action is not even proposed."""
    if action is None:
        return "This action is not there any more. Nothing was done."
    if not may_write:
        return f"Only whoever can change this run can run “{action.name}”, and only while it is open. Nothing was done."
    return not_installed_text(action) if not is_installed else ""
