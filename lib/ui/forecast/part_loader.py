"""Loading a part of the forecast: its value for what the address shows, cached like a page."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from lib.ui import page_cache
from lib.ui.session_keys import forecast_part_key

T = TypeVar("T")


def load_part(key: str, shown: object, fetch: Callable[[], T]) -> T:
    """The value of a part. One request, none within a minute for the same `shown`. Raises what `fetch` raises."""
    if st.session_state.get(forecast_part_key(key)) != shown:
        st.session_state.pop(key, None)
        st.session_state[forecast_part_key(key)] = shown
    return page_cache.load_with_max_age(key, fetch, page_cache.CACHE_SECONDS).value
