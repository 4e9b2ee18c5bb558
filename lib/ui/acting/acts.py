"""What one click does, without a dialog: each is made by its button and done at the start of the next drawing."""

from lib.actions.model import SavedAction
from lib.services import Services
from lib.ui.acting.desk import Act, Notice


def undo(run_id: str) -> Act:
    def act(services: Services) -> Notice:
        done = services.actions.undo(run_id)
        return Notice(text=f"Undone: {done.summary}")

    return act


def wake(execution_id: str) -> Act:
    def act(services: Services) -> Notice:
        services.lifecycle.wake(execution_id)
        return Notice(text="Taken up again.")

    return act


def take_up(execution_id: str, slide_id: str) -> Act:
    def act(services: Services) -> Notice:
        services.lifecycle.take_up(execution_id, slide_id)
        return Notice(text="The slide is taken up again; its answers are as they were.")

    return act


def acknowledge(escalation_id: str) -> Act:
    def act(services: Services) -> Notice:
        services.lifecycle.acknowledge(escalation_id)
        return Notice(text="Acknowledged: the clock has stopped.")

    return act


def comment(escalation_id: str, body: str) -> Act:
    def act(services: Services) -> Notice:
        services.lifecycle.comment(escalation_id, body)
        return Notice(text="Your comment stands with the escalation.")

    return act


def see_decision(escalation_id: str) -> Act:
    def act(services: Services) -> None:
        services.lifecycle.see_decision(escalation_id)

    return act


def stay(execution_id: str, version: int) -> Act:
    def act(services: Services) -> Notice:
        services.lifecycle.stay_on_version(execution_id, version)
        return Notice(text="The run stays on its version; a newer one is offered again when it is published.")

    return act


def complete_follow_up(follow_up_id: str) -> Act:
    def act(services: Services) -> Notice:
        services.inbox.complete_follow_up(follow_up_id)
        return Notice(text="Done: the follow-up is off the list.")

    return act


def read_notice(notice_id: str) -> Act:
    def act(services: Services) -> None:
        services.inbox.read_notice(notice_id)

    return act


def archive(action: SavedAction) -> Act:
    def act(services: Services) -> Notice:
        services.actions.archive(action)
        return Notice(text=f"“{action.name}” is no longer offered. Its records stay.")

    return act


def restore(action: SavedAction) -> Act:
    def act(services: Services) -> Notice:
        services.actions.restore(action)
        return Notice(text=f"“{action.name}” is offered again.")

    return act


def hide(action: SavedAction) -> Act:
    def act(services: Services) -> Notice:
        services.actions.hide(action)
        return Notice(text=f"“{action.name}” is hidden in your company.")

    return act


def show(action: SavedAction) -> Act:
    def act(services: Services) -> Notice:
        services.actions.show(action)
        return Notice(text=f"“{action.name}” is offered in your company again.")

    return act
