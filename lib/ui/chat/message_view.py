"""A question and an answer, with what can be done about each."""

from collections.abc import Sequence

import streamlit as st

from lib.accounts.model import Account
from lib.chat import message_tree
from lib.chat.message_tree import MessageEntry, PathStep
from lib.chat.model import Feedback, MessageStatus
from lib.chat.provenance import format_source_line
from lib.content.blocks import block_to_text
from lib.content.model import Code, Text
from lib.text.escape import escape_markdown, escape_markdown_lines
from lib.ui.chat import approval_card, block_view, commands
from lib.ui.chat.panel_state import ChatPanelState, PanelContext, queue_command
from lib.ui.keys import chat_button
from lib.ui.text import draw_text

PERSON, ZEN = ":material/person:", ":material/spa:"
STATUS_LABELS = {
    MessageStatus.STOPPED: (":material/stop_circle:", "gray", "Stopped before the answer was whole."),
    MessageStatus.FAILED: (":material/error:", "red", "The answer failed."),
    MessageStatus.CUT: (":material/content_cut:", "orange", "The answer broke off."),
}
THUMB_ICONS = {1: "thumb_up", -1: "thumb_down"}


def draw_question_text(text: str) -> None:
    """A question's words: what a person typed is text, not markup."""
    draw_text(text)


def draw_answer_content(
    entry: MessageEntry, *, account: Account | None = None, max_set_rows: int = block_view.MAX_SET_ROWS
) -> None:
    """What an answer says, and how it ended if it is not whole."""
    for row in entry.rows:
        block_view.draw_block(row.block, key=f"chat.block.{row.id}", account=account, max_set_rows=max_set_rows)
    first = entry.first
    if first.status is not MessageStatus.COMPLETE:
        icon, colour, said = STATUS_LABELS[first.status]
        st.markdown(f":{colour}[{icon} {escape_markdown(first.error or said)}]")


def draw_question(ctx: PanelContext, step: PathStep, following: PathStep | None) -> None:
    state, entry = ctx.state, step.entry
    with st.chat_message("user", avatar=PERSON):
        if state.editing_id == entry.id and state.can_ask:
            _draw_editor(state, entry)
            return
        draw_question_text(block_to_text(entry.first.block))
        with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
            _draw_sibling_pager(state, step)
            if state.can_ask and not state.is_busy:
                _draw_icon_button(
                    state, "edit", entry.id, ":material/edit:", "Change the question", commands.set_editing, entry.id
                )
        if message_tree.needs_retry(step, following) and following is None and state.can_ask and not state.is_busy:
            st.markdown(":gray[:material/hourglass_disabled: This question was not answered; it was broken off.]")
            _draw_button(state, "again", entry.id, "Ask again", commands.ask_again, entry.first)


def draw_answer(ctx: PanelContext, step: PathStep, question: MessageEntry | None) -> None:
    state, entry = ctx.state, step.entry
    with st.chat_message("assistant", avatar=ZEN):
        draw_answer_content(entry, account=ctx.context.account)
        for call in ctx.panel.calls_for_answer(entry.first.answer_id):
            approval_card.draw_call(ctx, call)
        broken = entry.first.status is not MessageStatus.COMPLETE
        if broken and question and state.can_ask and not state.is_busy:
            _draw_button(state, "retry", entry.id, "Retry", commands.ask_again, question.first)
        _draw_footer(ctx, step, question)


def draw_system_note(entry: MessageEntry) -> None:
    """A note of the system's own."""
    for row in entry.rows:
        st.caption(escape_markdown_lines(block_to_text(row.block)))


def to_copyable_text(entry: MessageEntry) -> str:
    """An answer as text, code in fences."""
    said = [
        f"```{row.block.language}\n{row.block.code}\n```" if isinstance(row.block, Code) else block_to_text(row.block)
        for row in entry.rows
    ]
    return "\n\n".join(said)


def _draw_footer(ctx: PanelContext, step: PathStep, question: MessageEntry | None) -> None:
    state, entry = ctx.state, step.entry
    with st.container(gap="xxsmall"):
        _draw_source_button(state, entry)
        _draw_toolbar(ctx, step, question)
        _draw_comments(ctx, entry)


def _draw_source_button(state: ChatPanelState, entry: MessageEntry) -> None:
    """Who says so, which opens everything behind it."""
    line = format_source_line(entry.first)
    if line:
        st.button(
            escape_markdown(line), key=chat_button("source", entry.id), type="tertiary", icon=":material/info:",
            help="Where this comes from", on_click=queue_command, args=(state, commands.open_provenance, entry), wrap=True,
        )  # fmt: skip


def _draw_toolbar(ctx: PanelContext, step: PathStep, question: MessageEntry | None) -> None:
    state, entry = ctx.state, step.entry
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        _draw_sibling_pager(state, step)
        _draw_thumbs(ctx, entry)
        if question and state.can_ask and not state.is_busy:
            _draw_icon_button(
                state, "regenerate", entry.id, ":material/refresh:", "Answer again", commands.ask_again, question.first
            )
        _draw_more_menu(state, entry)


def _draw_sibling_pager(state: ChatPanelState, step: PathStep) -> None:
    """‹ 2/3 ›: the alternatives, oldest first."""
    if len(step.siblings) < 2:
        return
    before = _entry_before(state, step)
    others = {-1: "chevron_left", 1: "chevron_right"}
    _draw_pager_button(state, step, before, -1, others[-1])
    st.markdown(f":small[{step.number}/{len(step.siblings)}]", width="content")
    _draw_pager_button(state, step, before, 1, others[1])


def _draw_pager_button(state: ChatPanelState, step: PathStep, before: str | None, way: int, icon: str) -> None:
    place = step.number - 1 + way
    there = 0 <= place < len(step.siblings)
    to = step.siblings[place].id if there else step.entry.id
    word = "Earlier" if way < 0 else "Later"
    _draw_icon_button(
        state,
        f"turn{way}",
        step.entry.id,
        f":material/{icon}:",
        word,
        commands.choose_alternative,
        before,
        to,
        disabled=not there,
    )


def _entry_before(state: ChatPanelState, step: PathStep) -> str | None:
    """The entry on the path before this one."""
    ids = [known.entry.id for known in state.path]
    place = ids.index(step.entry.id) if step.entry.id in ids else 0
    return ids[place - 1] if place else None


def _draw_thumbs(ctx: PanelContext, entry: MessageEntry) -> None:
    state = ctx.state
    thread = ctx.panel.thread
    if thread is None or not thread.is_own:
        return
    key = chat_button("thumbs", entry.id)
    mine = _own_feedback(ctx, entry)
    if key not in st.session_state:
        st.session_state[key] = {1: 1, -1: 0}.get(mine.thumbs) if mine else None
    st.feedback("thumbs", key=key, on_change=_queue_thumbs, args=(state, entry, key, mine.comment if mine else None))


def _queue_thumbs(state: ChatPanelState, entry: MessageEntry, key: str, comment: str | None) -> None:
    given = {1: 1, 0: -1}.get(st.session_state[key])
    queue_command(state, commands.set_feedback, entry, given, comment if given else None)


def _draw_comments(ctx: PanelContext, entry: MessageEntry) -> None:
    """One's own comment once there is a thumb; those of others as they are."""
    thread, mine = ctx.panel.thread, _own_feedback(ctx, entry)
    if mine is not None and thread is not None and thread.is_own:
        key = chat_button("comment", entry.id)
        if key not in st.session_state:
            st.session_state[key] = mine.comment or ""
        st.text_input(
            "Comment", key=key, placeholder="What made it useful, or not?", label_visibility="collapsed",
            max_chars=2000, on_change=_queue_comment, args=(ctx.state, entry, key, mine.thumbs),
        )  # fmt: skip
    draw_feedback(ctx.panel.feedback, entry, but=str(ctx.context.person.id))


def draw_feedback(feedback: Sequence[Feedback], entry: MessageEntry, *, but: str = "") -> None:
    """Thumbs and comments of people, as text."""
    for each in feedback:
        if each.message_id == entry.id and each.person_id != but:
            who, said = escape_markdown(each.person_name or "Somebody"), escape_markdown(each.comment or "")
            st.caption(f":material/{THUMB_ICONS[each.thumbs]}: {who}{': ' if said else ''}{said}")


def _queue_comment(state: ChatPanelState, entry: MessageEntry, key: str, thumb: int) -> None:
    queue_command(state, commands.set_feedback, entry, thumb, st.session_state[key].strip() or None)


def _own_feedback(ctx: PanelContext, entry: MessageEntry) -> Feedback | None:
    me = str(ctx.context.person.id)
    return next((f for f in ctx.panel.feedback if f.message_id == entry.id and f.person_id == me), None)


def _draw_more_menu(state: ChatPanelState, entry: MessageEntry) -> None:
    """Drawn when it is opened: closed it would cost as much as the answer itself."""
    shown = st.popover(
        "", icon=":material/more_horiz:", type="tertiary", help="Sort or download tables, copy, offer on the slide",
        key=chat_button("more", entry.id), on_change="rerun",
    )  # fmt: skip
    if shown.open:
        with shown:
            block_view.draw_grids((row.block for row in entry.rows), key=f"chat.grid.{entry.id}")
            st.code(to_copyable_text(entry), language=None, wrap_lines=True, height=240)
            if any(isinstance(row.block, Text) for row in entry.rows):
                _draw_button(
                    state, "promote", entry.id, "Offer this answer on the slide", commands.promote_answer, entry
                )
                st.caption("Saved as a draft; a manager publishes it, under Conversations.")


def _draw_editor(state: ChatPanelState, entry: MessageEntry) -> None:
    key = chat_button("text", entry.id)
    if key not in st.session_state:
        st.session_state[key] = block_to_text(entry.first.block)
    st.text_area("Question", key=key, label_visibility="collapsed", height="content")
    with st.container(horizontal=True, gap="small"):
        st.button("Send", key=chat_button("send", entry.id), on_click=_queue_edit, args=(state, entry, key))
        _draw_button(state, "cancel", entry.id, "Cancel", commands.set_editing, None, quiet=True)


def _queue_edit(state: ChatPanelState, entry: MessageEntry, key: str) -> None:
    queue_command(state, commands.ask_edited, entry.first, st.session_state[key])


def _draw_button(state: ChatPanelState, what: str, of: str, label: str, *act: object, quiet: bool = False) -> None:
    kind = "tertiary" if quiet else "secondary"
    st.button(label, key=chat_button(what, of), type=kind, on_click=queue_command, args=(state, *act))  # type: ignore[arg-type]


def _draw_icon_button(
    state: ChatPanelState, what: str, of: str, icon: str, help: str, *act: object, disabled: bool = False
) -> None:
    st.button(
        "", key=chat_button(what, of), type="tertiary", icon=icon, help=help, disabled=disabled, on_click=queue_command,
        args=(state, *act),
    )  # fmt: skip
