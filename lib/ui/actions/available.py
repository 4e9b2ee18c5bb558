"""Which actions the company offers, and which colleagues can be asked."""

from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.errors import Conflict
from lib.services import Services
from lib.ui import page_cache
from lib.ui.actions.action_state import DialogState
from lib.ui.keys import AVAILABLE_ACTIONS

ACTIONS_MAX_AGE_SECONDS = 300.0
KINDS_WITH_OWN_DIALOG = (ActionKind.SNOOZE, ActionKind.SKIP, ActionKind.ESCALATE)


def list_available_actions(services: Services) -> tuple[SavedAction, ...]:
    """One request, none within five minutes. An action archived since then is refused when it runs."""
    return page_cache.load_for(AVAILABLE_ACTIONS, services.actions.list_available, ACTIONS_MAX_AGE_SECONDS).value


def find_global_action(services: Services, kind: ActionKind) -> SavedAction:
    """The global action of a kind. Raises Conflict where the company does not offer it."""
    found = next((each for each in list_available_actions(services) if each.kind == kind and each.is_global), None)
    if found is None:
        raise Conflict(f"“{kind.value.capitalize()}” is not offered in your company.", hint="Nothing was done.")
    return found


def list_custom_actions(services: Services) -> tuple[SavedAction, ...]:
    """All but the global ones that have a dialog of their own: the company's, and those of newer kinds."""
    return tuple(
        each
        for each in list_available_actions(services)
        if not each.is_global or each.kind not in KINDS_WITH_OWN_DIALOG
    )


def list_colleagues(opened: DialogState, services: Services) -> tuple[Colleague, ...]:
    """Whom one can ask, read once for the dialog."""
    return opened.load_once("colleagues", services.actions.list_colleagues)
