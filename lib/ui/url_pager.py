"""Lists whose place is in the address of the page: the buttons to turn it, and what of an address cannot be read."""

from collections.abc import Callable, Sequence

import streamlit as st

from lib.text.format import format_count
from lib.text.html import Html
from lib.ui.safe_text import draw_html

_WARNING = Html('<p class="zen-warning">{}</p>')


def draw_page_buttons(
    *, first: int, shown: int, total: int, noun: str, build_key: Callable[[str, str], str], turn: Callable[[int], None]
) -> None:
    """ "51–100 of 214 customers", *Previous* and *Next*; nothing when all `total` rows are `shown`.

    `turn` is a callback; it gets -1 or 1 pages.
    """
    if first == 0 and shown >= total:
        return
    last = first + shown
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"{first + 1:,}–{last:,} of {format_count(total, noun)}", width="content")
        for label, pages, is_there in (("Previous", -1, first > 0), ("Next", 1, last < total)):
            st.button(
                label,
                key=build_key(label.lower(), str(first)),
                type="tertiary",
                disabled=not is_there,
                on_click=turn,
                args=(pages,),
            )


def draw_unread_parts(parts: Sequence[str], what: str) -> None:
    """A sentence on the `parts` of a link without which `what` is shown; nothing without any."""
    if parts:
        names = ", ".join(part[:40] for part in parts[:5])
        draw_html(_WARNING.format(f"Part of this link could not be read ({names}); {what} is shown without it."))
