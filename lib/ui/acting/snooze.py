"""The form to put something away: a day, a signal or both, why, and whether the due date moves too."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from lib.actions.base import parsed
from lib.actions.handlers.snooze import FURTHEST, SnoozeParameters
from lib.actions.model import Faults, suggests
from lib.actions.presets import presets
from lib.errors import ZenError
from lib.services import Services
from lib.slides.words import count, escape
from lib.ui.acting import refused, sentences
from lib.ui.acting.desk import About, Opened
from lib.ui.keys import act_field, act_press

BOUNDS = (date(1000, 1, 1), date(2999, 12, 31))
"""Any day one can type. A narrower field keeps what does not fit to itself, and the day before it would be sent."""
SIGNALS: Mapping[str, str] = {
    "health_below": "Health falls below",
    "new_ticket": "A new ticket is opened",
    "notice_within": "The notice deadline comes near",
    "contact_left": "A contact leaves",
    "note_mentions": "A note mentions a word",
}
TICKETS = {"p1": "P1", "p1,p2": "P1 or P2"}


def form(opened: Opened, services: Services) -> Mapping[str, Any]:
    """Draws the questions; returns what was answered, as the action takes it."""
    _look(opened, services)
    today = services.actions.today()
    _so_far(opened)
    until = _day(opened, today, services.person.time_zone)
    signal = _signal(opened, has_day=until is not None)
    day = until.isoformat() if until else None
    refused.under(opened, "signal", "", until=day, signal=signal)
    reason = st.text_area(
        "Why", key=act_field(opened.key, "reason"), height=88, placeholder="What it waits for, in a sentence"
    )
    refused.under(opened, "reason", "Why", reason=reason)
    moves = _moves_due(opened, until if amiss(until, today) is None else None, today)
    given = {"reason": reason, "move_due": moves, "until": day, "signal": signal}
    return {key: value for key, value in given.items() if value is not None}


def amiss(until: date | None, today: date) -> str | None:
    """What is wrong with a day to come back on, as a sentence."""
    if until is None:
        return None
    if until < today:
        return "This day has passed. Choose one that is still to come."
    if until == today:
        return "This is today. Choose a day from tomorrow on."
    return "Choose a day within two years." if until > today + FURTHEST else None


def _look(opened: Opened, services: Services) -> None:
    """How often it was put away and when it is due, where the page does not know: one request, and no matter if not."""
    about = opened.one
    if len(opened.about) > 1 or about.execution_id is None or about.snoozes is not None:
        return
    execution_id = about.execution_id
    try:
        run, _ = opened.once("run", lambda: services.executions.open(execution_id))
    except ZenError:
        opened.found["run"] = None
        return
    opened.about = (replace(about, snoozes=run.snooze.count, due_on=run.due_on),)


def _so_far(opened: Opened) -> None:
    times = opened.one.snoozes or 0
    said = sentences.put_away(times)
    if said is None or len(opened.about) > 1:
        return
    if not suggests(times):
        st.caption(said)
        return
    with st.container(border=True, gap="small"):
        st.markdown(f":material/lightbulb: {said} Something else may serve it better.")
        with st.container(horizontal=True, gap="small"):
            for what, label in (("skip", "Skip the run instead"), ("escalate", "Escalate instead")):
                st.button(label, key=act_press(what, opened.key), on_click=opened.turn_to, args=(what,))


def _day(opened: Opened, today: date, time_zone: str) -> date | None:
    about = opened.one
    deadline = about.notice_deadline if len(opened.about) == 1 else None
    offered = {f"{each.label}, {each.day.day} {each.day:%b}": each.day for each in presets(today, deadline)}
    chosen, typed = act_field(opened.key, "preset"), act_field(opened.key, "until")
    st.pills("Until", list(offered), key=chosen, on_change=_take, args=(chosen, typed, offered))
    until: date | None = st.date_input(
        "Another day", None, *BOUNDS, key=typed, format="YYYY-MM-DD", on_change=_match, args=(chosen, typed, offered)
    )
    wrong = amiss(until, today)
    refused.under(opened, "until", "Until", now=wrong, until=until.isoformat() if until else None)
    if until is not None and wrong is None:
        st.caption(f"Back on {sentences.full_day(until)} at 09:00 ({escape(time_zone)}).")
    return until


def _take(chosen: str, typed: str, offered: Mapping[str, date]) -> None:
    """A callback: the day of what was chosen."""
    name = st.session_state.get(chosen)
    st.session_state[typed] = offered.get(name) if name else None


def _match(chosen: str, typed: str, offered: Mapping[str, date]) -> None:
    """A callback: what is chosen above is the day that stands below, or nothing."""
    day = st.session_state.get(typed)
    st.session_state[chosen] = next((name for name, each in offered.items() if each == day), None)


def _signal(opened: Opened, *, has_day: bool) -> dict[str, Any] | None:
    kind = st.selectbox(
        "Or as soon as" if has_day else "Or until a signal",
        list(SIGNALS),
        None,
        format_func=SIGNALS.__getitem__,
        placeholder="No signal",
        key=act_field(opened.key, "signal"),
    )
    if kind is None:
        return None
    value = _value(kind, act_field(opened.key, f"signal.{kind}"))
    if not has_day and kind != "notice_within":
        st.caption("If it never comes, the run is back in time for the notice deadline, where there is one.")
    return {"kind": kind} if value is None else {"kind": kind, "value": value}


def _value(kind: str, key: str) -> Any:
    match kind:
        case "health_below":
            return st.number_input("Health score, 1 to 100", 1, 100, 60, 5, key=key)
        case "new_ticket":
            return st.segmented_control(
                "Which tickets", list(TICKETS), default="p1,p2", required=True, format_func=TICKETS.__getitem__, key=key
            )
        case "notice_within":
            return st.number_input("Days before the notice deadline", 1, 365, 30, 1, key=key)
        case "note_mentions":
            return st.text_input("Word to look for", key=key, max_chars=100)
        case _:
            return None


def _moves_due(opened: Opened, until: date | None, today: date) -> bool:
    """Only where a day is chosen and something is due: by as many days as it is put away."""
    dues = [about.due_on for about in opened.about if about.due_on is not None]
    if until is None or not dues:
        return False
    days = until - today
    if len(opened.about) > 1:
        return st.checkbox(
            f"Move the due dates too, by {count(days.days, 'day')}", key=act_field(opened.key, "move_due")
        )
    due = dues[0] + days
    label = f"Move the due date too, from {sentences.full_day(dues[0])} to {sentences.full_day(due)}"
    is_moved = st.checkbox(label, key=act_field(opened.key, "move_due"))
    deadline = opened.one.notice_deadline
    if deadline is not None and due > deadline:
        st.caption(f":material/warning: {sentences.too_late(deadline)}")
    return is_moved


def check_day(given: Mapping[str, Any], today: date) -> None:
    """Raises Faults for a day that will not do, with whatever else is wrong."""
    wrong = amiss(date.fromisoformat(given["until"]) if given.get("until") else None, today)
    if wrong is None:
        return
    try:
        parsed(SnoozeParameters, given)
    except Faults as others:
        raise Faults((wrong, *others.faults), {wrong: "until", **others.about}) from others
    raise Faults((wrong,), {wrong: "until"})


def names(about: tuple[About, ...]) -> str:
    """Whom a bulk is about, in a line."""
    return ", ".join(dict.fromkeys(each.customer_name for each in about))
