"""The form to put something away: a day, a signal or both, why, and whether the due date moves too."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import streamlit as st

from lib.actions.model import suggests
from lib.actions.presets import presets
from lib.errors import ZenError
from lib.services import Services
from lib.slides.words import count, escape
from lib.ui.acting import refused, sentences
from lib.ui.acting.desk import About, Opened
from lib.ui.keys import act_field, act_press

FURTHEST = 730
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
    given: dict[str, Any] = {"reason": reason, "move_due": _moves_due(opened, until, today)}
    if until is not None:
        given["until"] = until.isoformat()
    if signal is not None:
        given["signal"] = signal
    return given


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
    offered = {preset.label: preset.day for preset in presets(today, deadline)}
    chosen, typed = act_field(opened.key, "preset"), act_field(opened.key, "until")
    st.pills("Until", list(offered), key=chosen, on_change=_take, args=(chosen, typed, offered))
    until: date | None = st.date_input(
        "Another day", None, today + timedelta(days=1), today + timedelta(days=FURTHEST), key=typed, format="YYYY-MM-DD"
    )
    if until is not None:
        st.caption(f"Back on {sentences.full_day(until)} at 09:00 ({escape(time_zone)}).")
    return until


def _take(chosen: str, typed: str, offered: Mapping[str, date]) -> None:
    name = st.session_state.get(chosen)
    st.session_state[typed] = offered.get(name) if name else None


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
        label = f"Move the due dates too, by {count(days.days, 'day')}"
    else:
        label = f"Move the due date too, from {sentences.full_day(dues[0])} to {sentences.full_day(dues[0] + days)}"
    return st.checkbox(label, key=act_field(opened.key, "move_due"))


def names(about: tuple[About, ...]) -> str:
    """Whom a bulk is about, in a line."""
    return ", ".join(dict.fromkeys(each.customer_name for each in about))
