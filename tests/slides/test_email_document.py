import email
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from typing import Any

from lib.content.model import Callout, Text
from lib.forms.answer_validation import validate_answers
from lib.slides import slide_builder
from lib.slides.library import LIBRARY
from lib.slides.model import Document, MailLink, SlideId, SlideInput, TextToCopy
from lib.slides.slide_context import SlideContext
from lib.text.html import markdown_to_text
from tests.slides.slide_inputs import default_answers, make_slide_input
from tests.support.sample_accounts import full_account

SLIDE = LIBRARY[SlideId.DRAFT_EMAIL]
QUOTE = {"lines": [{"item": "Subscription", "seats": 10, "price": 490.0, "discount": 0}], "valid_until": "2026-12-20"}
EMAIL = {"to": "Aiko <aiko@obsidian.example>", "cc": "", "subject": "Next steps", "body": "Hi Aiko,\nsee you."}


def make_input(**answers: Any) -> SlideInput:
    """`answers` are those of other slides, by id with underscores."""
    given = {key.replace("_", "-"): value for key, value in answers.items()}
    made = make_slide_input(SLIDE, full_account(), answers=given)
    return replace(made, person_name="Zoë Okafor", person_email="zoe@northwind.example", run_id="run-1")


def deliver(answers: dict[str, Any], slide_input: SlideInput | None = None) -> tuple[Any, ...]:
    return slide_builder.build_slide_documents(SLIDE, slide_input or make_input(), EMAIL | answers)


def list_callouts(answers: dict[str, Any], slide_input: SlideInput | None = None) -> list[str]:
    results = slide_builder.build_slide_results(SLIDE, slide_input or make_input(), EMAIL | answers)
    return [section.text for section in results if isinstance(section, Callout)]


def read(document: Document) -> EmailMessage:
    message = email.message_from_bytes(document.build(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_email_comes_as_file_link_and_text() -> None:
    document, link, text = deliver({"cc": "Zoë <zoë@müller.example>"})
    message = read(document)
    assert message["From"] == "Zoë Okafor <zoe@northwind.example>"
    assert message["To"] == "Aiko <aiko@obsidian.example>"
    assert "zoë@xn--mller-kva.example" in message["Cc"]
    assert isinstance(link, MailLink)
    assert link.url.startswith("mailto:aiko@obsidian.example?cc=")
    assert text == TextToCopy(label="Copy the text", text=EMAIL["body"])


def test_the_preview_says_from_whom_to_whom_and_about_what() -> None:
    results = slide_builder.build_slide_results(SLIDE, make_input(), EMAIL | {"cc": "Zoë *M* <c@d.example>"})
    head = next(section for section in results if isinstance(section, Text))
    assert markdown_to_text(head.markdown).split("\n") == [
        "From: Zoë Okafor <zoe@northwind.example>",
        "To: Aiko <aiko@obsidian.example>",
        "Cc: Zoë *M* <c@d.example>",
        "Subject: Next steps",
    ]


def test_the_preview_shows_an_invalid_address_as_typed() -> None:
    for to, shown in (("nobody", ["To: nobody"]), ("nobody; a@b.example", ["To: a@b.example; nobody"]), ("", [])):
        results = slide_builder.build_slide_results(SLIDE, make_input(), EMAIL | {"to": to})
        head = next(section for section in results if isinstance(section, Text))
        assert [line for line in markdown_to_text(head.markdown).split("\n") if line.startswith("To:")] == shown


def test_what_cannot_be_sent_is_named_and_blocks_the_download() -> None:
    answers = {"to": "nobody; a@b.example", "cc": "Jane <jane>"}
    assert "Not an email address: nobody and Jane <jane>. Correct it to download the email." in list_callouts(answers)
    assert deliver(answers) == ()
    assert deliver({"to": " "}) == ()
    form = slide_builder.build_slide_form(SLIDE, make_input())
    assert validate_answers(form, EMAIL | answers) == (
        "“To” has something that is not an email address: nobody.",
        "“Cc” has something that is not an email address: Jane <jane>.",
    )
    assert validate_answers(form, EMAIL) == ()


def test_who_needs_international_mail_is_named_and_still_sent_to() -> None:
    answers = {"to": "zoë@müller.example"}
    assert any("zoë@xn--mller-kva.example" in text and "SMTPUTF8" in text for text in list_callouts(answers))
    assert "zoë@xn--mller-kva.example".encode() in deliver(answers)[0].build()


def test_the_quote_is_attached_where_the_text_says_so() -> None:
    context = SLIDE.defaults.model_copy(update={"body": "Hi,\nplease find our quote attached."})
    slide_input = replace(make_input(prepare_quote=QUOTE), context=context)
    answers = default_answers(SLIDE, slide_input)
    assert answers["with_quote"] is True
    made = slide_builder.build_slide_documents(SLIDE, slide_input, answers)
    assert not any(isinstance(each, MailLink) for each in made)
    assert isinstance(made[0], Document)
    (attachment,) = read(made[0]).iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_content().startswith(b"%PDF-")
    results = slide_builder.build_slide_results(SLIDE, slide_input, answers)
    head = next(section for section in results if isinstance(section, Text))
    assert f"Attachment: {attachment.get_filename()}" in markdown_to_text(head.markdown)


def test_with_a_quote_there_is_no_link_and_the_preview_says_why() -> None:
    for quote, is_linked in ((QUOTE, False), (None, True)):
        given = make_input(prepare_quote=QUOTE)
        answers = default_answers(SLIDE, given) | {"with_quote": quote is not None}
        outputs = slide_builder.build_slide_documents(SLIDE, given, answers)
        assert any(isinstance(each, MailLink) for each in outputs) is is_linked
        shown = slide_builder.build_slide_results(SLIDE, given, answers)
        texts = " ".join(section.markdown for section in shown if isinstance(section, Text))
        assert ("A link to your email app cannot carry an attachment" in texts) is not is_linked


def test_the_quote_is_attached_where_the_slide_asks_for_it() -> None:
    for context, expected in (
        ({"lead": "The price comes in the attachment.", "body": "Hi"}, True),
        ({"checklist": ("One attachment",), "body": "Hi"}, True),
        ({"lead": "One request.", "body": "Hi"}, False),
    ):
        given = replace(make_input(prepare_quote=QUOTE), context=SlideContext(**context))
        assert default_answers(SLIDE, given)["with_quote"] is expected
        assert default_answers(SLIDE, replace(given, answers={}))["with_quote"] is False


def test_a_draft_of_a_quote_is_named_before_it_is_sent() -> None:
    lines = [{"item": "Subscription", "seats": 10, "price": 490.0, "discount": 45}]
    texts = list_callouts({"with_quote": True}, make_input(prepare_quote={**QUOTE, "lines": lines}))
    assert texts == ["The attached quote is a draft. Its price needs approval: admin, with proof."]
    assert list_callouts({"with_quote": True}, make_input(prepare_quote=QUOTE)) == []


def test_a_text_that_says_attached_without_an_attachment_is_named() -> None:
    answers = {"body": "Please find it attached.", "with_quote": False}
    assert any("nothing is" in text and "no saved quote" in text for text in list_callouts(answers))
    assert any("Attach the quote" in text for text in list_callouts(answers, make_input(prepare_quote=QUOTE)))


def test_a_quote_that_cannot_be_attached_is_named() -> None:
    assert "The quote cannot be attached. The quote has no lines yet." in list_callouts({"with_quote": True})
