"""What one click does, without a dialog: each is made by its button and done at the start of the next drawing."""

from lib.actions.model import SavedAction
from lib.services import Services
from lib.ui.actions.action_state import Command, FlashMessage


def undo_action(run_id: str) -> Command:
    def act(services: Services) -> FlashMessage:
        done = services.actions.undo(run_id)
        return FlashMessage(text=f"Undone: {done.summary}")

    return act


def wake_run(execution_id: str) -> Command:
    def act(services: Services) -> FlashMessage:
        services.lifecycle.wake_run(execution_id)
        return FlashMessage(text="Taken up again.")

    return act


def resume_slide(execution_id: str, slide_id: str) -> Command:
    def act(services: Services) -> FlashMessage:
        services.lifecycle.unskip_slide(execution_id, slide_id)
        return FlashMessage(text="The slide is taken up again; its answers are as they were.")

    return act


def acknowledge_escalation(escalation_id: str) -> Command:
    def act(services: Services) -> FlashMessage:
        services.lifecycle.acknowledge_escalation(escalation_id)
        return FlashMessage(text="Acknowledged: the clock has stopped.")

    return act


def comment_on_escalation(escalation_id: str, body: str) -> Command:
    def act(services: Services) -> FlashMessage:
        services.lifecycle.comment_on_escalation(escalation_id, body)
        return FlashMessage(text="Your comment stands with the escalation.")

    return act


def mark_decision_seen(escalation_id: str) -> Command:
    def act(services: Services) -> None:
        services.lifecycle.mark_decision_seen(escalation_id)

    return act


def stay_on_version(execution_id: str, version: int) -> Command:
    def act(services: Services) -> FlashMessage:
        services.lifecycle.stay_on_version(execution_id, version)
        return FlashMessage(text="The run stays on its version; a newer one is offered again when it is published.")

    return act


def complete_follow_up(follow_up_id: str) -> Command:
    def act(services: Services) -> FlashMessage:
        services.inbox.complete_follow_up(follow_up_id)
        return FlashMessage(text="Done: the follow-up is off the list.")

    return act


def mark_notice_read(notice_id: str) -> Command:
    def act(services: Services) -> None:
        services.inbox.mark_notice_read(notice_id)

    return act


def archive_action(action: SavedAction) -> Command:
    def act(services: Services) -> FlashMessage:
        services.actions.archive(action)
        return FlashMessage(text=f"“{action.name}” is no longer offered. Its records stay.")

    return act


def restore_action(action: SavedAction) -> Command:
    def act(services: Services) -> FlashMessage:
        services.actions.restore(action)
        return FlashMessage(text=f"“{action.name}” is offered again.")

    return act


def hide_action(action: SavedAction) -> Command:
    def act(services: Services) -> FlashMessage:
        services.actions.hide(action)
        return FlashMessage(text=f"“{action.name}” is hidden in your company.")

    return act


def unhide_action(action: SavedAction) -> Command:
    def act(services: Services) -> FlashMessage:
        services.actions.unhide(action)
        return FlashMessage(text=f"“{action.name}” is offered in your company again.")

    return act
