"""The form to put something away: a day, a signal or both, why, and whether the due date moves too."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from lib.actions.handlers.snooze import MAX_SNOOZE, SnoozeParameters
from lib.actions.model import suggest_alternatives
from lib.actions.snooze_days import suggest_snooze_days
from lib.errors import ZenError
from lib.forms.schema_errors import ValidationFailed, parse_values
from lib.services import Services
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.ui.actions import field_errors, sentences
from lib.ui.actions.action_state import ActionTarget, DialogState
from lib.ui.keys import action_button, action_field

TYPEABLE_DATES = (date(1000, 1, 1), date(2999, 12, 31))
"""Any day one can type. A narrower field keeps what does not fit to itself, and the day before it would be sent."""
SIGNAL_LABELS: Mapping[str, str] = {
    "health_below": "Health falls below",
    "new_ticket": "A new ticket is opened",
    "notice_within": "The notice deadline comes near",
    "contact_left": "A contact leaves",
    "note_mentions": "A note mentions a word",
}
TICKET_LABELS = {"p1": "P1", "p1,p2": "P1 or P2"}


def draw_snooze_form(opened: DialogState, services: Services) -> Mapping[str, Any]:
    """Draws the questions; returns what was answered, as the action takes it."""
    _load_run(opened, services)
    today = services.actions.today()
    _draw_snooze_count(opened)
    until = _draw_date_choice(opened, today, services.person.time_zone)
    signal = _draw_signal_choice(opened, has_day=until is not None)
    day = until.isoformat() if until else None
    field_errors.reserve_error_slot(opened, "signal", "", until=day, signal=signal)
    reason = st.text_area(
        "Why",
        key=action_field(opened.idempotency_key, "reason"),
        height=88,
        placeholder="What it waits for, in a sentence",
    )
    field_errors.reserve_error_slot(opened, "reason", "Why", reason=reason)
    moves = _draw_move_due_choice(opened, until if date_error(until, today) is None else None, today)
    given = {"reason": reason, "move_due": moves, "until": day, "signal": signal}
    return {key: value for key, value in given.items() if value is not None}


def date_error(until: date | None, today: date) -> str | None:
    """What is wrong with a day to come back on, as a sentence."""
    if until is None:
        return None
    if until < today:
        return "This day has passed. Choose one that is still to come."
    if until == today:
        return "This is today. Choose a day from tomorrow on."
    return "Choose a day within two years." if until > today + MAX_SNOOZE else None


def _load_run(opened: DialogState, services: Services) -> None:
    """How often it was put away and when it is due, where the page does not know: one request, and no matter if not."""
    about = opened.target
    if len(opened.targets) > 1 or about.execution_id is None or about.snooze_count is not None:
        return
    execution_id = about.execution_id
    try:
        run, _ = opened.load_once("run", lambda: services.executions.get_workflow_execution(execution_id))
    except ZenError:
        opened.loaded["run"] = None
        return
    opened.targets = (replace(about, snooze_count=run.snooze.count, due_on=run.due_on),)


def _draw_snooze_count(opened: DialogState) -> None:
    times = opened.target.snooze_count or 0
    said = sentences.describe_snooze_count(times)
    if said is None or len(opened.targets) > 1:
        return
    if not suggest_alternatives(times):
        st.caption(said)
        return
    with st.container(border=True, gap="small"):
        st.markdown(f":material/lightbulb: {said} Something else may serve it better.")
        with st.container(horizontal=True, gap="small"):
            for what, label in (("skip", "Skip the run instead"), ("escalate", "Escalate instead")):
                st.button(
                    label, key=action_button(what, opened.idempotency_key), on_click=opened.switch_to, args=(what,)
                )


def _draw_date_choice(opened: DialogState, today: date, time_zone: str) -> date | None:
    about = opened.target
    deadline = about.notice_deadline if len(opened.targets) == 1 else None
    offered = {f"{each.label}, {each.day.day} {each.day:%b}": each.day for each in suggest_snooze_days(today, deadline)}
    chosen, typed = action_field(opened.idempotency_key, "preset"), action_field(opened.idempotency_key, "until")
    st.pills("Until", list(offered), key=chosen, on_change=_copy_preset_to_date, args=(chosen, typed, offered))
    until: date | None = st.date_input(
        "Another day",
        None,
        *TYPEABLE_DATES,
        key=typed,
        format="YYYY-MM-DD",
        on_change=_copy_date_to_preset,
        args=(chosen, typed, offered),
    )
    wrong = date_error(until, today)
    field_errors.reserve_error_slot(
        opened, "until", "Until", immediate_error=wrong, until=until.isoformat() if until else None
    )
    if until is not None and wrong is None:
        st.caption(f"Back on {sentences.format_weekday_date(until)} at 09:00 ({escape_markdown(time_zone)}).")
    return until


def _copy_preset_to_date(chosen: str, typed: str, offered: Mapping[str, date]) -> None:
    """A callback: the day of what was chosen."""
    name = st.session_state.get(chosen)
    st.session_state[typed] = offered.get(name) if name else None


def _copy_date_to_preset(chosen: str, typed: str, offered: Mapping[str, date]) -> None:
    """A callback: what is chosen above is the day that stands below, or nothing."""
    day = st.session_state.get(typed)
    st.session_state[chosen] = next((name for name, each in offered.items() if each == day), None)


def _draw_signal_choice(opened: DialogState, *, has_day: bool) -> dict[str, Any] | None:
    kind = st.selectbox(
        "Or as soon as" if has_day else "Or until a signal",
        list(SIGNAL_LABELS),
        None,
        format_func=SIGNAL_LABELS.__getitem__,
        placeholder="No signal",
        key=action_field(opened.idempotency_key, "signal"),
    )
    if kind is None:
        return None
    value = _draw_signal_value(kind, action_field(opened.idempotency_key, f"signal.{kind}"))
    if not has_day and kind != "notice_within":
        st.caption("If it never comes, the run is back in time for the notice deadline, where there is one.")
    return {"kind": kind} if value is None else {"kind": kind, "value": value}


def _draw_signal_value(kind: str, key: str) -> Any:
    match kind:
        case "health_below":
            return st.number_input("Health score, 1 to 100", 1, 100, 60, 5, key=key)
        case "new_ticket":
            return st.segmented_control(
                "Which tickets",
                list(TICKET_LABELS),
                default="p1,p2",
                required=True,
                format_func=TICKET_LABELS.__getitem__,
                key=key,
            )
        case "notice_within":
            return st.number_input("Days before the notice deadline", 1, 365, 30, 1, key=key)
        case "note_mentions":
            return st.text_input("Word to look for", key=key, max_chars=100)
        case _:
            return None


def _draw_move_due_choice(opened: DialogState, until: date | None, today: date) -> bool:
    """Only where a day is chosen and something is due: by as many days as it is put away."""
    dues = [about.due_on for about in opened.targets if about.due_on is not None]
    if until is None or not dues:
        return False
    days = until - today
    if len(opened.targets) > 1:
        return st.checkbox(
            f"Move the due dates too, by {format_count(days.days, 'day')}",
            key=action_field(opened.idempotency_key, "move_due"),
        )
    due = dues[0] + days
    label = (
        f"Move the due date too, from {sentences.format_weekday_date(dues[0])} to {sentences.format_weekday_date(due)}"
    )
    is_moved = st.checkbox(label, key=action_field(opened.idempotency_key, "move_due"))
    deadline = opened.target.notice_deadline
    if deadline is not None and due > deadline:
        st.caption(f":material/warning: {sentences.describe_late_due_date(deadline)}")
    return is_moved


def require_valid_date(given: Mapping[str, Any], today: date) -> None:
    """Raises Faults for a day that will not do, with whatever else is wrong."""
    wrong = date_error(date.fromisoformat(given["until"]) if given.get("until") else None, today)
    if wrong is None:
        return
    try:
        parse_values(SnoozeParameters, given)
    except ValidationFailed as others:
        raise ValidationFailed((wrong, *others.messages), {wrong: "until", **others.field_of_message}) from others
    raise ValidationFailed((wrong,), {wrong: "until"})


def customer_names(about: tuple[ActionTarget, ...]) -> str:
    """Whom a bulk is about, in a line."""
    return ", ".join(dict.fromkeys(each.customer_name for each in about))
