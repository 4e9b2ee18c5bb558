"""Which kinds of actions there are. A new one is a file in `lib.actions.handlers` and a line here."""

from collections.abc import Mapping

from lib.actions.base import Handler
from lib.actions.handlers.custom import Custom
from lib.actions.handlers.escalate import Escalate
from lib.actions.handlers.skip import Skip
from lib.actions.handlers.snooze import Snooze
from lib.actions.model import ActionKind
from lib.errors import NotFound

HANDLERS: Mapping[str, Handler] = {
    ActionKind.SNOOZE: Snooze(),
    ActionKind.SKIP: Skip(),
    ActionKind.ESCALATE: Escalate(),
    ActionKind.CUSTOM: Custom(),
}


def handler_of(kind: str) -> Handler:
    """Raises NotFound for a kind nobody handles here."""
    if kind not in HANDLERS:
        raise NotFound("This kind of action is not known here.", hint="It may need a newer version of Zen.")
    return HANDLERS[kind]
