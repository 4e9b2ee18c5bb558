"""The snooze dialog: a day, a signal or both, the reason, and whether the due date moves; for one run or for many."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import streamlit as st

from lib.actions.handlers.snooze import SnoozeParameters, find_snooze_day_error
from lib.actions.model import ActionKind, ActionResult, SavedAction, suggest_snooze_alternatives
from lib.actions.snooze_days import suggest_snooze_days
from lib.customers.working_days import WorkingDays
from lib.errors import InvalidInput, NeedsConfirmation, SignedOut, Unavailable, ZenError
from lib.forms.schema_errors import ValidationFailed, parse_schema_values
from lib.services import Services
from lib.text.format import format_count
from lib.text.local_time import format_time_zone, format_weekday_date
from lib.text.markdown_escape import escape_markdown
from lib.ui.actions import action_loader, action_sentences, button_commands
from lib.ui.actions.action_target import ActionTarget
from lib.ui.actions.dialog_form import DialogForm
from lib.ui.actions.dialog_state import Dialog, DialogAnswers, DialogState, FlashMessage
from lib.ui.actions.run_dialogs import build_message_with_customer
from lib.ui.session_keys import action_button_key, action_field_key

# Any day one can type: a widget with narrower bounds drops a day outside them, and would send the one before.
TYPEABLE_DATES = (date(1000, 1, 1), date(2999, 12, 31))
SIGNAL_DEFAULTS = {"signal.health_below": 60, "signal.new_ticket": "p1,p2", "signal.notice_within": 30}
MAX_LISTED = 5


def draw_snooze_form(dialog: DialogState, services: Services) -> DialogAnswers:
    _load_snooze_count(dialog, services)
    today = services.actions.get_today_of_person()
    _draw_snooze_count(dialog)
    form = DialogForm.from_schema(dialog, SnoozeParameters, defaults=SIGNAL_DEFAULTS)
    working_days = action_loader.load_company_rules(dialog, services).working_days
    until = _draw_snooze_date_choice(form, today, services.person.time_zone, working_days)
    signal = form.draw_field(
        "signal",
        label="Or as soon as" if until else "Or until a signal",
        required=until is None,
        depends_on=("until",),
    )
    if signal is not None and until is None and signal != "notice_within":
        st.caption("If it never occurs, the run comes back in time for the notice deadline, if there is one.")
    form.draw_field("reason", placeholder="What it waits for, in a sentence")
    _draw_move_due_date_choice(form, until if find_snooze_day_error(until, today) is None else None, today)
    return form.read_parameters()


def submit_snooze(dialog: DialogState, services: Services, answers: DialogAnswers) -> FlashMessage:
    require_valid_snooze_date(answers, services.actions.get_today_of_person())
    action = action_loader.load_global_action(services, ActionKind.SNOOZE)
    if len(dialog.targets) > 1:
        return _snooze_several_runs(dialog, services, action, answers)
    return build_message_with_customer(
        dialog, button_commands.run_action_from_dialog(services, dialog, action, dialog.target.build_subject(), answers)
    )


def require_valid_snooze_date(answers: DialogAnswers, today: date) -> None:
    """Raises ValidationFailed for a day that is not possible, with every other error."""
    error = find_snooze_day_error(date.fromisoformat(answers["until"]) if answers.get("until") else None, today)
    if error is None:
        return
    try:
        parse_schema_values(SnoozeParameters, answers)
    except ValidationFailed as others:
        fields = {error: "until", **others.field_of_message}
        raise ValidationFailed((error, *others.messages), fields) from others
    raise ValidationFailed((error,), {error: "until"})


def _load_snooze_count(dialog: DialogState, services: Services) -> None:
    """How often the run was snoozed and when it is due, where the page does not know: one request, optional."""
    target = dialog.target
    if len(dialog.targets) > 1 or target.execution_id is None or target.snooze_count is not None:
        return
    execution_id = target.execution_id
    try:
        run, _ = dialog.load_once("run", lambda: services.executions.get_workflow_execution(execution_id))
    except ZenError:
        dialog.loaded["run"] = None
        return
    dialog.targets = (replace(target, snooze_count=run.snooze.count, due_on=run.due_on),)


def _draw_snooze_count(dialog: DialogState) -> None:
    """How often it was snoozed; from the second time on, something else to do."""
    count = dialog.target.snooze_count or 0
    text = action_sentences.describe_snooze_count(count)
    if text is None or len(dialog.targets) > 1:
        return
    if not suggest_snooze_alternatives(count):
        st.caption(text)
        return
    with st.container(border=True, gap="small"):
        st.markdown(f":material/lightbulb: {text} Consider something else:")
        with st.container(horizontal=True, gap="small"):
            for kind, label in (("skip", "Skip the run instead"), ("escalate", "Escalate instead")):
                key = action_button_key(kind, dialog.idempotency_key)
                st.button(label, key=key, on_click=dialog.switch_to, args=(kind,))


def _draw_snooze_date_choice(form: DialogForm, today: date, time_zone: str, working_days: WorkingDays) -> date | None:
    """Suggested days as pills and a field for any other; either shows what the other holds."""
    dialog = form.dialog
    deadline = dialog.target.notice_deadline if len(dialog.targets) == 1 else None
    suggested = suggest_snooze_days(today, deadline, working_days)
    days = {f"{each.label}, {each.day.day} {each.day:%b}": each.day for each in suggested}
    pills, field = action_field_key(dialog.idempotency_key, "preset"), form.widget_key("until")
    st.pills("Until", list(days), key=pills, on_change=_copy_day_pill_to_date_field, args=(pills, field, days))
    until: date | None = st.date_input(
        "Another day",
        None,
        *TYPEABLE_DATES,
        key=field,
        format="YYYY-MM-DD",
        on_change=_copy_date_field_to_day_pill,
        args=(pills, field, days),
    )
    error = find_snooze_day_error(until, today)
    form.reserve_error_slot("until", label="Until", immediate_error=error)
    if until is not None and error is None:
        st.caption(f"Back on {format_weekday_date(until)} at 09:00 {escape_markdown(format_time_zone(time_zone))}.")
    return until


def _copy_day_pill_to_date_field(pills: str, field: str, days: Mapping[str, date]) -> None:
    name = st.session_state.get(pills)
    st.session_state[field] = days.get(name) if name else None


def _copy_date_field_to_day_pill(pills: str, field: str, days: Mapping[str, date]) -> None:
    day = st.session_state.get(field)
    st.session_state[pills] = next((name for name, each in days.items() if each == day), None)


def _draw_move_due_date_choice(form: DialogForm, until: date | None, today: date) -> None:
    """Offer to move the due date by as many days; only where a day is chosen and something is due."""
    targets = form.dialog.targets
    due_dates = [target.due_on for target in targets if target.due_on is not None]
    if until is None or not due_dates:
        return
    days = until - today
    if len(targets) > 1:
        label = f"Move the due dates too, by {format_count(days.days, 'day')}"
        st.checkbox(label, key=form.widget_key("move_due"))
        return
    new_due, deadline = due_dates[0] + days, targets[0].notice_deadline
    old, new = format_weekday_date(due_dates[0]), format_weekday_date(new_due)
    st.checkbox(f"Move the due date too, from {old} to {new}", key=form.widget_key("move_due"))
    if deadline is not None and new_due > deadline:
        st.caption(f":material/warning: {action_sentences.describe_late_due_date(deadline)}")


def _snooze_several_runs(
    dialog: DialogState, services: Services, action: SavedAction, answers: DialogAnswers
) -> FlashMessage:
    """Snooze each run on its own: one that is refused does not stop the others.

    Raises NeedsConfirmation if some need one; those already done stay done, and the same click finds them so. Raises
    InvalidInput, Unavailable and SignedOut, which concern all runs.
    """
    done: list[tuple[ActionTarget, ActionResult]] = []
    failed: list[tuple[ActionTarget, ZenError]] = []
    unconfirmed: list[tuple[ActionTarget, NeedsConfirmation]] = []
    for target in dialog.targets:
        parameters = {**answers, "move_due": bool(answers.get("move_due")) and target.due_on is not None}
        try:
            done.append(
                (
                    target,
                    button_commands.run_action_from_dialog(
                        services, dialog, action, target.build_subject(), parameters, target
                    ),
                )
            )
        except (InvalidInput, Unavailable, SignedOut):
            raise
        except NeedsConfirmation as question:
            unconfirmed.append((target, question))
        except ZenError as error:
            failed.append((target, error))
    dialog.partial_result = _build_bulk_snooze_message(len(done), [*failed, *unconfirmed]) if done or failed else None
    if unconfirmed and not answers.get(str(unconfirmed[0][1].detail["confirm"])):
        lines = "; ".join(
            f"{target.customer_name}: {question.message}" for target, question in unconfirmed[:MAX_LISTED]
        )
        more = f" And {len(unconfirmed) - MAX_LISTED} more." if len(unconfirmed) > MAX_LISTED else ""
        message = f"{len(unconfirmed)} of {len(dialog.targets)} go beyond their notice deadline."
        raise NeedsConfirmation(message, detail=unconfirmed[0][1].detail, hint=f"{lines}{more}")
    return _build_bulk_snooze_message(len(done), failed)


def _build_bulk_snooze_message(done: int, failed: list[tuple[ActionTarget, ZenError]]) -> FlashMessage:
    text = f"{format_count(done, 'run is', 'runs are')} snoozed"
    if not failed:
        return FlashMessage(text=f"{text}. Each can be undone under Recently done.")
    lines = tuple(f"{target.customer_name}: {error.message}" for target, error in failed)
    return FlashMessage(text=f"{text}; {format_count(len(failed), 'was', 'were')} not.", lines=lines)


SNOOZE = Dialog(
    title="Snooze",
    submit_label="Snooze",
    icon=":material/snooze:",
    draw_form=draw_snooze_form,
    submit=submit_snooze,
)
