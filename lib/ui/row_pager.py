"""Long lists: the first rows, how many there are, and quiet buttons for more; from 200 rows on one window at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from lib.text.format import format_count
from lib.ui import page_cache, session_keys

PAGE_ROWS = 20
# More rows at once make each rerun of the page slow.
MAX_ROWS = 200

Rows = TypeVar("Rows")


@dataclass(frozen=True, kw_only=True)
class RowWindow:
    """`count` rows of a list, without the first `first`."""

    first: int = 0
    count: int = 0

    @property
    def end(self) -> int:
        return self.first + self.count

    def fit_to_total(self, total: int) -> "RowWindow":
        """The window in a list of `total` rows; its start where the list has become too short."""
        window = self if self.first < total else RowWindow(count=self.count)
        return replace(window, count=min(self.count, total - window.first))


def get_row_window(part: str, total: int, *, at_first: int) -> RowWindow:
    """The rows of a part that the person asked for; of a list of `total`, `at_first` before they asked."""
    window: RowWindow = st.session_state.get(session_keys.row_window_key(part), RowWindow(count=at_first))
    return window.fit_to_total(total)


def load_window_rows(part: str, window: RowWindow, fetch: Callable[[int, int], Rows]) -> Rows:
    """The rows of `window`, cached like a page. One request, none within a minute. Raises as `page_cache`."""
    key = f"{part}.{window.first}.{window.count}"
    fetch_window = lambda: fetch(window.first, window.count)  # noqa: E731
    return page_cache.load_with_max_age(key, fetch_window, page_cache.CACHE_SECONDS).value


def draw_row_pager(
    part: str,
    window: RowWindow,
    total: int,
    noun: str,
    *,
    page_rows: int = PAGE_ROWS,
    max_rows: int = MAX_ROWS,
    of: str = "",
) -> None:
    """ "20 of 214 open runs" and buttons for the rows after and before; nothing when all are shown.

    Lists that share the window of a part are told apart by `of`.
    """
    if window.first == 0 and window.end >= total:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if window.count:
            shown = f"{window.first + 1:,}–{window.end:,}" if window.first else f"{window.end:,}"
            st.caption(f"{shown} of {format_count(total, noun)}", width="content")
        if window.first:
            earlier = RowWindow(first=max(0, window.first - max_rows), count=max_rows)
            _draw_window_button(part, f"Previous {window.first - earlier.first}", f"previous{of}", earlier)
        left = total - window.end
        if left > 0 and window.count + min(page_rows, left) <= max_rows:
            step = min(page_rows, left)
            _draw_window_button(part, f"Show {step} more", f"next{of}", replace(window, count=window.count + step))
        elif left > 0:
            step = min(max_rows, left)
            _draw_window_button(part, f"Next {step}", f"next{of}", RowWindow(first=window.end, count=step))


def _draw_window_button(part: str, label: str, side: str, window: RowWindow) -> None:
    st.button(
        label,
        key=f"{part}.{side}",
        type="tertiary",
        icon=":material/expand_more:" if side.startswith("next") else ":material/expand_less:",
        on_click=_show_row_window,
        args=(part, window),
    )


def _show_row_window(part: str, window: RowWindow) -> None:
    st.session_state[session_keys.row_window_key(part)] = window
