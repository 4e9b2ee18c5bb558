"""What stands in place of content: an empty state, an error, a skeleton while loading."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

import streamlit as st

from lib.auth.gate import rerun_if_token_is_refused
from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted, SignedOut, Unavailable, ZenError
from lib.text.html import Html, build_icon_html
from lib.ui.safe_text import draw_html

log = logging.getLogger(__name__)

SESSION_RENEWED = Unavailable("That was not done: your session had to be renewed.", hint="Please try again.")

REASSURANCES: dict[type[ZenError], str] = {
    NotPermitted: "Nothing was changed.",
    NotFound: "Check the link, or continue from Today.",
    Conflict: "Nothing was overwritten.",
    InvalidInput: "Nothing was saved yet.",
    Unavailable: "What you saved is kept.",
}
ERROR_ICONS: dict[type[ZenError], str] = {
    NotPermitted: ":material/lock:",
    NotFound: ":material/search_off:",
    Unavailable: ":material/cloud_off:",
}


def draw_empty_state(title: str, text: str, *, icon: str = ":material/inbox:") -> None:
    """What will be here and how to begin. Draw a link or a button after it."""
    draw_html(Html("<h5>{}{}</h5><p>{}</p>").format(build_icon_html(icon), title, text))


def draw_error(error: ZenError, *, retry: Callable[[], None] | None = None, key: str = "problem") -> None:
    """What happened, what is safe, what to do. `retry` is a callback.

    Where the session is what ended, the page runs again and the gate renews it, or shows the way to sign in.
    """
    if isinstance(error, SignedOut):
        rerun_if_token_is_refused()
        error = SESSION_RENEWED
    hides_reassurance = error.hint and isinstance(error, Unavailable)
    reassurance = "" if hides_reassurance else _find_by_error_type(REASSURANCES, error, "")
    text = " ".join(part for part in (error.hint, reassurance) if part)
    mark = build_icon_html(_find_by_error_type(ERROR_ICONS, error, ":material/error:"))
    with st.container(key=f"{key}_panel", border=True, gap="small"):
        draw_html(Html("<h5>{}{}</h5><p>{}</p>").format(mark, error.message, text))
        if retry is not None:
            st.button("Try again", key=f"{key}_retry", icon=":material/refresh:", on_click=retry)


@contextmanager
def error_boundary(where: str) -> Iterator[None]:
    """Draw an error in place of the block that raised it.

    A ZenError shows its own sentences. Any other exception shows a number, under which the log has the traceback.
    `where` stands in the log and must be unique on its page. Also a decorator; a fragment needs it inside
    (`@st.fragment` above `@error_boundary("…")`), because it runs again without its page.
    """
    # Not BaseException: Streamlit stops and reruns a script with those.
    try:
        yield
    except ZenError as error:
        draw_error(error, key=where)
    except Exception:
        number = uuid4().hex[:8]
        log.exception("error %s in %s", number, where)
        with st.container(border=True, gap="small"):
            st.markdown("##### :material/error: Something went wrong here.")
            st.markdown(
                f"What you saved is kept. Reload the page; if it happens again, give your admin the number {number}."
            )


@contextmanager
def show_skeleton(*, height: int = 320) -> Iterator[None]:
    """A skeleton of `height` pixels while the block fetches."""
    with st.skeleton(height=height):
        yield


def _find_by_error_type(table: dict[type[ZenError], str], error: ZenError, otherwise: str) -> str:
    return next((table[kind] for kind in type(error).__mro__ if kind in table), otherwise)
