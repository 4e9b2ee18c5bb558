import email
from email.message import EmailMessage
from email.policy import default
from urllib.parse import parse_qs, urlsplit

import pytest

from lib.files.email_file import Attachment, build_email_file, build_mailto_link
from lib.text.email_addresses import EmailAddress, parse_email_addresses
from tests.support.sample_accounts import NASTY


def addresses(text: str) -> tuple[EmailAddress, ...]:
    return parse_email_addresses(text).addresses


def read(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_email_is_an_unsent_draft_that_reads_as_typed() -> None:
    body = "Grüße, 株式会社\n\n" + "x" * 2000 + "\n.\nFrom here"
    raw = build_email_file(to=addresses("a@b.example; c@d.example"), subject="Zoë: nächste Schritte", body=body)
    message = read(raw)
    assert message["X-Unsent"] == "1"
    assert message["To"] == "a@b.example, c@d.example"
    assert message["Subject"] == "Zoë: nächste Schritte"
    assert message.get_content().replace("\r\n", "\n").rstrip("\n") == body


def test_display_names_and_the_sender_are_kept() -> None:
    (sender,) = addresses("Zoë Okafor <zoe@northwind.example>")
    raw = build_email_file(
        sender=sender,
        to=addresses('"Doe, Jane" <jane@x.example>'),
        cc=addresses("Ł <l@y.example>"),
        subject="",
        body="x",
    )
    assert raw.isascii()
    message = read(raw)
    assert message["From"] == "Zoë Okafor <zoe@northwind.example>"
    assert message["To"] == '"Doe, Jane" <jane@x.example>'
    assert message["Cc"] == "Ł <l@y.example>"


def test_an_international_address_is_in_the_email_and_its_domain_in_punycode() -> None:
    raw = build_email_file(
        to=addresses("zoë@müller.example, a@müller.example"), cc=addresses("иван@почта.рф"), subject="Zoë", body="x"
    )
    assert "To: zoë@xn--mller-kva.example, a@xn--mller-kva.example\r\n".encode() in raw
    assert "Cc: иван@xn--80a1acny.xn--p1ai\r\n".encode() in raw


def test_no_header_can_be_injected_into_an_email() -> None:
    raw = build_email_file(
        to=addresses("a@b.example\nBcc: x@y.example"), cc=addresses(NASTY), subject="Hi\r\nBcc: x@y.example", body="x"
    )
    message = read(raw)
    assert message["Bcc"] is None
    assert message["Subject"] == "Hi Bcc: x@y.example"


@pytest.mark.parametrize(
    "word",
    ["=?utf-8?q?=0D=0ABcc=3A_x=40y.example?=", "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?=", "=?us-ascii?q?=0A=0ABcc:?="],
)
def test_an_encoded_word_that_somebody_typed_is_read_as_typed(word: str) -> None:
    raw = build_email_file(
        to=addresses(f"{word} <a@b.example>, {word}@b.example"),
        subject=f"Hi {word}",
        body="x",
        attachments=(Attachment(filename=f"{word}.pdf", media_type="application/pdf", content=b"x"),),
    )
    assert b"\nBcc" not in raw
    message = read(raw)
    (attachment,) = message.iter_attachments()
    shown = (message["Subject"], message["To"].addresses[0].display_name, attachment.get_filename())
    kept = word.replace("=?", "=\u2060?")
    assert shown == (f"Hi {kept}", kept, f"{kept}.pdf")
    assert [address.addr_spec for address in message["To"].addresses] == ["a@b.example"]


def test_an_attachment_arrives_as_it_was() -> None:
    quote = Attachment(filename="quote-हिन्दी.pdf", media_type="application/pdf", content=b"%PDF-1.7 \x00\xff")
    message = read(build_email_file(to=addresses("a@b.example"), subject="x", body="Hi", attachments=(quote,)))
    (found,) = message.iter_attachments()
    assert found.get_filename() == "quote-हिन्दी.pdf"
    assert found.get_content_type() == "application/pdf"
    assert found.get_content() == quote.content
    body = message.get_body()
    assert body is not None
    assert body.get_content().strip() == "Hi"


def test_a_link_opens_the_same_email() -> None:
    link = build_mailto_link(
        to=addresses("Jane <jane@x.example>, b+c@y.example"),
        cc=addresses("d@z.example"),
        subject="A & B?",
        body="1\n2 ü",
    )
    assert link is not None
    parts = urlsplit(link)
    assert parts.path == "jane@x.example,b%2Bc@y.example"
    assert parse_qs(parts.query) == {"cc": ["d@z.example"], "subject": ["A & B?"], "body": ["1\r\n2 ü"]}


def test_a_text_too_long_for_a_mail_program_has_no_link() -> None:
    assert build_mailto_link(to=addresses("a@b.example"), subject="x", body="long " * 500) is None
