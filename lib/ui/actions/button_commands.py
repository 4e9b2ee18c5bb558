"""Commands of buttons, each run at the start of the next drawing, and saved actions run from a dialog."""

from collections.abc import Callable

from lib.actions.model import ActionResult, ActionSubject, SavedAction
from lib.services import Services
from lib.text.truncate import single_line
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_state import Command, DialogAnswers, DialogState, FlashMessage


def run_action_from_dialog(
    services: Services,
    dialog: DialogState,
    action: SavedAction,
    subject: ActionSubject,
    answers: DialogAnswers,
    target: ActionTarget | None = None,
) -> ActionResult:
    """Run a saved action once for each dialog and `target`, however often it is clicked."""
    key = dialog.row_idempotency_key(target or dialog.target)
    return services.actions.run_action(action, subject, answers, key=key)


def _build_change_command(
    change: Callable[[Services], object], message: str | None = None, *, undo: Command | None = None
) -> Command:
    """A command that makes `change` and reports it with `message`, if there is one."""

    def run_change(services: Services) -> FlashMessage | None:
        change(services)
        return None if message is None else FlashMessage(text=message, undo=undo)

    return run_change


def build_undo_action_command(run_id: str) -> Command:
    def undo_action(services: Services) -> FlashMessage:
        done = services.actions.undo_action(run_id)
        return FlashMessage(text=f"Undid “{done.summary.removesuffix('.')}”.")

    return undo_action


def build_wake_run_command(execution_id: str) -> Command:
    return _build_change_command(lambda services: services.run_status_changes.wake_run(execution_id), "Resumed.")


def build_resume_slide_command(execution_id: str, slide_id: str) -> Command:
    return _build_change_command(
        lambda services: services.run_status_changes.unskip_slide(execution_id, slide_id),
        "The slide is resumed, with its answers.",
    )


def build_acknowledge_escalation_command(escalation_id: str) -> Command:
    return _build_change_command(
        lambda services: services.run_status_changes.acknowledge_escalation(escalation_id),
        "Acknowledged. The response clock has stopped.",
    )


def build_escalation_comment_command(escalation_id: str, body: str) -> Command:
    return _build_change_command(
        lambda services: services.run_status_changes.comment_on_escalation(escalation_id, body), "Comment added."
    )


def build_stay_on_version_command(execution_id: str, version: int) -> Command:
    return _build_change_command(
        lambda services: services.run_status_changes.decline_newer_versions(execution_id, version),
        "The run stays on its version until a newer one is published.",
    )


def build_complete_follow_up_command(follow_up_id: str) -> Command:
    return _build_change_command(
        lambda services: services.inbox.complete_follow_up(follow_up_id),
        "Follow-up done.",
        undo=build_reopen_follow_up_command(follow_up_id),
    )


def build_reopen_follow_up_command(follow_up_id: str) -> Command:
    return _build_change_command(
        lambda services: services.inbox.reopen_follow_up(follow_up_id), "The follow-up is open again."
    )


def build_add_follow_up_command(customer_id: str | None, title: str, key: str) -> Command:
    return _build_change_command(
        lambda services: services.inbox.add_follow_up(customer_id, title, key=key),
        f"Added for today: {single_line(title, max_length=120)}",
    )


def build_approve_price_command(approval_id: str, customer_name: str) -> Command:
    return _build_change_command(
        lambda services: services.inbox.decide_price_approval(approval_id, approve=True),
        f"{customer_name}: price approved.",
    )


def build_notice_read_command(notice_id: str) -> Command:
    return _build_change_command(lambda services: services.inbox.mark_notice_read(notice_id))


def build_archive_action_command(action: SavedAction) -> Command:
    return _build_change_command(
        lambda services: services.actions.archive_action(action),
        f"“{action.name}” is no longer offered. Its records stay.",
    )


def build_restore_action_command(action: SavedAction) -> Command:
    return _build_change_command(
        lambda services: services.actions.restore_action(action), f"“{action.name}” is offered again."
    )


def build_hide_action_command(action: SavedAction) -> Command:
    return _build_change_command(
        lambda services: services.actions.hide_action(action), f"“{action.name}” is hidden in your company."
    )


def build_unhide_action_command(action: SavedAction) -> Command:
    return _build_change_command(
        lambda services: services.actions.unhide_action(action), f"“{action.name}” is offered in your company again."
    )
