"""The parts of the inbox: which rows each has, what it says when empty, and what can be done to many at once."""

import streamlit as st

from lib.actions.model import ActionSource
from lib.auth.model import Person
from lib.executions.inbox import Inbox, InboxRun
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.ui import navigation, placeholders
from lib.ui.actions.action_state import open_dialog
from lib.ui.inbox import rows
from lib.ui.inbox.filters import clear_customer_filter
from lib.ui.inbox.url_state import InboxView
from lib.ui.keys import action_button

MAX_ROWS = 200
EMPTY_TEXTS = {
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


def draw_section(inbox: Inbox, view: InboxView, person: Person) -> None:
    match view.section:
        case "snoozed":
            _draw_snoozed(inbox, view, person)
        case "escalated":
            _draw_escalated(inbox, view, person)
        case "approvals":
            _draw_approvals(inbox, view, person)
        case "done":
            _draw_done(inbox, view, person)
        case _:
            _draw_waiting(inbox, view, person)


def _draw_waiting(inbox: Inbox, view: InboxView, person: Person) -> None:
    zone, me, leads = person.time_zone, str(person.id), person.role.leads_team
    woken = tuple(each for each in inbox.woken if view.matches_customer(each.customer_name))
    asked = [
        e for e in inbox.escalations if view.matches_customer(e.customer_name) and (e.ended_at is None and e.to_me)
    ]
    decided = [
        e for e in inbox.escalations if view.matches_customer(e.customer_name) and e.ended_at is not None and e.by_me
    ]
    follow_ups = [each for each in inbox.follow_ups if view.matches_customer(each.customer_name)]
    told = [each for each in inbox.notices if view.matches_customer(each.customer_name)]
    if not (woken or asked or decided or follow_ups or told):
        _draw_empty(view)
        return
    if woken:
        _draw_title("Back from a snooze", len(inbox.woken), inbox.counts.woken)
        _draw_bulk_actions(woken)
        for run in woken:
            rows.draw_woken_run(run, zone, is_team=view.is_team)
    if asked or decided:
        _draw_title("Escalated to you, or handed back", 0, 0)
        for escalation in (*asked, *decided):
            rows.draw_escalation(escalation, zone, me=me, leads=leads)
    if follow_ups:
        _draw_title("Follow-ups", len(inbox.follow_ups), inbox.counts.follow_ups)
        for follow_up in follow_ups:
            rows.draw_follow_up(follow_up, zone, is_team=view.is_team)
    if told:
        _draw_title("Notices", len(inbox.notices), inbox.counts.notices)
        for notice in told:
            rows.draw_notice(notice, zone)


def _draw_snoozed(inbox: Inbox, view: InboxView, person: Person) -> None:
    found = tuple(each for each in inbox.snoozed if view.matches_customer(each.customer_name))
    if not found:
        _draw_empty(view)
        return
    _draw_title("Snoozed", len(inbox.snoozed), inbox.counts.snoozed)
    _draw_bulk_actions(found)
    for row in found:
        rows.draw_snoozed_run(row, person.time_zone, is_team=view.is_team)


def _draw_escalated(inbox: Inbox, view: InboxView, person: Person) -> None:
    found = [each for each in inbox.escalations if view.matches_customer(each.customer_name)]
    if not found:
        _draw_empty(view)
        return
    groups = (
        ("To you", [each for each in found if each.to_me]),
        ("By you", [each for each in found if each.by_me and not each.to_me]),
        ("Between others", [each for each in found if not each.by_me and not each.to_me]),
    )
    for title, group in groups:
        if group:
            _draw_title(title, len(inbox.escalations), inbox.counts.team or 0)
            for row in group:
                rows.draw_escalation(row, person.time_zone, me=str(person.id), leads=person.role.leads_team)


def _draw_approvals(inbox: Inbox, view: InboxView, person: Person) -> None:
    found = [each for each in inbox.approvals if view.matches_customer(each.customer_name)]
    if not found:
        _draw_empty(view)
        return
    _draw_title("Waiting for approval", len(inbox.approvals), inbox.counts.approvals)
    for row in found:
        rows.draw_approval(row, person.time_zone)


def _draw_done(inbox: Inbox, view: InboxView, person: Person) -> None:
    found = [each for each in inbox.undone if view.matches_customer(each.customer_name)]
    if not found:
        _draw_empty(view)
        return
    _draw_title("Done and undone in the last 24 hours", len(inbox.undone), inbox.counts.undone)
    for row in found:
        rows.draw_recent_action(row, person.time_zone)


def _draw_title(title: str, shown: int, of: int) -> None:
    st.markdown(f"## {escape_markdown(title)}")
    if of > shown >= MAX_ROWS:
        st.caption(
            f"The first {format_count(shown)} of {format_count(of)} are here; the rest follow as these are dealt with."
        )


def _draw_bulk_actions(runs: tuple[InboxRun, ...]) -> None:
    """Tick some, put them away together."""
    if len(runs) < 2:
        return
    chosen = rows.selected_targets(runs)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inbox_many"):
        label = f"Snooze {format_count(len(chosen))}" if chosen else "Snooze several"
        st.button(
            label,
            key=action_button("bulk", "snooze"),
            icon=":material/snooze:",
            disabled=not chosen,
            help=None if chosen else "Tick the runs it is about.",
            on_click=open_dialog,
            args=("snooze", ActionSource.INBOX, *chosen),
        )
        is_all = len(chosen) == len(runs)
        st.button(
            "Untick all" if is_all else "Tick all",
            key=action_button("bulk", "tick"),
            type="tertiary",
            on_click=rows.select_all_runs,
            args=(runs, not is_all),
        )


def _draw_empty(view: InboxView) -> None:
    if view.customer:
        text = "No customer of that name has something here."
        placeholders.draw_empty("Nothing was found", text, icon=":material/search_off:")
        st.button(
            "Show every customer", key=action_button("inbox", "clear"), on_click=clear_customer_filter, args=(view,)
        )
        return
    title, text = EMPTY_TEXTS[view.section]
    placeholders.draw_empty(title, text)
    navigation.link_to_today()
