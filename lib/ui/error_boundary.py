"""One broken part of a page leaves the rest of it standing."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import streamlit as st

from lib.errors import ZenError
from lib.ui import empty_and_error_states

log = logging.getLogger(__name__)


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
        empty_and_error_states.draw_error(error, key=where)
    except Exception:
        number = uuid4().hex[:8]
        log.exception("error %s in %s", number, where)
        with st.container(border=True, gap="small"):
            st.markdown("##### :material/error: Something went wrong here.")
            st.markdown(
                f"What you saved is kept. Reload the page; if it happens again, give your admin the number {number}."
            )
