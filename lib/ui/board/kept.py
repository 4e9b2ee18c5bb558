"""The board of this browser session: fetched once a minute at most, and kept on screen while the database is gone."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import streamlit as st

from lib.accounts.board import Board
from lib.errors import Unavailable
from lib.ui import keys

FRESH_SECONDS = 60.0
RETRY_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Kept:
    """`fault` is why the board is older than it should be; `ask_at` is when it is fetched again (monotonic seconds)."""

    board: Board
    fetched_at: datetime
    ask_at: float
    fault: Unavailable | None = None


def kept_board(fetch: Callable[[], Board]) -> Kept:
    """The board of this session, fetched when it is old or the person has just come to the page.

    Raises what `fetch` raises when there is no earlier board to show.
    """
    kept: Kept | None = st.session_state.get(keys.ZEN_BOARD)
    if kept is not None and time.monotonic() < kept.ask_at and not _just_arrived(kept):
        return kept
    try:
        kept = Kept(board=fetch(), fetched_at=datetime.now(UTC), ask_at=time.monotonic() + FRESH_SECONDS)
    except Unavailable as fault:
        if kept is None:
            raise
        kept = replace(kept, fault=fault, ask_at=time.monotonic() + RETRY_SECONDS)
    st.session_state[keys.ZEN_BOARD] = kept
    return kept


def forget_board() -> None:
    """The next run of the page fetches anew: something was written. What is kept still stands in when that fails."""
    kept: Kept | None = st.session_state.get(keys.ZEN_BOARD)
    if kept is not None:
        st.session_state[keys.ZEN_BOARD] = replace(kept, ask_at=0.0)


def _just_arrived(kept: Kept) -> bool:
    """Streamlit keeps a widget's state only while its page is shown: without it, another page was in between."""
    return kept.fault is None and keys.ZEN_REFRESH not in st.session_state
