"""Every slide of the library, drawn: with everything, with nothing, and with data that means harm."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.slides.model import SlideId
from lib.ui.slide_sections import draw_slide_sections
from tests.chat.markdown_assertions import assert_html_inert
from tests.pages.assertions import page_html, page_text


def open_slide(which: str, slide: str) -> AppTest:
    def script(which, slide):
        from lib.forms.answer_validation import validate_answers
        from lib.slides import slide_builder
        from lib.slides.library import LIBRARY
        from lib.slides.model import SlideId, SlideInput
        from lib.ui import answer_text, form_widgets, slide_sections
        from tests.support import sample_accounts

        account = getattr(sample_accounts, f"{which}_account")()
        made = LIBRARY[SlideId(slide)]
        inp = SlideInput(account=account, context=made.defaults, category="renewal", person_name="Zoë")
        slide_sections.draw_slide_sections(slide_builder.build_slide_sections(made, inp), key="section")
        form = slide_builder.build_slide_form(made, inp)
        place = form_widgets.FormKeys(prefix=slide)
        form_widgets.seed_widgets(form, {}, place)
        answers = form_widgets.read_widget_answers(form, place)
        form_widgets.draw_form_fields(form, place, answers, errors=validate_answers(form, answers))
        slide_sections.draw_slide_sections(slide_builder.build_slide_results(made, inp, answers), key="result")
        slide_sections.draw_slide_outputs(slide_builder.build_slide_documents(made, inp, answers), key="document")
        answer_text.draw_read_only_answers(form, answers, key="read")

    return AppTest.from_function(script, args=(which, slide), default_timeout=20).run()


@pytest.mark.parametrize("slide", SlideId)
@pytest.mark.parametrize("which", ["full", "bare", "nasty"])
def test_every_slide_is_drawn_whatever_the_account(which, slide):
    drawn = open_slide(which, slide)
    assert "could not be prepared" not in page_text(drawn)
    for element in page_html(drawn):
        assert_html_inert(element.value)
    by_streamlit = "\n".join(element.value for element in (*drawn.markdown, *drawn.caption))
    assert "<script>" not in by_streamlit
    assert "](http:" not in by_streamlit
    assert ":red[hot]" not in by_streamlit


def test_form_values_equal_the_seeded_answers():
    drawn = open_slide("full", "schedule-call")
    assert drawn.text_input[0].value
    assert next(box.value for box in drawn.text_input if box.key.endswith(".minutes")) == "30"


def test_a_section_of_an_unknown_kind_raises():
    with pytest.raises(NotImplementedError, match="str"):
        draw_slide_sections(("markdown",), key="x")  # type: ignore[arg-type]


def test_a_fact_without_a_value_reads_no_data():
    def script():
        from lib.content.model import Fact, Facts
        from lib.ui.slide_sections import draw_slide_sections

        facts = Facts(title="Key facts", items=(Fact(label="NPS", value=None, note="No survey answers."),))
        draw_slide_sections((facts,), key="x")

    assert "no data" in page_text(AppTest.from_function(script).run())


def test_sections_of_a_slide_are_built_again_only_when_their_input_changes():
    def script():
        from dataclasses import replace
        from unittest.mock import patch

        import streamlit as st

        from lib.slides import slide_builder
        from lib.slides.library import LIBRARY
        from lib.slides.model import SlideId, SlideInput
        from lib.ui import slide_sections
        from tests.support import sample_accounts

        slide = LIBRARY[SlideId.REVIEW_ACCOUNT]
        account = sample_accounts.full_account()
        first = SlideInput(account=account, context=slide.defaults, category="renewal", person_name="Zoë")
        changed = replace(account, customer=replace(account.customer, name="Another"))
        inputs = (
            first,
            replace(first),
            replace(first, answers={"greeting": {"why": "x"}}),
            replace(first, account=changed),
        )
        with patch.object(slide_builder, "build_slide_sections", wraps=slide_builder.build_slide_sections) as build:
            for number, inp in enumerate(inputs):
                slide_sections.load_slide_blocks(slide, inp)
                st.text(f"{number}: {build.call_count}")

    drawn = AppTest.from_function(script).run()
    assert [text.value for text in drawn.text] == ["0: 1", "1: 1", "2: 2", "3: 3"]
