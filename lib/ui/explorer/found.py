"""The list: what was said, where, by whom, with the words looked for marked; newest first, page by page."""

import csv
import io
import re

import streamlit as st

from lib.chat.explorer import Hit, Search
from lib.chat.model import BranchType, MessageStatus, Role
from lib.chat.provenance import SOURCES
from lib.chat.safe_markdown import literal
from lib.chat.service import ChatService
from lib.slides.library import title_of
from lib.slides.words import count, cut, escape, plain, spoken
from lib.ui import states, theme
from lib.ui.explorer.filters import clear
from lib.ui.explorer.looking import MOST_TAKEN, Looked, by_thread, forget, older, open_thread, whole
from lib.ui.keys import explorer_press

MOST_OF_THREAD = 3
SHORT = 60
SAID_BY = {**SOURCES, BranchType.LLM: "Answer"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")
EMPHASIS = re.compile(r"\*\*|__|`")
COLUMNS = ("when_utc", "customer", "workflow", "slide", "person", "conversation", "said_by", "from", "words", "address")


def draw(looked: Looked, chat: ChatService, time_zone: str) -> None:
    if not looked.found.hits:
        _nothing(looked.wanted)
        return
    slot = st.container()
    if looked.found.after and st.session_state.get(explorer_press("older")):
        looked = older(chat, looked)
    with slot:
        _head(looked, chat)
        for group in by_thread(looked.found.hits):
            _thread(group, time_zone)
        if looked.trouble is not None:
            states.problem(looked.trouble, key="explorer_older")
    if looked.found.after:
        st.button("Older", key=explorer_press("older"), icon=":material/expand_more:")
    else:
        st.caption("That is all.")


def snippet(hit: Hit) -> str:
    """Markdown: every word escaped first, then the matches marked."""
    pieces = hit.marked()
    if hit.message_type != "text" and not any(match for _, match in pieces):
        pieces = ((cut("".join(text for text, _ in pieces), SHORT), False),)
    if hit.role is Role.ASSISTANT and hit.message_type == "text":
        pieces = tuple((EMPHASIS.sub("", text), match) for text, match in pieces)
    marked = "".join(f":orange-background[{literal(text)}]" if match else literal(text) for text, match in pieces)
    kind = "" if hit.message_type == "text" else f":gray-badge[{escape(spoken(hit.message_type))}] "
    return f"{kind}{marked.strip()}"


def as_csv(hits: tuple[Hit, ...]) -> bytes:
    """The list as a table; what a spreadsheet would run stays text."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for hit in hits:
        said = "".join(text for text, _ in hit.marked())
        row = (
            f"{hit.created_at:%Y-%m-%d %H:%M}", hit.customer_name, hit.workflow_name, title_of(hit.slide_id),
            hit.owner_name, hit.thread_title or "", hit.role.value, hit.branch_type.value if hit.branch_type else "",
            said, f"/conversations?thread={hit.thread_id}",
        )  # fmt: skip
        table.writerow([_inert(plain(cell)) for cell in row])
    return written.getvalue().encode("utf-8-sig")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _head(looked: Looked, chat: ChatService) -> None:
    shown, total = len(looked.found.hits), looked.facets.total
    more = "more than " if looked.facets.is_capped else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{count(shown)} of {more}{count(total, 'message')}, newest first", width="stretch")
        st.download_button(
            "List as CSV", lambda: as_csv(whole(chat, looked)), "conversations.csv", "text/csv",
            key=explorer_press("csv"), icon=":material/download:", type="tertiary", on_click="ignore",
            help=f"All that was found, the newest {count(MOST_TAKEN)}",
        )  # fmt: skip
        st.button(
            "", key=explorer_press("again"), icon=":material/refresh:", help="Look again", type="tertiary",
            on_click=forget,
        )  # fmt: skip


def _thread(group: tuple[Hit, ...], time_zone: str) -> None:
    first = group[0]
    with st.container(border=True, gap="xsmall", key=explorer_press("group", first.message_id)):
        st.button(
            escape(cut(plain(first.thread_title or "Conversation"), 90)), key=explorer_press("open", first.message_id),
            type="tertiary", icon=":material/forum:", on_click=open_thread, args=(first.thread_id,), wrap=True,
        )  # fmt: skip
        shared = " · :material/group: shared" if first.is_shared else ""
        slide = title_of(first.slide_id)
        place = f"{first.customer_name} · {first.workflow_name} · {slide} · {first.owner_name}"
        st.caption(f"{escape(place)}{shared}")
        for hit in group[:MOST_OF_THREAD]:
            st.markdown(f"{snippet(hit)}  \n:small[:gray[{_said_by(hit)} · {theme.stamp(hit.created_at, time_zone)}]]")
        if len(group) > MOST_OF_THREAD:
            st.caption(f"And {count(len(group) - MOST_OF_THREAD, 'more message', 'more messages')} of it.")


def _said_by(hit: Hit) -> str:
    who = escape(hit.owner_name) if hit.role is Role.USER else SAID_BY[hit.branch_type] if hit.branch_type else "Zen"
    how = "" if hit.ended is MessageStatus.COMPLETE else f" · {hit.ended.value}"
    thumbs = "".join(f" :material/thumb_{thumb}:" for thumb in hit.thumbs if thumb in ("up", "down"))
    return f"{who}{how}{thumbs}"


def _nothing(wanted: Search) -> None:
    if wanted.words or wanted.chosen or wanted.since or wanted.until:
        text = "Words are looked for as they stand. Try fewer of them, or fewer filters."
        states.empty("Nothing was found", text, icon=":material/search_off:")
        st.button("Clear the filters", key=explorer_press("clear_all"), on_click=clear)
    else:
        text = "What you ask beside a slide, and what colleagues share with the company, is kept and found here."
        states.empty("No conversations yet", text, icon=":material/forum:")
