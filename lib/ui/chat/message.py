"""A question and an answer, with what can be done about each."""

from collections.abc import Sequence

import streamlit as st

from lib.accounts.model import Account
from lib.chat import tree
from lib.chat.blocks import CodeBlock, TextBlock, plain_text
from lib.chat.model import Feedback, MessageStatus
from lib.chat.provenance import line_of
from lib.chat.tree import Entry, Step
from lib.slides.words import escape, escape_lines
from lib.ui.chat import acts, approval, blocks
from lib.ui.chat.talk import Desk, Talk, wish
from lib.ui.keys import chat_press

PERSON, ZEN = ":material/person:", ":material/spa:"
BROKEN = {
    MessageStatus.STOPPED: (":material/stop_circle:", "gray", "Stopped before the answer was whole."),
    MessageStatus.FAILED: (":material/error:", "red", "The answer failed."),
    MessageStatus.CUT: (":material/content_cut:", "orange", "The answer broke off."),
}
THUMBS = {1: "thumb_up", -1: "thumb_down"}


def asked(text: str) -> None:
    """A question's words: what a person typed is text, not markup."""
    st.markdown(escape_lines(text))


def answered(entry: Entry, *, account: Account | None = None, most_set: int = blocks.MOST_ROWS_BESIDE) -> None:
    """What an answer says, and how it ended if it is not whole."""
    for row in entry.rows:
        blocks.draw(row.block, key=f"chat.block.{row.id}", account=account, most_set=most_set)
    first = entry.first
    if first.status is not MessageStatus.COMPLETE:
        icon, colour, said = BROKEN[first.status]
        st.markdown(f":{colour}[{icon} {escape(first.error or said)}]")


def draw_question(desk: Desk, step: Step, following: Step | None) -> None:
    talk, entry = desk.talk, step.entry
    with st.chat_message("user", avatar=PERSON):
        if talk.editing == entry.id and talk.may_ask:
            _editor(talk, entry)
            return
        asked(plain_text(entry.first.block))
        with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
            _siblings(talk, step)
            if talk.may_ask and not talk.is_busy:
                _icon(talk, "edit", entry.id, ":material/edit:", "Change the question", acts.begin_edit, entry.id)
        if tree.to_retry(step, following) and following is None and talk.may_ask and not talk.is_busy:
            st.markdown(":gray[:material/hourglass_disabled: This question was not answered; it was broken off.]")
            _button(talk, "again", entry.id, "Ask again", acts.again, entry.first)


def draw_answer(desk: Desk, step: Step, question: Entry | None) -> None:
    talk, entry = desk.talk, step.entry
    with st.chat_message("assistant", avatar=ZEN):
        answered(entry, account=desk.scene.account)
        for call in desk.panel.calls_of(entry.first.answer_id):
            approval.draw(desk, call)
        broken = entry.first.status is not MessageStatus.COMPLETE
        if broken and question and talk.may_ask and not talk.is_busy:
            _button(talk, "retry", entry.id, "Retry", acts.again, question.first)
        _foot(desk, step, question)


def draw_unknown(entry: Entry) -> None:
    """A note of the system's own."""
    for row in entry.rows:
        st.caption(escape_lines(plain_text(row.block)))


def copyable(entry: Entry) -> str:
    """An answer as text, code in fences."""
    said = [
        f"```{row.block.language}\n{row.block.code}\n```" if isinstance(row.block, CodeBlock) else plain_text(row.block)
        for row in entry.rows
    ]
    return "\n\n".join(said)


def _foot(desk: Desk, step: Step, question: Entry | None) -> None:
    talk, entry = desk.talk, step.entry
    with st.container(gap="xxsmall"):
        _source(talk, entry)
        _tools(desk, step, question)
        _comments(desk, entry)


def _source(talk: Talk, entry: Entry) -> None:
    """Who says so, which opens everything behind it."""
    line = line_of(entry.first)
    if line:
        st.button(
            escape(line), key=chat_press("source", entry.id), type="tertiary", icon=":material/info:",
            help="Where this comes from", on_click=wish, args=(talk, acts.look_behind, entry), wrap=True,
        )  # fmt: skip


def _tools(desk: Desk, step: Step, question: Entry | None) -> None:
    talk, entry = desk.talk, step.entry
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        _siblings(talk, step)
        _thumbs(desk, entry)
        if question and talk.may_ask and not talk.is_busy:
            _icon(talk, "regenerate", entry.id, ":material/refresh:", "Answer again", acts.again, question.first)
        _more(talk, entry)


def _siblings(talk: Talk, step: Step) -> None:
    """‹ 2/3 ›: the alternatives, oldest first."""
    if len(step.siblings) < 2:
        return
    before = _before(talk, step)
    others = {-1: "chevron_left", 1: "chevron_right"}
    _turn(talk, step, before, -1, others[-1])
    st.markdown(f":small[{step.number}/{len(step.siblings)}]", width="content")
    _turn(talk, step, before, 1, others[1])


def _turn(talk: Talk, step: Step, before: str | None, way: int, icon: str) -> None:
    place = step.number - 1 + way
    there = 0 <= place < len(step.siblings)
    to = step.siblings[place].id if there else step.entry.id
    word = "Earlier" if way < 0 else "Later"
    _icon(talk, f"turn{way}", step.entry.id, f":material/{icon}:", word, acts.turn_to, before, to, disabled=not there)


def _before(talk: Talk, step: Step) -> str | None:
    """The entry on the path before this one."""
    ids = [known.entry.id for known in talk.steps]
    place = ids.index(step.entry.id) if step.entry.id in ids else 0
    return ids[place - 1] if place else None


def _thumbs(desk: Desk, entry: Entry) -> None:
    talk = desk.talk
    thread = desk.panel.thread
    if thread is None or not thread.is_own:
        return
    key = chat_press("thumbs", entry.id)
    mine = _mine(desk, entry)
    if key not in st.session_state:
        st.session_state[key] = {1: 1, -1: 0}.get(mine.thumbs) if mine else None
    st.feedback("thumbs", key=key, on_change=_rate, args=(talk, entry, key, mine.comment if mine else None))


def _rate(talk: Talk, entry: Entry, key: str, comment: str | None) -> None:
    given = {1: 1, 0: -1}.get(st.session_state[key])
    wish(talk, acts.thumbs, entry, given, comment if given else None)


def _comments(desk: Desk, entry: Entry) -> None:
    """One's own comment once there is a thumb; those of others as they are."""
    thread, mine = desk.panel.thread, _mine(desk, entry)
    if mine is not None and thread is not None and thread.is_own:
        key = chat_press("comment", entry.id)
        if key not in st.session_state:
            st.session_state[key] = mine.comment or ""
        st.text_input(
            "Comment", key=key, placeholder="What made it useful, or not?", label_visibility="collapsed",
            max_chars=2000, on_change=_comment, args=(desk.talk, entry, key, mine.thumbs),
        )  # fmt: skip
    given(desk.panel.feedback, entry, but=str(desk.scene.person.id))


def given(feedback: Sequence[Feedback], entry: Entry, *, but: str = "") -> None:
    """Thumbs and comments of people, as text."""
    for each in feedback:
        if each.message_id == entry.id and each.person_id != but:
            who, said = escape(each.person_name or "Somebody"), escape(each.comment or "")
            st.caption(f":material/{THUMBS[each.thumbs]}: {who}{': ' if said else ''}{said}")


def _comment(talk: Talk, entry: Entry, key: str, thumb: int) -> None:
    wish(talk, acts.thumbs, entry, thumb, st.session_state[key].strip() or None)


def _mine(desk: Desk, entry: Entry) -> Feedback | None:
    me = str(desk.scene.person.id)
    return next((f for f in desk.panel.feedback if f.message_id == entry.id and f.person_id == me), None)


def _more(talk: Talk, entry: Entry) -> None:
    """Drawn when it is opened: closed it would cost as much as the answer itself."""
    shown = st.popover(
        "", icon=":material/more_horiz:", type="tertiary", help="Sort or download tables, copy, offer on the slide",
        key=chat_press("more", entry.id), on_change="rerun",
    )  # fmt: skip
    if shown.open:
        with shown:
            blocks.draw_grids((row.block for row in entry.rows), key=f"chat.grid.{entry.id}")
            st.code(copyable(entry), language=None, wrap_lines=True, height=240)
            if any(isinstance(row.block, TextBlock) for row in entry.rows):
                _button(talk, "promote", entry.id, "Offer this answer on the slide", acts.promote, entry)
                st.caption("Saved as a draft; a manager publishes it, under Conversations.")


def _editor(talk: Talk, entry: Entry) -> None:
    key = chat_press("text", entry.id)
    if key not in st.session_state:
        st.session_state[key] = plain_text(entry.first.block)
    st.text_area("Question", key=key, label_visibility="collapsed", height="content")
    with st.container(horizontal=True, gap="small"):
        st.button("Send", key=chat_press("send", entry.id), on_click=_send, args=(talk, entry, key))
        _button(talk, "cancel", entry.id, "Cancel", acts.begin_edit, None, quiet=True)


def _send(talk: Talk, entry: Entry, key: str) -> None:
    wish(talk, acts.edit, entry.first, st.session_state[key])


def _button(talk: Talk, what: str, of: str, label: str, *act: object, quiet: bool = False) -> None:
    kind = "tertiary" if quiet else "secondary"
    st.button(label, key=chat_press(what, of), type=kind, on_click=wish, args=(talk, *act))  # type: ignore[arg-type]


def _icon(talk: Talk, what: str, of: str, icon: str, help: str, *act: object, disabled: bool = False) -> None:
    st.button(
        "", key=chat_press(what, of), type="tertiary", icon=icon, help=help, disabled=disabled, on_click=wish,
        args=(talk, *act),
    )  # fmt: skip
