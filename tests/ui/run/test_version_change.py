from lib.slides.library import LIBRARY
from lib.slides.model import SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.ui.run.version_change import TextChange, list_text_changes
from tests.support.sample_accounts import full_account

SLIDE = LIBRARY[SlideId("greeting")]


def slide_input(**given):
    return SlideInput(
        account=full_account(), context=SlideContext(**given), category="renewal", person_name="Zoë", answers={}
    )


def test_a_text_that_differs_has_its_old_and_its_new_version():
    before = slide_input(title="Terms", lead="Look first.", checklist=("One", "Two"), minutes=5)
    after = slide_input(title="Terms", lead="Ask {{ customer.name }} first.", checklist=("One",), minutes=1)
    name = full_account().customer.name
    assert list_text_changes(SLIDE, before, after) == (
        TextChange(name="Opening text", before="Look first.", after=f"Ask {name} first."),
        TextChange(name="Checklist", before="One\nTwo", after="One"),
        TextChange(name="Duration", before="5 minutes", after="1 minute"),
    )


def test_a_text_that_was_not_there_is_blank_before():
    assert list_text_changes(SLIDE, slide_input(), slide_input(lead="Look.")) == (
        TextChange(name="Opening text", before="", after="Look."),
    )


def test_a_text_of_the_slide_itself_is_not_missing():
    title, question = list_text_changes(SLIDE, slide_input(), slide_input(title="Now", question="What now?"))
    assert title == TextChange(name="Title", before=SLIDE.title, after="Now")
    assert question == TextChange(name="Question", before="The slide's own text", after="What now?")


def test_what_reads_the_same_for_this_customer_is_left_out():
    name = full_account().customer.name
    assert list_text_changes(SLIDE, slide_input(title="{{ customer.name }}"), slide_input(title=name)) == ()
