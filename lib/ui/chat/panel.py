"""The chat beside a slide: a fragment, so that asking and reading do not draw the slide again."""

from collections.abc import Sequence

import streamlit as st

from lib.auth.gate import current_client, require_person
from lib.chat import tree
from lib.chat.followups import Suggestion
from lib.chat.scene import scene_of
from lib.errors import ZenError
from lib.services import build
from lib.slides.words import count, cut, escape
from lib.ui import states
from lib.ui.chat import acts, behind, heading, message, stream
from lib.ui.chat.talk import Desk, Talk, talk_at, wish
from lib.ui.keys import CHAT_HIDDEN, chat_input, chat_press
from lib.ui.run.sitting import Sitting

HEIGHT = 460
LABEL_LENGTH = 70
MOST_SUGGESTIONS = 3
"""Shown whole; the others are drawn when they are asked for."""
MOST_OTHERS = 6
LATEST = 4
"""Questions and answers drawn at first: every drawing costs each of them, and only the last ones are in sight."""
MOST_CHARACTERS = 20_000


def is_shown() -> bool:
    return not st.session_state.get(CHAT_HIDDEN, False)


def show() -> None:
    """A callback of the button that brings the chat back."""
    st.session_state[CHAT_HIDDEN] = False


def draw(sitting: Sitting) -> None:
    """The panel, as part of the page: draw it last, for it draws until the answer it shows is whole."""
    talk_at(sitting).is_page_run = True
    _fragment(sitting)


@st.fragment
def _fragment(sitting: Sitting) -> None:
    with st.container(key="chat_panel", gap="small"):
        _panel(sitting)


def _panel(sitting: Sitting) -> None:
    desk = _desk(sitting)
    talk = desk.talk
    is_page_run, talk.is_page_run = talk.is_page_run, False
    talk.settle()
    try:
        if talk.panel is not None:
            talk.act(desk)
        talk.open(desk)
    except ZenError as error:
        states.problem(error, retry=_nothing, key="chat_read")
        return
    if talk.is_page_due:
        talk.is_page_due = False
        st.rerun()
    heading.draw(desk)
    box = st.container(height=HEIGHT, key="chat_messages", autoscroll=True, border=False)
    _below(desk)
    with box:
        _conversation(desk)
    _look_behind(desk)
    if talk.is_busy:
        with box:
            _watch(talk)
        st.rerun(scope="app" if is_page_run else "fragment")


def _desk(sitting: Sitting) -> Desk:
    person = require_person()
    services = build(current_client(), person)
    scene = scene_of(
        sitting.execution, sitting.workflow, sitting.slide_id, sitting.account, person, answers=sitting.answers
    )
    return Desk(chat=services.chat, scene=scene, talk=talk_at(sitting), sitting=sitting)


def _conversation(desk: Desk) -> None:
    talk, steps = desk.talk, _steps_before(desk.talk)
    if not steps and not talk.is_busy:
        _invitation(desk)
    first = 0 if talk.is_whole else max(0, len(steps) - LATEST)
    if first:
        st.button(
            f"Show {count(first, 'earlier message')}", key=chat_press("earlier", talk.slide_id), type="tertiary",
            icon=":material/expand_less:", on_click=wish, args=(talk, acts.show_whole),
        )  # fmt: skip
    for place, step in enumerate(steps):
        if place < first:
            continue
        following = steps[place + 1] if place + 1 < len(steps) else None
        if step.entry.is_question:
            message.draw_question(desk, step, following)
        elif step.entry.first.role.value == "assistant":
            asked = steps[place - 1].entry if place and steps[place - 1].entry.is_question else None
            message.draw_answer(desk, step, asked)
        else:
            message.draw_unknown(step.entry)


def _steps_before(talk: Talk) -> tuple[tree.Step, ...]:
    """All of the conversation; while a turn runs, what stands before its answer."""
    steps = talk.steps
    if talk.live is None:
        return steps
    question = talk.live.question
    last = question.id if question.is_again else question.parent_id
    ids = [step.entry.id for step in steps]
    return steps[: ids.index(last) + 1] if last in ids else ()


def _watch(talk: Talk) -> None:
    live = talk.live
    if live is None:
        return
    if not live.question.is_again:
        with st.chat_message("user", avatar=message.PERSON):
            message.asked(live.question.text)
    with st.chat_message("assistant", avatar=message.ZEN):
        stream.draw(live)


def _invitation(desk: Desk) -> None:
    name = escape(desk.scene.account.customer.name)
    states.empty(
        "Ask about this slide",
        "Answers come from the records of the customer, and say from where.",
        icon=":material/forum:",
    )
    if not desk.talk.may_ask:
        st.caption(f"Nothing was said here about {name}.")


def _below(desk: Desk) -> None:
    """What can be said next; or why nothing can."""
    talk, thread = desk.talk, desk.panel.thread
    _trouble(talk)
    if not talk.may_ask and thread is not None:
        whose = (
            "It is closed"
            if thread.is_own
            else f"{escape(thread.owner_name or 'A colleague')} shared this conversation"
        )
        st.caption(f":material/visibility: {whose}; you can read it. Begin a new one to ask.")
        return
    if not talk.is_busy:
        _suggestions(desk)
    key = chat_input(talk.slide_id)
    if talk.typed is not None:
        st.session_state[key], talk.typed = talk.typed, None
    st.chat_input(
        "Ask about this customer",
        key=key,
        submit_mode="stop",
        max_chars=MOST_CHARACTERS,
        on_submit=_say,
        args=(talk, key),
    )


def _suggestions(desk: Desk) -> None:
    offered = desk.chat.get_suggested_responses(desk.scene, desk.panel, desk.talk.chosen)
    others = offered[MOST_SUGGESTIONS:][:MOST_OTHERS]
    with st.container(horizontal=True, gap="xsmall", key="chat_suggestions"):
        for place, suggestion in enumerate(offered[:MOST_SUGGESTIONS]):
            _suggestion(desk.talk, suggestion, place)
        if others:
            _others(desk.talk, others)


def _others(talk: Talk, others: Sequence[Suggestion]) -> None:
    # Named after what was asked last: it is closed again when one of them was picked.
    key = chat_press("others", f"{talk.slide_id}.{len(talk.steps)}")
    shown = st.popover("More", type="tertiary", key=key, on_change="rerun")
    if shown.open:
        with shown:
            for place, suggestion in enumerate(others, start=MOST_SUGGESTIONS):
                _suggestion(talk, suggestion, place)


def _suggestion(talk: Talk, suggestion: Suggestion, place: int) -> None:
    st.button(
        escape(cut(suggestion.label, LABEL_LENGTH)), key=chat_press(f"suggest.{place}", suggestion.text[:40]),
        on_click=wish, args=(talk, acts.pick, suggestion), wrap=True,
    )  # fmt: skip


def _trouble(talk: Talk) -> None:
    if talk.unsaved is not None:
        st.warning(escape(talk.unsaved.error), icon=":material/cloud_off:")
        st.button("Store the answer", key=chat_press("keep", talk.slide_id), on_click=wish, args=(talk, acts.keep))
    if talk.trouble is not None:
        states.problem(talk.trouble, key="chat_trouble")


def _look_behind(desk: Desk) -> None:
    found = desk.talk.looked_at
    if found is not None:
        desk.talk.looked_at = None
        behind.show(found, desk.scene.person.time_zone)


def _say(talk: Talk, key: str) -> None:
    text = st.session_state[key]
    if text and text.strip():
        wish(talk, acts.say, text)


def _nothing() -> None:
    """The panel itself tries again when it is drawn anew."""
