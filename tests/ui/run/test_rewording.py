from lib.slides.context import SlideContext
from lib.slides.library import LIBRARY
from lib.slides.model import SlideId, SlideInput
from lib.ui.run.rewording import Reworded, changes
from tests.support.accounts import full_account

SLIDE = LIBRARY[SlideId("greeting")]


def said(**given):
    return SlideInput(
        account=full_account(), context=SlideContext(**given), category="renewal", person_name="Zoë", answers={}
    )


def test_each_text_that_reads_differently_stands_with_its_old_and_its_new_words():
    before = said(title="Terms", lead="Look first.", checklist=("One", "Two"), minutes=5)
    after = said(title="Terms", lead="Ask {{ customer.name }} first.", checklist=("One",), minutes=1)
    name = full_account().customer.name
    assert changes(SLIDE, before, after) == (
        Reworded(name="Opening words", before="Look first.", after=f"Ask {name} first."),
        Reworded(name="Checklist", before="One\nTwo", after="One"),
        Reworded(name="Time it takes", before="5 minutes", after="1 minute"),
    )


def test_a_text_that_was_not_there_is_blank_before():
    assert changes(SLIDE, said(), said(lead="Look.")) == (Reworded(name="Opening words", before="", after="Look."),)


def test_what_the_slide_has_itself_is_not_said_to_be_missing():
    title, question = changes(SLIDE, said(), said(title="Now", question="What now?"))
    assert title == Reworded(name="Title", before=SLIDE.title, after="Now")
    assert question == Reworded(name="Question", before="As the slide has it", after="What now?")


def test_what_reads_the_same_for_this_customer_is_left_out():
    name = full_account().customer.name
    assert changes(SLIDE, said(title="{{ customer.name }}"), said(title=name)) == ()
