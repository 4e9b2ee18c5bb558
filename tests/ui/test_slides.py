"""Every slide of the library, drawn: with everything, with nothing, and with data that means harm."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.slides.model import SlideId
from lib.ui.slides import draw_section
from tests.pages.seen import text


def page(which: str, slide: str) -> AppTest:
    def script(which, slide):
        from lib.slides import forms, render
        from lib.slides.library import LIBRARY
        from lib.slides.model import SlideId, SlideInput
        from lib.ui import forms as drawing
        from lib.ui import saying, slides
        from tests.support import accounts

        account = getattr(accounts, f"{which}_account")()
        made = LIBRARY[SlideId(slide)]
        inp = SlideInput(account=account, context=made.defaults, category="renewal", person_name="Zoë")
        slides.draw(render.build(made, inp), key="section")
        form = render.build_form(made, inp)
        place = drawing.Place(slide_id=slide, seat=1)
        drawing.seed(form, {}, place)
        answers = drawing.typed(form, place)
        drawing.draw(form, place, answers, faults=forms.validate(form, answers))
        slides.draw(render.build_results(made, inp, answers), key="result")
        slides.documents(render.build_documents(made, inp, answers), key="document")
        saying.draw(form, answers, key="read")

    return AppTest.from_function(script, args=(which, slide), default_timeout=20).run()


@pytest.mark.parametrize("slide", SlideId)
@pytest.mark.parametrize("which", ["full", "bare", "nasty"])
def test_every_slide_is_drawn_whatever_the_account(which, slide):
    drawn = page(which, slide)
    seen = text(drawn)
    assert "could not be prepared" not in seen
    assert "<script>" not in seen
    assert "](http:" not in seen
    assert ":red[hot]" not in seen


def test_what_is_typed_in_a_form_is_what_was_seeded():
    drawn = page("full", "schedule-call")
    assert drawn.text_input[0].value
    assert drawn.number_input[0].value == 30


def test_a_section_of_an_unknown_kind_is_a_mistake_of_ours():
    with pytest.raises(NotImplementedError, match="str"):
        draw_section("markdown", key="x")  # type: ignore[arg-type]


def test_a_fact_without_a_value_says_no_data():
    def script():
        from lib.slides.model import Fact, Facts
        from lib.ui.slides import facts

        facts(Facts(title="Key facts", items=(Fact(label="NPS", value=None, note="No survey answers."),)))

    assert "no data" in text(AppTest.from_function(script).run())
