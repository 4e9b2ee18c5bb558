"""Long lists of Today: the first rows, how many there are, and a quiet button for more."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from lib.text.format import format_count
from lib.ui import page_cache, session_keys

PAGE_ROWS = 20

Rows = TypeVar("Rows")


def get_shown_count(part: str, *, at_first: int) -> int:
    """How many rows of a part the person asked for."""
    count: int = st.session_state.get(session_keys.today_shown_key(part), at_first)
    return count


def load_rows(part: str, shown: int, fetch: Callable[[int], Rows]) -> Rows:
    """The first `shown` rows, cached like a page. One request, none within a minute. Raises as `page_cache.load`."""
    key = f"{part}.{shown}"
    return page_cache.load_with_max_age(key, lambda: fetch(shown), page_cache.CACHE_SECONDS).value


def draw_more_button(part: str, *, shown: int, total: int, noun: str) -> None:
    """ "20 of 214 open runs" and a button that shows the next ones; nothing when all are shown."""
    if shown >= total:
        return
    step = min(PAGE_ROWS, total - shown)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if shown:
            st.caption(f"{shown:,} of {format_count(total, noun)}", width="content")
        st.button(
            f"Show {step} more",
            key=f"{part}.next",
            type="tertiary",
            icon=":material/expand_more:",
            on_click=_show_rows,
            args=(part, shown + step),
        )


def _show_rows(part: str, number: int) -> None:
    st.session_state[session_keys.today_shown_key(part)] = number
