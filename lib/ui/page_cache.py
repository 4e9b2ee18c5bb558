"""What a page loaded, cached in this browser session.

A value is loaded again after a minute, when the person comes from another page, and after a command that changed
data. While the database cannot be reached the old value stays, with the time it was loaded.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar

import streamlit as st

from lib.errors import Unavailable
from lib.text.markdown_escape import escape_markdown
from lib.ui import theme
from lib.ui.empty_and_error_states import show_skeleton
from lib.ui.session_keys import DATA_VERSION, cached_subject_key

CACHE_SECONDS = 60.0
RETRY_SECONDS = 5.0

T = TypeVar("T")


@dataclass
class DataVersion:
    """Counts the changes made in this tab: whatever was loaded at a lower number is stale."""

    number: int = 0

    def increment(self) -> None:
        self.number += 1


@dataclass(frozen=True, kw_only=True)
class Cached(Generic[T]):
    """`error` is why the value is older than it should be; `expires_at` counts monotonic seconds."""

    value: T
    loaded_at: datetime
    expires_at: float
    data_version: int
    error: Unavailable | None = None


def get_data_version() -> DataVersion:
    """The counter of this tab. Hold the object: a command must not read session state (`lib.ui.command_queue`)."""
    version: DataVersion = st.session_state.setdefault(DATA_VERSION, DataVersion())
    return version


def drop_value_of_other_subject(key: str, subject: object) -> None:
    """Forget the value of `key` unless it is of `subject`: the filters and the place that its address shows."""
    if get_cached_subject(key) != subject:
        st.session_state.pop(key, None)
        st.session_state[cached_subject_key(key)] = subject


def get_cached_subject(key: str) -> object:
    """What the value of `key` is of; None before any."""
    return st.session_state.get(cached_subject_key(key))


def load_for_page(key: str, fetch: Callable[[], T], *, skeleton_height: int) -> Cached[T]:
    """The value of `key` for a page that ends with `draw_refresh_footer(key, …)`; a skeleton stands there meanwhile.

    Raises what `fetch` raises when there is no earlier value.
    """
    cached: Cached[T] | None = st.session_state.get(key)
    if cached is not None and _is_page_just_opened(key, cached):
        invalidate(key)
        cached = None
    if cached is not None and _is_younger_than(cached):
        st.empty()  # in the place of the skeleton, so that no element moves; a skeleton starts a thread
        return cached
    with show_skeleton(height=skeleton_height):
        return load_with_max_age(key, fetch, CACHE_SECONDS)


def load_with_max_age(key: str, fetch: Callable[[], T], seconds: float) -> Cached[T]:
    """The value of `key`, fetched if it is older than `seconds` or data changed since. Raises as `load` does."""
    cached: Cached[T] | None = st.session_state.get(key)
    if cached is not None and _is_younger_than(cached):
        return cached
    version = get_data_version().number
    try:
        cached = Cached(
            value=fetch(), loaded_at=datetime.now(UTC), expires_at=time.monotonic() + seconds, data_version=version
        )
    except Unavailable as error:
        if cached is None:
            raise
        cached = replace(cached, error=error, expires_at=time.monotonic() + RETRY_SECONDS, data_version=version)
    st.session_state[key] = cached
    return cached


def get_cached_value(key: str, fetch: Callable[[], T]) -> T:
    """The value of `key` as the page shows it, however old; fetched where there is none. Raises what `fetch` raises."""
    cached: Cached[T] | None = st.session_state.get(key)
    return fetch() if cached is None else cached.value


def _is_younger_than(cached: Cached[T]) -> bool:
    return cached.data_version == get_data_version().number and time.monotonic() < cached.expires_at


def invalidate(key: str) -> None:
    """Load `key` again in the next run of its page; the old value stays for when that fails."""
    cached: Cached[object] | None = st.session_state.get(key)
    if cached is not None:
        st.session_state[key] = replace(cached, expires_at=0.0)


def draw_cache_error(key: str, cached: Cached[T], *, what: str, time_zone: str) -> None:
    """Above an outdated value: since when it is, and a button to try again."""
    if cached.error is None:
        return
    with st.container(border=True, gap="xsmall"):
        as_of = theme.format_clock(cached.loaded_at, time_zone)
        st.markdown(f":material/cloud_off: {escape_markdown(cached.error.message)} **This is {what} as of {as_of}.**")
        st.button("Try again", key=f"{key}.retry", icon=":material/refresh:", on_click=invalidate, args=(key,))


def draw_refresh_footer(key: str, cached: Cached[T], *, time_zone: str) -> None:
    """At the foot of the page: when it was loaded, and a button to load it now."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"As of {theme.format_clock(cached.loaded_at, time_zone)}.", width="content")
        st.button(
            "Refresh",
            key=_build_refresh_key(key),
            type="tertiary",
            icon=":material/refresh:",
            on_click=invalidate,
            args=(key,),
        )


def _is_page_just_opened(key: str, cached: Cached[T]) -> bool:
    """Streamlit keeps a widget's state only while its page is shown: without it, another page was in between."""
    return cached.error is None and _build_refresh_key(key) not in st.session_state


def _build_refresh_key(key: str) -> str:
    return f"{key}.refresh"
