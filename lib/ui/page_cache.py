"""What a page fetched, kept in this browser session: asked for once a minute at most, and still shown while the
database is gone, with the time it stands for."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

import streamlit as st

from lib.errors import Unavailable
from lib.text.format import escape_markdown
from lib.ui import theme

CACHE_SECONDS = 60.0
RETRY_SECONDS = 5.0

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Cached(Generic[T]):
    """`fault` is why the value is older than it should be; `ask_at` is when it is fetched again (monotonic seconds)."""

    value: T
    loaded_at: datetime
    expires_at: float
    error: Unavailable | None = None


def load(key: str, fetch: Callable[[], T]) -> Cached[T]:
    """What is kept under `key`, fetched when it is old or the person has just come to the page.

    Raises what `fetch` raises when there is nothing earlier to show. End the page with `draw_as_of(key, …)`.
    """
    kept: Cached[T] | None = st.session_state.get(key)
    if kept is not None and time.monotonic() < kept.expires_at and not _has_just_arrived(key, kept):
        return kept
    try:
        kept = Cached(value=fetch(), loaded_at=datetime.now(UTC), expires_at=time.monotonic() + CACHE_SECONDS)
    except Unavailable as fault:
        if kept is None:
            raise
        kept = replace(kept, error=fault, expires_at=time.monotonic() + RETRY_SECONDS)
    st.session_state[key] = kept
    return kept


def invalidate(key: str) -> None:
    """The next run of the page fetches anew: something was written. What is kept still stands in when that fails."""
    kept: Cached[object] | None = st.session_state.get(key)
    if kept is not None:
        st.session_state[key] = replace(kept, expires_at=0.0)


def draw_cache_error(key: str, kept: Cached[T], *, what: str, time_zone: str) -> None:
    """Above what is older than it should be: that it is, and the way to try again."""
    if kept.error is None:
        return
    with st.container(border=True, gap="xsmall"):
        as_of = theme.format_clock(kept.loaded_at, time_zone)
        st.markdown(f":material/cloud_off: {escape_markdown(kept.error.message)} **This is {what} as of {as_of}.**")
        st.button("Try again", key=f"{key}.retry", icon=":material/refresh:", on_click=invalidate, args=(key,))


def draw_as_of(key: str, kept: Cached[T], *, time_zone: str) -> None:
    """The foot of the page: when it was fetched, and the way to fetch it now."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"As of {theme.format_clock(kept.loaded_at, time_zone)}.", width="content")
        st.button(
            "Refresh",
            key=_refresh_key(key),
            type="tertiary",
            icon=":material/refresh:",
            on_click=invalidate,
            args=(key,),
        )


def _has_just_arrived(key: str, kept: Cached[T]) -> bool:
    """Streamlit keeps a widget's state only while its page is shown: without it, another page was in between."""
    return kept.error is None and _refresh_key(key) not in st.session_state


def _refresh_key(key: str) -> str:
    return f"{key}.refresh"
