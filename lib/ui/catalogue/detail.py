"""One workflow: what it is, starting it for a customer, copying it, and what its slides are for."""

from collections.abc import Sequence

import streamlit as st

from lib.services import Services
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId, Tone
from lib.slides.words import count, escape, plain
from lib.ui import keys, states, theme
from lib.ui.catalogue.acting import draw_copy, draw_start
from lib.ui.catalogue.cards import Card
from lib.ui.catalogue.listing import badges, look_at
from lib.ui.catalogue.preview import preview
from lib.workflows.model import ComposedSlide, StartableCustomer


def draw_detail(card: Card, cards: Sequence[Card], customers: Sequence[StartableCustomer], services: Services) -> None:
    """The next step first, then the slides."""
    draw_way_back()
    st.markdown(f"# {escape(card.shown.name)}")
    st.markdown(badges(card))
    if card.shown.description:
        st.markdown(escape(card.shown.description))
    st.caption(escape(f"{card.size} · {card.runs}"))
    _draw_notice()
    _draw_faults(card)
    draw_start(card, customers, services)
    draw_copy(card, cards, services)
    _draw_slides(card)


def draw_unknown(address: str) -> None:
    """For an address that names no workflow one may see."""
    draw_way_back()
    states.empty(
        f"There is no workflow “{plain(address, most=100)}”",
        "It was archived, or the address is mistyped. All the others are one step back.",
        icon=":material/search_off:",
    )


def draw_way_back() -> None:
    st.button(
        "All workflows",
        key=keys.CATALOGUE_BACK,
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=look_at,
        args=(None,),
    )


def _draw_notice() -> None:
    """What was just done, said once."""
    notice = st.session_state.pop(keys.CATALOGUE_NOTICE, None)
    if notice:
        st.markdown(theme.badge("Done", Tone.GOOD) + " " + escape(notice))


def _draw_faults(card: Card) -> None:
    if not card.faults:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"##### :material/error: {count(len(card.faults), 'thing is', 'things are')} wrong in it")
        st.markdown("\n".join(f"- {escape(fault)}" for fault in card.faults))


def _draw_slides(card: Card) -> None:
    st.markdown("## Slides")
    if card.workflow is not None:
        for place, slide in enumerate(card.workflow.slides, start=1):
            _draw_slide(place, slide)
        return
    for place, name in enumerate(card.shown.slide_sequence, start=1):
        is_known = name in LIBRARY
        title = LIBRARY[SlideId(name)].title if is_known else f"{plain(name, most=80)} (not in the slide library)"
        st.markdown(f"**{place}\\. {escape(title)}**")


def _draw_slide(place: int, slide: ComposedSlide) -> None:
    minutes = f" :gray[· {count(slide.context.minutes, 'minute')}]" if slide.context.minutes else ""
    with st.container(gap="xxsmall"):
        title = preview(slide.context.title) if slide.context.title else slide.slide.title
        st.markdown(f"**{place}\\. {escape(title)}**{minutes}")
        st.markdown(escape(slide.slide.purpose))
        if slide.context.lead:
            st.caption(escape(preview(slide.context.lead)))
