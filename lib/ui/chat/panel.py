"""The chat beside a slide: a fragment, so that asking and reading do not draw the slide again."""

from collections.abc import Sequence

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.chat import message_tree
from lib.chat.chat_context import build_chat_context
from lib.chat.suggestions import Suggestion
from lib.errors import ZenError
from lib.services import build_services
from lib.text.format import escape_markdown, format_count, truncate
from lib.ui import placeholders
from lib.ui.chat import answer_stream, commands, header, message_view, provenance_dialog
from lib.ui.chat.panel_state import ChatPanelState, PanelContext, get_panel_state, queue_command
from lib.ui.keys import CHAT_HIDDEN, chat_button, chat_input
from lib.ui.run.page_state import RunPageState

PANEL_HEIGHT = 460
MAX_LABEL_LENGTH = 70
MAX_SUGGESTIONS = 3
"""Shown whole; the others are drawn when they are asked for."""
MAX_MORE_SUGGESTIONS = 6
MAX_INITIAL_ENTRIES = 4
"""Questions and answers drawn at first: every drawing costs each of them, and only the last ones are in sight."""
MAX_QUESTION_LENGTH = 20_000


def is_shown() -> bool:
    return not st.session_state.get(CHAT_HIDDEN, False)


def show_panel() -> None:
    """A callback of the button that brings the chat back."""
    st.session_state[CHAT_HIDDEN] = False


def draw_panel(sitting: RunPageState) -> None:
    """The panel, as part of the page: draw it last, for it draws until the answer it shows is whole."""
    get_panel_state(sitting).is_page_run = True
    _draw_fragment(sitting)


@st.fragment
def _draw_fragment(sitting: RunPageState) -> None:
    with st.container(key="chat_panel", gap="small"):
        _draw_panel_content(sitting)


def _draw_panel_content(sitting: RunPageState) -> None:
    desk = _build_panel_context(sitting)
    talk = desk.state
    is_page_run, talk.is_page_run = talk.is_page_run, False
    talk.collect_finished_turn()
    try:
        if talk.panel is not None:
            talk.run_pending_command(desk)
        talk.load_panel(desk)
    except ZenError as error:
        placeholders.draw_error(error, retry=_retry_on_redraw, key="chat_read")
        return
    if talk.needs_page_rerun:
        talk.needs_page_rerun = False
        st.rerun()
    header.draw_header(desk)
    box = st.container(height=PANEL_HEIGHT, key="chat_messages", autoscroll=True, border=False)
    _draw_input(desk)
    with box:
        _draw_conversation(desk)
    _draw_provenance_dialog(desk)
    if talk.is_busy:
        with box:
            _draw_running_turn(talk)
        st.rerun(scope="app" if is_page_run else "fragment")


def _build_panel_context(sitting: RunPageState) -> PanelContext:
    person = require_person()
    services = build_services(current_client(), person)
    scene = build_chat_context(
        sitting.execution, sitting.workflow, sitting.slide_id, sitting.account, person, answers=sitting.answers
    )
    return PanelContext(service=services.chat, context=scene, state=get_panel_state(sitting), run_state=sitting)


def _draw_conversation(desk: PanelContext) -> None:
    talk, steps = desk.state, _settled_steps(desk.state)
    if not steps and not talk.is_busy:
        _draw_empty_state(desk)
    first = 0 if talk.shows_all_messages else max(0, len(steps) - MAX_INITIAL_ENTRIES)
    if first:
        st.button(
            f"Show {format_count(first, 'earlier message')}", key=chat_button("earlier", talk.slide_id), type="tertiary",
            icon=":material/expand_less:", on_click=queue_command, args=(talk, commands.show_all_messages),
        )  # fmt: skip
    for place, step in enumerate(steps):
        if place < first:
            continue
        following = steps[place + 1] if place + 1 < len(steps) else None
        if step.entry.is_question:
            message_view.draw_question(desk, step, following)
        elif step.entry.first.role.value == "assistant":
            asked = steps[place - 1].entry if place and steps[place - 1].entry.is_question else None
            message_view.draw_answer(desk, step, asked)
        else:
            message_view.draw_system_note(step.entry)


def _settled_steps(talk: ChatPanelState) -> tuple[message_tree.PathStep, ...]:
    """All of the conversation; while a turn runs, what stands before its answer."""
    steps = talk.path
    if talk.turn is None:
        return steps
    question = talk.turn.question
    last = question.id if question.is_repeat else question.parent_id
    ids = [step.entry.id for step in steps]
    return steps[: ids.index(last) + 1] if last in ids else ()


def _draw_running_turn(talk: ChatPanelState) -> None:
    live = talk.turn
    if live is None:
        return
    if not live.question.is_repeat:
        with st.chat_message("user", avatar=message_view.PERSON):
            message_view.draw_question_text(live.question.text)
    with st.chat_message("assistant", avatar=message_view.ZEN):
        answer_stream.draw_stream(live)


def _draw_empty_state(desk: PanelContext) -> None:
    name = escape_markdown(desk.context.account.customer.name)
    placeholders.draw_empty(
        "Ask about this slide",
        "Answers come from the records of the customer, and say from where.",
        icon=":material/forum:",
    )
    if not desk.state.can_ask:
        st.caption(f"Nothing was said here about {name}.")


def _draw_input(desk: PanelContext) -> None:
    """What can be said next; or why nothing can."""
    talk, thread = desk.state, desk.panel.thread
    _draw_errors(talk)
    if not talk.can_ask and thread is not None:
        whose = (
            "It is closed"
            if thread.is_own
            else f"{escape_markdown(thread.owner_name or 'A colleague')} shared this conversation"
        )
        st.caption(f":material/visibility: {whose}; you can read it. Begin a new one to ask.")
        return
    if not talk.is_busy:
        _draw_suggestions(desk)
    key = chat_input(talk.slide_id)
    if talk.draft is not None:
        st.session_state[key], talk.draft = talk.draft, None
    st.chat_input(
        "Ask about this customer",
        key=key,
        submit_mode="stop",
        max_chars=MAX_QUESTION_LENGTH,
        on_submit=_queue_question,
        args=(talk, key),
    )


def _draw_suggestions(desk: PanelContext) -> None:
    offered = desk.service.get_suggested_responses(desk.context, desk.panel, desk.state.chosen_entries)
    others = offered[MAX_SUGGESTIONS:][:MAX_MORE_SUGGESTIONS]
    with st.container(horizontal=True, gap="xsmall", key="chat_suggestions"):
        for place, suggestion in enumerate(offered[:MAX_SUGGESTIONS]):
            _draw_suggestion(desk.state, suggestion, place)
        if others:
            _draw_more_suggestions(desk.state, others)


def _draw_more_suggestions(talk: ChatPanelState, others: Sequence[Suggestion]) -> None:
    # Named after what was asked last: it is closed again when one of them was picked.
    key = chat_button("others", f"{talk.slide_id}.{len(talk.path)}")
    shown = st.popover("More", type="tertiary", key=key, on_change="rerun")
    if shown.open:
        with shown:
            for place, suggestion in enumerate(others, start=MAX_SUGGESTIONS):
                _draw_suggestion(talk, suggestion, place)


def _draw_suggestion(talk: ChatPanelState, suggestion: Suggestion, place: int) -> None:
    st.button(
        escape_markdown(truncate(suggestion.label, MAX_LABEL_LENGTH)), key=chat_button(f"suggest.{place}", suggestion.text[:40]),
        on_click=queue_command, args=(talk, commands.ask_suggestion, suggestion), wrap=True,
    )  # fmt: skip


def _draw_errors(talk: ChatPanelState) -> None:
    if talk.unsaved is not None:
        st.warning(escape_markdown(talk.unsaved.error), icon=":material/cloud_off:")
        st.button(
            "Store the answer",
            key=chat_button("keep", talk.slide_id),
            on_click=queue_command,
            args=(talk, commands.store_unsaved_answer),
        )
    if talk.error is not None:
        placeholders.draw_error(talk.error, key="chat_trouble")


def _draw_provenance_dialog(desk: PanelContext) -> None:
    found = desk.state.open_provenance
    if found is not None:
        desk.state.open_provenance = None
        provenance_dialog.open_dialog(found, desk.context.person.time_zone)


def _queue_question(talk: ChatPanelState, key: str) -> None:
    text = st.session_state[key]
    if text and text.strip():
        queue_command(talk, commands.ask_text, text)


def _retry_on_redraw() -> None:
    """The panel itself tries again when it is drawn anew."""
