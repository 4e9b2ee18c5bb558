"""What the dialogs of actions load: saved actions, colleagues, codes and limits. Most are cached."""

from lib.actions.model import ActionKind, Colleague, SavedAction
from lib.customers.company_codes_and_limits import CompanyRules
from lib.errors import Conflict
from lib.services import Services
from lib.ui import page_cache
from lib.ui.actions.dialog_state import DialogState
from lib.ui.session_keys import AVAILABLE_ACTIONS, COMPANY_RULES

ACTIONS_MAX_AGE_SECONDS = 300.0
KINDS_WITH_OWN_DIALOG = (ActionKind.SNOOZE, ActionKind.SKIP, ActionKind.ESCALATE)


def load_available_actions(services: Services) -> tuple[SavedAction, ...]:
    """One request, none within five minutes. An action archived since then is refused when it runs."""
    return page_cache.load_with_max_age(
        AVAILABLE_ACTIONS, services.actions.fetch_available_actions, ACTIONS_MAX_AGE_SECONDS
    ).value


def load_company_actions(services: Services) -> tuple[SavedAction, ...]:
    """All but the global ones that have a dialog of their own."""
    return tuple(
        action
        for action in load_available_actions(services)
        if not action.is_global or action.kind not in KINDS_WITH_OWN_DIALOG
    )


def load_global_action(services: Services, kind: ActionKind) -> SavedAction:
    """The global action of a kind. Raises Conflict where the company hides it."""
    actions = load_available_actions(services)
    action = next((each for each in actions if each.kind == kind and each.is_global), None)
    if action is None:
        raise Conflict(f"“{kind.value.capitalize()}” is not offered in your company.", hint="Nothing was done.")
    return action


def load_colleagues(dialog: DialogState, services: Services) -> tuple[Colleague, ...]:
    """Active people of the company but oneself, loaded once for the dialog."""
    return dialog.load_once("colleagues", services.actions.fetch_colleagues)


def load_company_rules(dialog: DialogState, services: Services) -> CompanyRules:
    """The company's codes: those of the page, otherwise one request, none within five minutes."""
    if dialog.target.rules is not None:
        return dialog.target.rules
    return page_cache.load_with_max_age(
        COMPANY_RULES, services.accounts.fetch_company_rules, ACTIONS_MAX_AGE_SECONDS
    ).value
