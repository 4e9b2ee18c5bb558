from dataclasses import replace

import pytest

from lib.content.model import Callout, Facts, Text
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import Section, Slide, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from tests.slides.slide_inputs import EVERY_SLIDE, make_slide_input
from tests.support.sample_accounts import full_account


@EVERY_SLIDE
def test_the_context_gives_lead_checklist_and_question(slide: Slide) -> None:
    context = slide.defaults.merge(
        SlideContext(
            lead="For {{ customer.name }}", checklist=("Ask {{ champion.name }}",), question="Why {{ buyer.name }}?"
        )
    )
    slide_input = make_slide_input(slide, full_account(), context=context)
    lead, checklist, *_ = slide_builder.build_slide_sections(slide, slide_input)
    assert lead == Text(markdown="For Obsidian Black")
    assert checklist == Text(markdown="- Ask Aiko Tanaka")
    form = slide_builder.build_slide_form(slide, slide_input)
    assert "Why Renée D’Arcy?" in (form.title, *(field.label for field in form.fields))


@EVERY_SLIDE
def test_text_that_cannot_be_filled_in_is_shown_as_written_with_a_note(slide: Slide) -> None:
    broken = "Hello {{ customer.nmae }} <b>"
    context = SlideContext(title=broken, lead=broken, question=broken, subject=broken, body=broken)
    slide_input = make_slide_input(slide, full_account(), context=context)
    lead, note, *_ = slide_builder.build_slide_sections(slide, slide_input)
    assert lead == Text(markdown="Hello {{ customer.nmae }} \\<b\\>")
    assert isinstance(note, Callout)
    assert "customer.nmae" in note.text
    assert bool(slide_builder.build_slide_form(slide, slide_input).fields) == (slide.id is not SlideId.CUSTOM)
    assert slide_builder.render_slide_title(slide, slide_input) == broken


def test_a_failing_section_is_replaced_by_a_warning_and_the_rest_is_built(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_: SlideInput) -> Section:
        raise ZeroDivisionError

    slide = replace(LIBRARY[SlideId.GREETING], sections=(fails, *LIBRARY[SlideId.GREETING].sections))
    sections = slide_builder.build_slide_sections(slide, make_slide_input(slide, full_account()))
    assert next(s.text for s in sections if isinstance(s, Callout)) == slide_builder.BROKEN_SECTION
    assert any(isinstance(section, Facts) for section in sections)
    assert "ZeroDivisionError" in caplog.text
