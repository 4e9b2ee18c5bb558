import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import InvalidInput
from lib.slides.answer_summary import build_answers_table
from lib.slides.library import LIBRARY, get_default_slide_title, get_slide_of_address
from lib.slides.model import SlideId, SlideInput, StepRevision
from lib.slides.slide_address import SlideAddress, get_slide_id_of_address, parse_slide_address
from tests.support.sample_accounts import full_account

SLIDES = ("greeting", "draft-email", "prepare-quote", "draft-email:second", "summary")


def make_input(address: str, **answers: dict[str, str]) -> SlideInput:
    return SlideInput(
        account=full_account(),
        context=LIBRARY[SlideId.SUMMARY].defaults,
        category="renewal",
        person_name="Zoë",
        address=address,
        addresses=SLIDES,
        answers={name.replace("__", ":").replace("_", "-"): given for name, given in answers.items()},
        revisions={"draft-email:second": StepRevision(number=3)},
    )


def test_an_address_is_a_slide_and_the_label_after_the_colon() -> None:
    assert parse_slide_address("draft-email") == SlideAddress("draft-email")
    assert parse_slide_address("draft-email:second-mail") == SlideAddress("draft-email", "second-mail")
    assert parse_slide_address("draft-email:second-mail").label_text == "second mail"


@pytest.mark.parametrize("label", ["", "Second", "-second", "a b", "x" * 41, "a:b", "é", "second\n"])
def test_a_label_that_is_none_is_refused_in_words(label: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be a slide's label"):
        parse_slide_address(f"draft-email:{label}")


@given(st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True), st.from_regex(r"([a-z0-9][a-z0-9-]{0,39})?", fullmatch=True))
def test_an_address_is_written_as_it_was_read(slide: str, label: str) -> None:
    address = SlideAddress(slide, label)
    assert parse_slide_address(str(address)) == address
    assert get_slide_id_of_address(str(address)) == slide


@given(st.text(max_size=80))
def test_any_text_has_a_title_or_is_refused(text: str) -> None:
    assert isinstance(get_default_slide_title(text), str)
    assert get_slide_of_address(text) is None or get_slide_id_of_address(text) in LIBRARY


def test_a_labelled_slide_is_named_with_its_label() -> None:
    assert get_default_slide_title("draft-email:second") == "Draft the email (second)"
    assert get_default_slide_title("draft-email") == "Draft the email"


def test_a_slide_reads_its_own_answers_and_not_those_of_its_twin() -> None:
    answers = {"draft_email": {"to": "a@a.example"}, "draft_email__second": {"to": "b@b.example"}}
    assert make_input("draft-email", **answers).answers_of(SlideId.DRAFT_EMAIL) == {"to": "a@a.example"}
    assert make_input("draft-email:second", **answers).answers_of(SlideId.DRAFT_EMAIL) == {"to": "b@b.example"}
    assert make_input("draft-email:second").revision_of(SlideId.DRAFT_EMAIL).number == 3


def test_another_slide_reads_the_nearest_before_it_and_else_the_first() -> None:
    answers = {"draft_email": {"to": "a"}, "draft_email__second": {"to": "b"}}
    assert make_input("summary", **answers).answers_of(SlideId.DRAFT_EMAIL) == {"to": "b"}
    assert make_input("prepare-quote", **answers).answers_of(SlideId.DRAFT_EMAIL) == {"to": "a"}
    assert make_input("greeting", **answers).answers_of(SlideId.DRAFT_EMAIL) == {"to": "a"}
    assert make_input("greeting").answers_of(SlideId.SET_GOALS) == {}


def test_the_summary_has_the_answers_of_every_slide_with_its_label() -> None:
    answers = {"draft_email": {"to": "a@a.example"}, "draft_email__second": {"to": "b@b.example"}}
    table = build_answers_table(make_input("summary", **answers), "Answers")
    assert [(row["about"], row["answer"]) for row in table.rows] == [
        ("Email to", "a@a.example"),
        ("Email to (second)", "b@b.example"),
    ]


def test_a_file_of_a_labelled_slide_has_the_label_in_its_name() -> None:
    assert make_input("draft-email:second").name_with_label("email") == "email-second"
    assert make_input("draft-email").name_with_label("email") == "email"
