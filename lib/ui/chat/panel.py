"""The chat beside a slide: a fragment, so that asking and reading do not draw the slide again."""

from collections.abc import Sequence

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.chat import message_tree
from lib.chat.chat_context import build_chat_context
from lib.chat.suggestions import Suggestion
from lib.errors import ZenError
from lib.services import build_services
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.text.truncate import truncate
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


def draw_panel(run_state: RunPageState) -> None:
    """The panel, as part of the page: draw it last, for it draws until the answer it shows is whole."""
    get_panel_state(run_state).is_page_run = True
    _draw_fragment(run_state)


@st.fragment
def _draw_fragment(run_state: RunPageState) -> None:
    with st.container(key="chat_panel", gap="small"):
        _draw_panel_content(run_state)


def _draw_panel_content(run_state: RunPageState) -> None:
    ctx = _build_panel_context(run_state)
    state = ctx.state
    is_page_run, state.is_page_run = state.is_page_run, False
    state.collect_finished_turn()
    try:
        if state.panel is not None:
            state.run_pending_command(ctx)
        state.load_panel(ctx)
    except ZenError as error:
        placeholders.draw_error(error, retry=_retry_on_redraw, key="chat_read")
        return
    if state.needs_page_rerun:
        state.needs_page_rerun = False
        st.rerun()
    header.draw_header(ctx)
    box = st.container(height=PANEL_HEIGHT, key="chat_messages", autoscroll=True, border=False)
    _draw_input(ctx)
    with box:
        _draw_conversation(ctx)
    _draw_provenance_dialog(ctx)
    if state.is_busy:
        with box:
            _draw_running_turn(state)
        st.rerun(scope="app" if is_page_run else "fragment")


def _build_panel_context(run_state: RunPageState) -> PanelContext:
    person = require_person()
    services = build_services(current_client(), person)
    context = build_chat_context(
        run_state.execution,
        run_state.workflow,
        run_state.slide_id,
        run_state.account,
        person,
        answers=run_state.answers,
    )
    return PanelContext(service=services.chat, context=context, state=get_panel_state(run_state), run_state=run_state)


def _draw_conversation(ctx: PanelContext) -> None:
    state, steps = ctx.state, _settled_steps(ctx.state)
    if not steps and not state.is_busy:
        _draw_empty_state(ctx)
    first = 0 if state.shows_all_messages else max(0, len(steps) - MAX_INITIAL_ENTRIES)
    if first:
        st.button(
            f"Show {format_count(first, 'earlier message')}", key=chat_button("earlier", state.slide_id), type="tertiary",
            icon=":material/expand_less:", on_click=queue_command, args=(state, commands.show_all_messages),
        )  # fmt: skip
    for place, step in enumerate(steps):
        if place < first:
            continue
        following = steps[place + 1] if place + 1 < len(steps) else None
        if step.entry.is_question:
            message_view.draw_question(ctx, step, following)
        elif step.entry.first.role.value == "assistant":
            asked = steps[place - 1].entry if place and steps[place - 1].entry.is_question else None
            message_view.draw_answer(ctx, step, asked)
        else:
            message_view.draw_system_note(step.entry)


def _settled_steps(state: ChatPanelState) -> tuple[message_tree.PathStep, ...]:
    """All of the conversation; while a turn runs, what stands before its answer."""
    steps = state.path
    if state.turn is None:
        return steps
    question = state.turn.question
    last = question.id if question.is_repeat else question.parent_id
    ids = [step.entry.id for step in steps]
    return steps[: ids.index(last) + 1] if last in ids else ()


def _draw_running_turn(state: ChatPanelState) -> None:
    live = state.turn
    if live is None:
        return
    if not live.question.is_repeat:
        with st.chat_message("user", avatar=message_view.PERSON):
            message_view.draw_question_text(live.question.text)
    with st.chat_message("assistant", avatar=message_view.ZEN):
        answer_stream.draw_stream(live)


def _draw_empty_state(ctx: PanelContext) -> None:
    name = escape_markdown(ctx.context.account.customer.name)
    placeholders.draw_empty(
        "Ask about this slide",
        "Answers come from the records of the customer, and say from where.",
        icon=":material/forum:",
    )
    if not ctx.state.can_ask:
        st.caption(f"Nothing was said here about {name}.")


def _draw_input(ctx: PanelContext) -> None:
    """What can be said next; or why nothing can."""
    state, thread = ctx.state, ctx.panel.thread
    _draw_errors(state)
    if not state.can_ask and thread is not None:
        whose = (
            "It is closed"
            if thread.is_own
            else f"{escape_markdown(thread.owner_name or 'A colleague')} shared this conversation"
        )
        st.caption(f":material/visibility: {whose}; you can read it. Begin a new one to ask.")
        return
    if not state.is_busy:
        _draw_suggestions(ctx)
    key = chat_input(state.slide_id)
    if state.draft is not None:
        st.session_state[key], state.draft = state.draft, None
    st.chat_input(
        "Ask about this customer",
        key=key,
        submit_mode="stop",
        max_chars=MAX_QUESTION_LENGTH,
        on_submit=_queue_question,
        args=(state, key),
    )


def _draw_suggestions(ctx: PanelContext) -> None:
    offered = ctx.service.get_suggested_responses(ctx.context, ctx.panel, ctx.state.chosen_entries)
    others = offered[MAX_SUGGESTIONS:][:MAX_MORE_SUGGESTIONS]
    with st.container(horizontal=True, gap="xsmall", key="chat_suggestions"):
        for place, suggestion in enumerate(offered[:MAX_SUGGESTIONS]):
            _draw_suggestion(ctx.state, suggestion, place)
        if others:
            _draw_more_suggestions(ctx.state, others)


def _draw_more_suggestions(state: ChatPanelState, others: Sequence[Suggestion]) -> None:
    # Named after what was asked last: it is closed again when one of them was picked.
    key = chat_button("others", f"{state.slide_id}.{len(state.path)}")
    shown = st.popover("More", type="tertiary", key=key, on_change="rerun")
    if shown.open:
        with shown:
            for place, suggestion in enumerate(others, start=MAX_SUGGESTIONS):
                _draw_suggestion(state, suggestion, place)


def _draw_suggestion(state: ChatPanelState, suggestion: Suggestion, place: int) -> None:
    st.button(
        escape_markdown(truncate(suggestion.label, MAX_LABEL_LENGTH)), key=chat_button(f"suggest.{place}", suggestion.text[:40]),
        on_click=queue_command, args=(state, commands.ask_suggestion, suggestion), wrap=True,
    )  # fmt: skip


def _draw_errors(state: ChatPanelState) -> None:
    if state.unsaved is not None:
        st.warning(escape_markdown(state.unsaved.error), icon=":material/cloud_off:")
        st.button(
            "Store the answer",
            key=chat_button("keep", state.slide_id),
            on_click=queue_command,
            args=(state, commands.store_unsaved_answer),
        )
    if state.error is not None:
        placeholders.draw_error(state.error, key="chat_trouble")


def _draw_provenance_dialog(ctx: PanelContext) -> None:
    found = ctx.state.open_provenance
    if found is not None:
        ctx.state.open_provenance = None
        provenance_dialog.open_dialog(found, ctx.context.person.time_zone)


def _queue_question(state: ChatPanelState, key: str) -> None:
    text = st.session_state[key]
    if text and text.strip():
        queue_command(state, commands.ask_text, text)


def _retry_on_redraw() -> None:
    """The panel itself tries again when it is drawn anew."""
