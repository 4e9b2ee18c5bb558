"""Commands of buttons, each run at the start of the next drawing; and saved actions, run from a dialog."""

from lib.actions.model import ActionKind, ActionResult, ActionSource, ActionSubject, Colleague, SavedAction
from lib.errors import Conflict
from lib.services import Services
from lib.ui import page_cache
from lib.ui.actions.action_state import ActionTarget, Command, DialogAnswers, DialogState, FlashMessage
from lib.ui.keys import AVAILABLE_ACTIONS

ACTIONS_MAX_AGE_SECONDS = 300.0
KINDS_WITH_OWN_DIALOG = (ActionKind.SNOOZE, ActionKind.SKIP, ActionKind.ESCALATE)


def list_available_actions(services: Services) -> tuple[SavedAction, ...]:
    """One request, none within five minutes. An action archived since then is refused when it runs."""
    return page_cache.load_for(AVAILABLE_ACTIONS, services.actions.list_available, ACTIONS_MAX_AGE_SECONDS).value


def list_custom_actions(services: Services) -> tuple[SavedAction, ...]:
    """All but the global ones that have a dialog of their own."""
    return tuple(
        action
        for action in list_available_actions(services)
        if not action.is_global or action.kind not in KINDS_WITH_OWN_DIALOG
    )


def find_global_action(services: Services, kind: ActionKind) -> SavedAction:
    """The global action of a kind. Raises Conflict where the company hides it."""
    actions = list_available_actions(services)
    action = next((each for each in actions if each.kind == kind and each.is_global), None)
    if action is None:
        raise Conflict(f"“{kind.value.capitalize()}” is not offered in your company.", hint="Nothing was done.")
    return action


def list_colleagues(dialog: DialogState, services: Services) -> tuple[Colleague, ...]:
    """Active people of the company but oneself, loaded once for the dialog."""
    return dialog.load_once("colleagues", services.actions.list_colleagues)


def run_action(
    services: Services,
    dialog: DialogState,
    action: SavedAction,
    subject: ActionSubject,
    answers: DialogAnswers,
    target: ActionTarget | None = None,
) -> ActionResult:
    """Run a saved action once for each dialog and `target`, however often it is clicked."""
    key = dialog.row_idempotency_key(target or dialog.target)
    return services.actions.run_action(action, subject, answers, key=key, source=ActionSource(dialog.source))


def undo_action(run_id: str) -> Command:
    def run(services: Services) -> FlashMessage:
        done = services.actions.undo(run_id)
        return FlashMessage(text=f"Undone: {done.summary}")

    return run


def wake_run(execution_id: str) -> Command:
    def run(services: Services) -> FlashMessage:
        services.lifecycle.wake_run(execution_id)
        return FlashMessage(text="Resumed.")

    return run


def resume_slide(execution_id: str, slide_id: str) -> Command:
    def run(services: Services) -> FlashMessage:
        services.lifecycle.unskip_slide(execution_id, slide_id)
        return FlashMessage(text="The slide is resumed, with its answers.")

    return run


def acknowledge_escalation(escalation_id: str) -> Command:
    def run(services: Services) -> FlashMessage:
        services.lifecycle.acknowledge_escalation(escalation_id)
        return FlashMessage(text="Acknowledged. The response clock has stopped.")

    return run


def comment_on_escalation(escalation_id: str, body: str) -> Command:
    def run(services: Services) -> FlashMessage:
        services.lifecycle.comment_on_escalation(escalation_id, body)
        return FlashMessage(text="Comment added.")

    return run


def mark_decision_seen(escalation_id: str) -> Command:
    def run(services: Services) -> None:
        services.lifecycle.mark_decision_seen(escalation_id)

    return run


def stay_on_version(execution_id: str, version: int) -> Command:
    def run(services: Services) -> FlashMessage:
        services.lifecycle.stay_on_version(execution_id, version)
        return FlashMessage(text="The run stays on its version until a newer one is published.")

    return run


def complete_follow_up(follow_up_id: str) -> Command:
    def run(services: Services) -> FlashMessage:
        services.inbox.complete_follow_up(follow_up_id)
        return FlashMessage(text="Follow-up done.")

    return run


def mark_notice_read(notice_id: str) -> Command:
    def run(services: Services) -> None:
        services.inbox.mark_notice_read(notice_id)

    return run


def archive_action(action: SavedAction) -> Command:
    def run(services: Services) -> FlashMessage:
        services.actions.archive(action)
        return FlashMessage(text=f"“{action.name}” is no longer offered. Its records stay.")

    return run


def restore_action(action: SavedAction) -> Command:
    def run(services: Services) -> FlashMessage:
        services.actions.restore(action)
        return FlashMessage(text=f"“{action.name}” is offered again.")

    return run


def hide_action(action: SavedAction) -> Command:
    def run(services: Services) -> FlashMessage:
        services.actions.hide(action)
        return FlashMessage(text=f"“{action.name}” is hidden in your company.")

    return run


def unhide_action(action: SavedAction) -> Command:
    def run(services: Services) -> FlashMessage:
        services.actions.unhide(action)
        return FlashMessage(text=f"“{action.name}” is offered in your company again.")

    return run
