"""What a page shows when it has nothing to show: not yet, not any more, or not right now."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted, SignedOut, Unavailable, ZenError
from lib.text.escape import escape_markdown

REASSURANCES: dict[type[ZenError], str] = {
    SignedOut: "What you saved is kept; sign in and go on where you were.",
    NotPermitted: "Nothing was changed.",
    NotFound: "Check the link, or go on from Today.",
    Conflict: "Nothing was overwritten.",
    InvalidInput: "Nothing was saved yet.",
    Unavailable: "What you saved is kept.",
}
ERROR_ICONS: dict[type[ZenError], str] = {
    SignedOut: ":material/lock:",
    NotPermitted: ":material/lock:",
    NotFound: ":material/search_off:",
    Unavailable: ":material/cloud_off:",
}


def draw_empty(title: str, text: str, *, icon: str = ":material/inbox:") -> None:
    """Says what will be here and how to begin. Title and text are plain; draw a link or button after it."""
    with st.container(key=f"empty_{_slug(title)}", gap="xsmall"):
        st.markdown(f"##### {icon} {escape_markdown(title)}")
        st.markdown(escape_markdown(text))


def draw_error(error: ZenError, *, retry: Callable[[], None] | None = None, key: str = "problem") -> None:
    """What happened, what is safe, what to do. `retry` runs as a callback, before the page is drawn again."""
    with st.container(key=f"{key}_panel", border=True, gap="small"):
        st.markdown(f"##### {_find_by_type(ERROR_ICONS, error, ':material/error:')} {escape_markdown(error.message)}")
        said = [
            error.hint or "",
            "" if error.hint and isinstance(error, Unavailable) else _find_by_type(REASSURANCES, error, ""),
        ]
        st.markdown(escape_markdown(" ".join(part for part in said if part)))
        if retry is not None:
            st.button("Try again", key=f"{key}_retry", icon=":material/refresh:", on_click=retry)


@contextmanager
def show_skeleton(*, height: int = 320) -> Iterator[None]:
    """A skeleton of `height` pixels in place of what is being fetched; it goes when the block ends."""
    with st.skeleton(height=height):
        yield


def _find_by_type(table: dict[type[ZenError], str], error: ZenError, otherwise: str) -> str:
    return next((table[kind] for kind in type(error).__mro__ if kind in table), otherwise)


def _slug(title: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in title.lower())[:40]
