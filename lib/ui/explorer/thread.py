"""One conversation as it was: charts drawn again from what is stored, no model asked."""

from dataclasses import dataclass, field

import streamlit as st

from lib.chat import export, provenance, tree
from lib.chat.blocks import TextBlock, plain_text
from lib.chat.model import Conversation, Panel, Role, Thread
from lib.chat.provenance import line_of
from lib.chat.tree import Entry, Step
from lib.errors import ZenError
from lib.services import Services
from lib.slides.files import filename
from lib.slides.library import title_of
from lib.slides.words import escape
from lib.ui import links, states, tables, theme
from lib.ui.chat import approval, behind, blocks, message
from lib.ui.explorer.looking import forget, open_thread
from lib.ui.keys import EXPLORER_OPEN, explorer_press

READING_WIDTH = 760
STATUS = {"active": "open", "completed": "closed", "abandoned": "left without an end"}


@dataclass(kw_only=True)
class Opened:
    """A conversation this tab has open. `trouble` is what the last press came to, `said` what it did."""

    told: Conversation
    chosen: dict[str | None, str] = field(default_factory=dict)
    trouble: ZenError | None = None
    said: str | None = None


def draw(thread_id: str, services: Services) -> None:
    st.button(
        "All conversations", key=explorer_press("back"), type="tertiary", icon=":material/arrow_back:",
        on_click=open_thread, args=(None,),
    )  # fmt: skip
    try:
        with states.loading(height=400):
            opened = _open(thread_id, services)
    except ZenError as error:
        states.problem(error, retry=forget, key="explorer_thread")
        return
    _head(opened, services)
    steps = tree.path(opened.told.messages, opened.chosen)
    with st.container(width=READING_WIDTH):
        for place, step in enumerate(steps):
            _step(opened, step, steps[place - 1] if place else None, services)
        if not steps:
            st.markdown(":gray[Nothing was said in it.]")


def _open(thread_id: str, services: Services) -> Opened:
    kept: Opened | None = st.session_state.get(EXPLORER_OPEN)
    if kept is None or kept.told.thread.id != thread_id:
        kept = Opened(told=services.chat.get_chat_history(thread_id))
        st.session_state[EXPLORER_OPEN] = kept
    return kept


def _head(opened: Opened, services: Services) -> None:
    told, thread, person = opened.told, opened.told.thread, services.person
    st.markdown(f"# {escape(thread.title or 'Conversation')}")
    slide = title_of(thread.slide_id)
    place = f"{told.customer_name} · {told.workflow_name}, version {told.workflow_version} · {slide}"
    st.markdown(escape(place))
    when = theme.stamp(thread.created_at, person.time_zone)
    st.caption(f"{escape(thread.owner_name or '')} · {when} · {STATUS[thread.status.value]}{_shared(thread)}")
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        links.to_slide(thread.execution_id, thread.slide_id, "Open the slide")
        _downloads(told)
        if thread.is_own:
            _sharing(opened, services)
    if opened.trouble is not None:
        states.problem(opened.trouble, key="explorer_trouble")
    if opened.said is not None:
        st.success(escape(opened.said), icon=":material/check:")
        opened.said = None


def _shared(thread: Thread) -> str:
    return " · shared with the company" if thread.is_shared else ""


def _downloads(told: Conversation) -> None:
    for label, ending, kind in (("Markdown", "md", "text/markdown"), ("JSON", "json", "application/json")):
        content = export.as_markdown(told) if ending == "md" else export.as_json(told)
        st.download_button(
            label, content.encode(), filename("conversation", told.customer_name, ending), kind,
            key=explorer_press(ending), icon=":material/download:", type="tertiary", on_click="ignore",
        )  # fmt: skip


def _sharing(opened: Opened, services: Services) -> None:
    thread = opened.told.thread
    label = "Take it back" if thread.is_shared else "Share with the company"
    icon = ":material/lock:" if thread.is_shared else ":material/group:"
    if st.button(label, key=explorer_press("share", thread.id), icon=icon, type="tertiary"):
        opened.trouble = None
        try:
            _ = services.chat.unshare(thread.id) if thread.is_shared else services.chat.share(thread.id)
        except ZenError as error:
            opened.trouble = error
        else:
            forget()
            st.session_state.pop(EXPLORER_OPEN, None)
        st.rerun()


def _step(opened: Opened, step: Step, before: Step | None, services: Services) -> None:
    entry = step.entry
    match entry.first.role:
        case Role.USER:
            with st.chat_message("user", avatar=message.PERSON):
                message.asked(plain_text(entry.first.block))
                _siblings(opened, step, before)
        case Role.ASSISTANT:
            with st.chat_message("assistant", avatar=message.ZEN):
                message.answered(entry, most_set=tables.MOST_ROWS_SET)
                for call in opened.told.tool_calls:
                    if call.answer_id == entry.first.answer_id:
                        approval.outcome(call)
                _foot(opened, entry, services)
                _siblings(opened, step, before)
                message.given(opened.told.feedback, entry)
        case _:
            message.draw_unknown(entry)


def _siblings(opened: Opened, step: Step, before: Step | None) -> None:
    """‹ 2/3 ›, as beside the slide."""
    if len(step.siblings) < 2:
        return
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        for way, icon in ((-1, "chevron_left"), (1, "chevron_right")):
            place = step.number - 1 + way
            there = 0 <= place < len(step.siblings)
            to = step.siblings[place].id if there else step.entry.id
            st.button(
                "", key=explorer_press(f"turn{way}", step.entry.id), icon=f":material/{icon}:", type="tertiary",
                disabled=not there, help="Earlier" if way < 0 else "Later", on_click=_turn,
                args=(opened, before.entry.id if before else None, to),
            )  # fmt: skip
            if way < 0:
                st.markdown(f":small[{step.number}/{len(step.siblings)}]", width="content")


def _turn(opened: Opened, before: str | None, to: str) -> None:
    opened.chosen = {**opened.chosen, before: to}


def _foot(opened: Opened, entry: Entry, services: Services) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        line = line_of(entry.first)
        if line and st.button(
            escape(line), key=explorer_press("source", entry.id), type="tertiary", icon=":material/info:",
            help="Where this comes from",
        ):  # fmt: skip
            _look_behind(opened, entry, services)
        if any(isinstance(row.block, TextBlock) and row.block.text.strip() for row in entry.rows):
            _promotion(opened, entry, services)
        if blocks.has_grids(row.block for row in entry.rows):
            _grids(entry)


def _grids(entry: Entry) -> None:
    shown = st.popover(
        "Sort or download", type="tertiary", icon=":material/table:", key=explorer_press("grids", entry.id),
        on_change="rerun",
    )  # fmt: skip
    if shown.open:
        with shown:
            blocks.draw_grids((row.block for row in entry.rows), key=explorer_press("grid", entry.id))


def _look_behind(opened: Opened, entry: Entry, services: Services) -> None:
    told, first = opened.told, entry.first
    context = next((known for known in told.contexts if known.id == first.context_id), None)
    calls = tuple(call for call in told.tool_calls if call.answer_id == first.answer_id)
    try:
        account = services.accounts.account(told.customer_id)
    except ZenError as error:
        states.problem(error, key="explorer_behind")
        return
    behind.show(provenance.of(first, account, calls, context), services.person.time_zone)


def _promotion(opened: Opened, entry: Entry, services: Services) -> None:
    with st.popover(
        "Offer on the slide", type="tertiary", icon=":material/add_notes:", key=explorer_press("promoting", entry.id)
    ):
        st.markdown("This answer becomes a draft on its slide. A manager publishes it, under Drafts of answers.")
        if st.button("Save as a draft", key=explorer_press("promote", entry.id)):
            _promote(opened, entry, services)
            st.rerun()


def _promote(opened: Opened, entry: Entry, services: Services) -> None:
    thread = opened.told.thread
    opened.trouble = None
    try:
        scene = services.chat.scene(thread.execution_id, thread.slide_id)
        panel = Panel(thread=thread, messages=opened.told.messages)
        branch = services.chat.promote_to_branch(scene, panel, entry)
    except ZenError as error:
        opened.trouble = error
    else:
        opened.said = f"Saved as a draft on this slide: “{branch.label}”."
