"""The parts of the inbox: which rows each has, what it says when empty, and what can be done to many at once."""

import streamlit as st

from lib.actions.model import Source
from lib.auth.model import Person
from lib.executions.inbox import Inbox, RunRow
from lib.slides.words import count, escape
from lib.ui import links, states
from lib.ui.acting.desk import open_dialog
from lib.ui.inbox import rows
from lib.ui.inbox.address import View
from lib.ui.inbox.looking import clear
from lib.ui.keys import act_press

CAP = 200
EMPTY = {
    "waiting": (
        "Nothing waits for you",
        "What comes back from a snooze, what colleagues escalate to you, follow-ups and notices will be here.",
    ),
    "snoozed": (
        "Nothing is snoozed",
        "Runs you snooze from Today or on their page will be here, with when or by what they come back.",
    ),
    "escalated": (
        "Nothing is escalated",
        "What you hand to a colleague, and what is handed to you, will be here with its clock.",
    ),
    "approvals": (
        "Nothing waits for approval",
        "What an answer in a chat would change waits for your word; it will be listed here.",
    ),
    "done": (
        "Nothing was done in the last 24 hours",
        "Snoozes, skips, hand-backs and your company's actions will be here for a day, with a way to undo them.",
    ),
}


def draw(inbox: Inbox, view: View, person: Person) -> None:
    match view.section:
        case "snoozed":
            _snoozed(inbox, view, person)
        case "escalated":
            _escalated(inbox, view, person)
        case "approvals":
            _approvals(inbox, view, person)
        case "done":
            _done(inbox, view, person)
        case _:
            _waiting(inbox, view, person)


def _waiting(inbox: Inbox, view: View, person: Person) -> None:
    zone, me, leads = person.time_zone, str(person.id), person.role.leads_team
    woken = tuple(each for each in inbox.woken if view.holds(each.customer_name))
    asked = [e for e in inbox.escalations if view.holds(e.customer_name) and (e.ended_at is None and e.to_me)]
    decided = [e for e in inbox.escalations if view.holds(e.customer_name) and e.ended_at is not None and e.by_me]
    follow_ups = [each for each in inbox.follow_ups if view.holds(each.customer_name)]
    told = [each for each in inbox.notices if view.holds(each.customer_name)]
    if not (woken or asked or decided or follow_ups or told):
        _nothing(view)
        return
    if woken:
        _title("Back from a snooze", len(inbox.woken), inbox.counts.woken)
        _many(woken)
        for run in woken:
            rows.woken(run, zone, is_team=view.is_team)
    if asked or decided:
        _title("Escalated to you, or handed back", 0, 0)
        for escalation in (*asked, *decided):
            rows.escalated(escalation, zone, me=me, leads=leads)
    if follow_ups:
        _title("Follow-ups", len(inbox.follow_ups), inbox.counts.follow_ups)
        for follow_up in follow_ups:
            rows.follow_up(follow_up, zone, is_team=view.is_team)
    if told:
        _title("Notices", len(inbox.notices), inbox.counts.notices)
        for notice in told:
            rows.notice(notice, zone)


def _snoozed(inbox: Inbox, view: View, person: Person) -> None:
    found = tuple(each for each in inbox.snoozed if view.holds(each.customer_name))
    if not found:
        _nothing(view)
        return
    _title("Snoozed", len(inbox.snoozed), inbox.counts.snoozed)
    _many(found)
    for row in found:
        rows.snoozed(row, person.time_zone, is_team=view.is_team)


def _escalated(inbox: Inbox, view: View, person: Person) -> None:
    found = [each for each in inbox.escalations if view.holds(each.customer_name)]
    if not found:
        _nothing(view)
        return
    groups = (
        ("To you", [each for each in found if each.to_me]),
        ("By you", [each for each in found if each.by_me and not each.to_me]),
        ("Between others", [each for each in found if not each.by_me and not each.to_me]),
    )
    for title, group in groups:
        if group:
            _title(title, len(inbox.escalations), inbox.counts.team or 0)
            for row in group:
                rows.escalated(row, person.time_zone, me=str(person.id), leads=person.role.leads_team)


def _approvals(inbox: Inbox, view: View, person: Person) -> None:
    found = [each for each in inbox.approvals if view.holds(each.customer_name)]
    if not found:
        _nothing(view)
        return
    _title("Waiting for approval", len(inbox.approvals), inbox.counts.approvals)
    for row in found:
        rows.approval(row, person.time_zone)


def _done(inbox: Inbox, view: View, person: Person) -> None:
    found = [each for each in inbox.undone if view.holds(each.customer_name)]
    if not found:
        _nothing(view)
        return
    _title("Done and undone in the last 24 hours", len(inbox.undone), inbox.counts.undone)
    for row in found:
        rows.act_row(row, person.time_zone)


def _title(title: str, shown: int, of: int) -> None:
    st.markdown(f"## {escape(title)}")
    if of > shown >= CAP:
        st.caption(f"The first {count(shown)} of {count(of)} are here; the rest follow as these are dealt with.")


def _many(runs: tuple[RunRow, ...]) -> None:
    """Tick some, put them away together."""
    if len(runs) < 2:
        return
    chosen = rows.ticked(runs)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inbox_many"):
        label = f"Snooze {count(len(chosen))}" if chosen else "Snooze several"
        st.button(
            label,
            key=act_press("bulk", "snooze"),
            icon=":material/snooze:",
            disabled=not chosen,
            help=None if chosen else "Tick the runs it is about.",
            on_click=open_dialog,
            args=("snooze", Source.INBOX, *chosen),
        )
        is_all = len(chosen) == len(runs)
        st.button(
            "Untick all" if is_all else "Tick all",
            key=act_press("bulk", "tick"),
            type="tertiary",
            on_click=rows.tick_all,
            args=(runs, not is_all),
        )


def _nothing(view: View) -> None:
    if view.customer:
        text = "No customer of that name has something here."
        states.empty("Nothing was found", text, icon=":material/search_off:")
        st.button("Show every customer", key=act_press("inbox", "clear"), on_click=clear, args=(view,))
        return
    title, text = EMPTY[view.section]
    states.empty(title, text)
    links.to_today()
