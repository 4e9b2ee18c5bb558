"""The kinds of actions. A new one costs a file in `lib.actions.handlers` and a line here."""

from collections.abc import Mapping

from lib.actions.handler import Handler
from lib.actions.handlers.company_action import CompanyActionHandler
from lib.actions.handlers.escalate import EscalateHandler
from lib.actions.handlers.skip import SkipHandler
from lib.actions.handlers.snooze import SnoozeHandler
from lib.actions.model import ActionKind
from lib.errors import NotFound

HANDLERS: Mapping[str, Handler] = {
    ActionKind.SNOOZE: SnoozeHandler(),
    ActionKind.SKIP: SkipHandler(),
    ActionKind.ESCALATE: EscalateHandler(),
    ActionKind.COMPANY_ACTION: CompanyActionHandler(),
}


def get_handler(kind: str) -> Handler:
    """The handler of a kind. Raises NotFound for an unknown kind."""
    if kind not in HANDLERS:
        raise NotFound("This kind of action is not supported here.", hint="It may need a newer version of Zen.")
    return HANDLERS[kind]
