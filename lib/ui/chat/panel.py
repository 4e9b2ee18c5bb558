"""The chat beside a slide: a fragment, so that asking and reading do not draw the slide again."""

import streamlit as st

from lib.auth.gate import get_client_of_person, require_person
from lib.chat.chat_context import build_chat_context
from lib.chat.conversation import MessageRole
from lib.chat.message_tree import PathStep
from lib.chat.suggested_questions import Suggestion
from lib.chat.turn_runner import MAX_QUESTION_LENGTH
from lib.errors import ZenError
from lib.services import build_services
from lib.text.format import format_count
from lib.text.markdown_escape import escape_markdown
from lib.text.truncate import truncate
from lib.ui import empty_and_error_states, page_cache, page_links
from lib.ui.chat import answer_stream, commands, message_view, panel_header, provenance_dialog
from lib.ui.chat.background_turn import BackgroundTurn
from lib.ui.chat.panel_state import ChatPanelState, PanelContext, SlidePage, get_panel_state
from lib.ui.session_keys import CHAT_HIDDEN, chat_button_key, chat_input_key

PANEL_HEIGHT = 460
MAX_LABEL_LENGTH = 70
MAX_SUGGESTIONS = 3
MAX_INITIAL_ENTRIES = 4
"""Every drawing costs each entry, and only the last ones are in sight."""


def is_chat_panel_shown() -> bool:
    return not st.session_state.get(CHAT_HIDDEN, False)


def show_chat_panel() -> None:
    """For the button that brings the chat back."""
    st.session_state[CHAT_HIDDEN] = False


def draw_chat_panel(page: SlidePage) -> None:
    """Draw the panel. Call it last: it returns when the answer it shows is complete."""
    get_panel_state(page).is_page_run = True
    _draw_panel_fragment(page)


@st.fragment
def _draw_panel_fragment(page: SlidePage) -> None:
    with st.container(key="chat_panel", gap="small"):
        _draw_panel_content(page)


def _draw_panel_content(page: SlidePage) -> None:
    ctx = _build_panel_context(page)
    state = ctx.state
    is_page_run, state.is_page_run = state.is_page_run, False
    state.collect_finished_turn()
    try:
        if state.panel is not None:
            state.run_pending_command(ctx)
        state.load_panel(ctx)
    except ZenError as error:
        empty_and_error_states.draw_error(error, retry=_rerun_to_reload_panel, key="chat_read")
        return
    if state.needs_page_rerun:
        state.needs_page_rerun = False
        st.rerun()
    panel_header.draw_panel_header(ctx)
    box = st.container(height=PANEL_HEIGHT, key="chat_messages", autoscroll=True, border=False)
    _draw_question_input(ctx)
    with box:
        _draw_conversation(ctx)
    if state.open_provenance is not None:
        provenance, state.open_provenance = state.open_provenance, None
        provenance_dialog.show_provenance_dialog(provenance, ctx.context.person.time_zone)
    if state.turn is not None:
        with box:
            _draw_running_turn(state.turn)
        st.rerun(scope="app" if is_page_run else "fragment")


def _build_panel_context(page: SlidePage) -> PanelContext:
    person = require_person()
    return PanelContext(
        service=build_services(get_client_of_person(), person).chat,
        context=build_chat_context(
            page.execution, page.workflow, page.slide_id, page.account, person, answers=page.answers
        ),
        state=get_panel_state(page),
        page=page,
        data_version=page_cache.get_data_version(),
    )


def _rerun_to_reload_panel() -> None:
    """The next drawing loads the panel by itself."""


def _draw_conversation(ctx: PanelContext) -> None:
    state, steps = ctx.state, _list_steps_before_turn(ctx.state)
    if not steps and not state.is_busy:
        _draw_empty_conversation(ctx)
    thread, loaded = ctx.panel.thread, len(ctx.panel.messages)
    if thread is not None and (total := thread.messages or 0) > loaded:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"The newest {loaded:,} of {format_count(total, 'message')}.", width="content")
            page_links.draw_conversation_link(thread.id, "Whole conversation")
    hidden = 0 if state.shows_all_messages else max(0, len(steps) - MAX_INITIAL_ENTRIES)
    if hidden:
        st.button(
            f"Show {format_count(hidden, 'earlier message')}",
            key=chat_button_key("earlier", state.slide_id),
            type="tertiary",
            icon=":material/expand_less:",
            on_click=state.queue_command,
            args=(commands.show_all_messages,),
        )
    for index in range(hidden, len(steps)):
        step, before = steps[index], steps[index - 1].entry if index else None
        match step.entry.first.role:
            case MessageRole.USER:
                message_view.draw_chat_question(ctx, step, steps[index + 1] if index + 1 < len(steps) else None)
            case MessageRole.ASSISTANT:
                message_view.draw_chat_answer(ctx, step, before if before and before.is_person_message else None)
            case MessageRole.SYSTEM:
                message_view.draw_system_note(step.entry)


def _list_steps_before_turn(state: ChatPanelState) -> tuple[PathStep, ...]:
    """The whole path; while a turn runs, its part before the answer."""
    steps = state.message_path
    if state.turn is None:
        return steps
    question = state.turn.question
    last = question.id if question.is_repeat else question.parent_id
    ids = [step.entry.id for step in steps]
    return steps[: ids.index(last) + 1] if last in ids else ()


def _draw_running_turn(turn: BackgroundTurn) -> None:
    # In the place of the answer that is written again: a message drawn there would keep the end of that answer.
    st.empty()
    if not turn.question.is_repeat:
        with st.chat_message("user", avatar=message_view.PERSON_AVATAR):
            message_view.draw_question_text(turn.question.text)
    with st.chat_message("assistant", avatar=message_view.ZEN_AVATAR):
        answer_stream.draw_answer_stream(turn)


def _draw_empty_conversation(ctx: PanelContext) -> None:
    empty_and_error_states.draw_empty_state(
        "Ask about this slide",
        "Answers come from the customer's records and cite their sources.",
        icon=":material/forum:",
    )
    if not ctx.state.can_ask:
        st.caption(f"No messages about {escape_markdown(ctx.context.account.customer.name)} yet.")


def _draw_question_input(ctx: PanelContext) -> None:
    """Suggestions and the input; where the person may only read, why."""
    state, thread = ctx.state, ctx.panel.thread
    errors, suggestions = st.empty(), st.empty()
    if state.unsaved is not None or state.error is not None or state.notice is not None:
        with errors.container(gap="small"):
            _draw_panel_messages(state)
    if not state.can_ask and thread is not None:
        owner = escape_markdown(thread.owner_name or "a colleague")
        why = "This conversation is closed." if thread.is_own else f"Read-only, shared by {owner}."
        st.caption(f":material/visibility: {why} Start a new one to ask.")
        return
    if not state.is_busy:
        with suggestions.container():
            _draw_suggestions(ctx)
    if warning := ctx.service.describe_model_budget(ctx.panel):
        st.caption(f":material/data_usage: {warning}")
    key = chat_input_key(state.slide_id)
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


def _queue_question(state: ChatPanelState, key: str) -> None:
    text = st.session_state[key]
    if text and text.strip():
        state.queue_command(commands.ask_typed_question, text)


def _draw_suggestions(ctx: PanelContext) -> None:
    state = ctx.state
    suggestions = ctx.service.get_suggested_responses(ctx.context, ctx.panel, state.chosen_entries)
    shown, more = suggestions[:MAX_SUGGESTIONS], suggestions[MAX_SUGGESTIONS:]
    with st.container(horizontal=True, gap="xsmall", key="chat_suggestions"):
        for number, suggestion in enumerate(shown):
            _draw_suggestion(state, suggestion, number)
        if not more:
            return
        # Named after the length of the conversation, so that choosing one closes the menu.
        key = chat_button_key("others", f"{state.slide_id}.{len(state.message_path)}")
        menu = st.popover("More", type="tertiary", key=key, on_change="rerun")
        if menu.open:
            with menu:
                for number, suggestion in enumerate(more, start=MAX_SUGGESTIONS):
                    _draw_suggestion(state, suggestion, number)


def _draw_suggestion(state: ChatPanelState, suggestion: Suggestion, number: int) -> None:
    st.button(
        escape_markdown(truncate(suggestion.label, MAX_LABEL_LENGTH)),
        key=chat_button_key(f"suggest.{number}", suggestion.text[:40]),
        on_click=state.queue_command,
        args=(commands.ask_suggestion, suggestion),
        wrap=True,
    )


def _draw_panel_messages(state: ChatPanelState) -> None:
    if state.unsaved is not None:
        st.warning(escape_markdown(state.unsaved.error), icon=":material/cloud_off:")
        st.button(
            "Save the answer",
            key=chat_button_key("keep", state.slide_id),
            on_click=state.queue_command,
            args=(commands.retry_saving_answer,),
        )
    if state.error is not None:
        empty_and_error_states.draw_error(state.error, key="chat_trouble")
    # Not a toast: that would stand on the page of the next customer for a while.
    if state.notice is not None:
        st.caption(f":material/check: {escape_markdown(state.notice)}")
        state.notice = None
