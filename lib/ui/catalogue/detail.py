"""One workflow: what it is, starting it for a customer, copying it, and what its slides are for."""

from collections.abc import Sequence

import streamlit as st

from lib.content.model import Tone
from lib.services import Services
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId
from lib.text.escape import escape_markdown
from lib.text.format import format_count
from lib.text.truncate import single_line
from lib.ui import keys, placeholders, theme
from lib.ui.catalogue.cards import WorkflowCard
from lib.ui.catalogue.start_and_clone import draw_copy, draw_start
from lib.ui.catalogue.template_preview import preview_template
from lib.ui.catalogue.workflow_list import format_badges, show_workflow
from lib.workflows.model import ComposedSlide, StartableCustomer


def draw_workflow(
    card: WorkflowCard, cards: Sequence[WorkflowCard], customers: Sequence[StartableCustomer], services: Services
) -> None:
    """The next step first, then the slides."""
    draw_back_button()
    st.markdown(f"# {escape_markdown(card.content.name)}")
    st.markdown(format_badges(card))
    if card.content.description:
        st.markdown(escape_markdown(card.content.description))
    st.caption(escape_markdown(f"{card.size_text} · {card.runs_text}"))
    _draw_notice()
    _draw_errors(card)
    draw_start(card, customers, services)
    draw_copy(card, cards, services)
    _draw_slides(card)


def draw_workflow_not_found(address: str) -> None:
    """For an address that names no workflow one may see."""
    draw_back_button()
    placeholders.draw_empty(
        f"There is no workflow “{single_line(address, max_length=100)}”",
        "It was archived, or the address is mistyped. All the others are one step back.",
        icon=":material/search_off:",
    )


def draw_back_button() -> None:
    st.button(
        "All workflows",
        key=keys.CATALOGUE_BACK,
        type="tertiary",
        icon=":material/arrow_back:",
        on_click=show_workflow,
        args=(None,),
    )


def _draw_notice() -> None:
    """What was just done, said once."""
    notice = st.session_state.pop(keys.CATALOGUE_MESSAGE, None)
    if notice:
        st.markdown(theme.format_badge("Done", Tone.GOOD) + " " + escape_markdown(notice))


def _draw_errors(card: WorkflowCard) -> None:
    if not card.errors:
        return
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"##### :material/error: {format_count(len(card.errors), 'thing is', 'things are')} wrong in it")
        st.markdown("\n".join(f"- {escape_markdown(fault)}" for fault in card.errors))


def _draw_slides(card: WorkflowCard) -> None:
    st.markdown("## Slides")
    if card.workflow is not None:
        for place, slide in enumerate(card.workflow.slides, start=1):
            _draw_slide(place, slide)
        return
    for place, name in enumerate(card.content.slide_sequence, start=1):
        is_known = name in LIBRARY
        title = (
            LIBRARY[SlideId(name)].title
            if is_known
            else f"{single_line(name, max_length=80)} (not in the slide library)"
        )
        st.markdown(f"**{place}\\. {escape_markdown(title)}**")


def _draw_slide(place: int, slide: ComposedSlide) -> None:
    minutes = f" :gray[· {format_count(slide.context.minutes, 'minute')}]" if slide.context.minutes else ""
    with st.container(gap="xxsmall"):
        title = preview_template(slide.context.title) if slide.context.title else slide.slide.title
        st.markdown(f"**{place}\\. {escape_markdown(title)}**{minutes}")
        st.markdown(escape_markdown(slide.slide.purpose))
        if slide.context.lead:
            st.caption(escape_markdown(preview_template(slide.context.lead)))
