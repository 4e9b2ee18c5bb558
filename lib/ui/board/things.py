"""The few things that matter today, each with why, and the rest counted."""

import streamlit as st

from lib.accounts.board import Board, Thing
from lib.accounts.model import Band
from lib.actions.model import Source
from lib.errors import ZenError
from lib.executions.service import ExecutionService
from lib.slides import words
from lib.slides.words import escape
from lib.ui import keys, links, states, theme
from lib.ui.acting import buttons
from lib.ui.acting.desk import About, What
from lib.ui.board import rows, sentences
from lib.ui.starting import go_to_run, start_and_go

OFFERED: tuple[What, ...] = ("snooze", "skip", "escalate", "company")


def draw_things(board: Board, executions: ExecutionService, *, show_owner: bool) -> None:
    """At most three things; the first has the one primary button of the page."""
    for place, thing in enumerate(board.things):
        with st.container(key=keys.zen_thing(place), gap="xsmall"):
            _draw_thing(thing, executions, is_first=place == 0, show_owner=show_owner)
    _draw_rest(board, is_team=show_owner)


def _draw_thing(thing: Thing, executions: ExecutionService, *, is_first: bool, show_owner: bool) -> None:
    with rows.row(thing.customer_id) as act:
        band = Band(thing.health_band) if thing.health_band else None
        st.markdown(f"### {escape(thing.customer_name)} {theme.health(thing.health_score, band)}")
        back = sentences.back(thing)
        if back is not None:
            st.markdown(f":material/notifications_active: {escape(back)}")
        st.markdown(escape(thing.why))
        st.caption(escape(_facts(thing, show_owner=show_owner)))
    with act:
        is_clicked = _open_button(thing, is_first=is_first)
        _draw_why(thing)
        buttons.menu(OFFERED, _about(thing), Source.DASHBOARD, of=f"zen.{thing.customer_id}")
    if is_clicked:
        _start(thing, executions)


def _facts(thing: Thing, *, show_owner: bool) -> str:
    facts = (thing.workflow_name or "no workflow fits", sentences.thing_facts(thing))
    return " · ".join((*facts, thing.owner_name) if show_owner else facts)


def _open_button(thing: Thing, *, is_first: bool) -> bool:
    name = thing.workflow_name
    return st.button(
        "Open",
        key=keys.zen_open(thing.customer_id),
        type="primary" if is_first else "secondary",
        disabled=name is None,
        help=None if name else f"The workflow “{escape(thing.workflow_id)}” is not published.",
    )


def _start(thing: Thing, executions: ExecutionService) -> None:
    if thing.execution_id is not None:
        go_to_run(thing.execution_id)
    try:
        start_and_go(executions, workflow_id=thing.workflow_id, customer_id=thing.customer_id)
    except ZenError as error:
        states.problem(error, key=keys.zen_thing(thing.customer_id))


def _draw_why(thing: Thing) -> None:
    """The score as the sum it is; what no longer counts, because signals have a ceiling, is named below it."""
    with st.popover(f"Why {thing.score}?", type="tertiary"):
        lines = [f"| {reason.points} | {escape(reason.sentence)} |" for reason in sentences.addends(thing.reasons)]
        total = f"| **{thing.score}** | **of 100: what {escape(thing.customer_name)} weighs today** |"
        st.markdown("\n".join(["| Points | Because |", "| ---: | :--- |", *lines, total]))
        st.caption("The notice deadline gives up to 40, the size of the account up to 30, signals up to 30 together.")
        beyond = sentences.beyond_the_ceiling(thing.reasons)
        if beyond:
            st.caption(f"Also on record, beyond those 30: {escape(beyond)}")


def _draw_rest(board: Board, *, is_team: bool) -> None:
    """What is snoozed is counted over the whole book, so a leader's link opens the team's; the rest is one's own."""
    if board.things:
        st.markdown("**That is all for today.**")
    st.caption(sentences.the_rest(board))
    counted = (
        (board.snoozed, f"{board.snoozed} snoozed", "snoozed", ":material/snooze:"),
        (board.follow_ups, f"{words.count(board.follow_ups, 'follow-up')} due", "waiting", ":material/task_alt:"),
        (board.notices, words.count(board.notices, "notice"), "waiting", ":material/mail:"),
    )
    if any(number for number, *_ in counted):
        with st.container(horizontal=True, gap="medium", key="zen_counts"):
            for number, label, section, icon in counted:
                if number:
                    links.to_inbox(label, section, icon=icon, is_team=is_team and section == "snoozed")


def _about(thing: Thing) -> About:
    """What would be a run: it is started when something is done to it. Then it is due at the notice deadline."""
    return About(
        customer_name=thing.customer_name,
        customer_id=thing.customer_id,
        workflow_id=thing.workflow_id,
        workflow_name=thing.workflow_name,
        execution_id=thing.execution_id,
        due_on=thing.notice_deadline,
        notice_deadline=thing.notice_deadline,
        snoozes=None if thing.execution_id else 0,
    )
