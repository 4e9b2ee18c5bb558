"""The email as it leaves Zen: a file with its attachment, a link for the mail program, a text to copy."""

from dataclasses import dataclass, replace
from functools import partial

from lib.files.email_file import Attachment, build_email_file, build_mailto_link
from lib.forms.model import Answers
from lib.slides.model import Document, MailLink, SlideId, SlideInput, SlideOutput, TextToCopy
from lib.slides.quote_document import build_quote_document
from lib.slides.quote_files import build_quote_pdf_file, find_quote_problems
from lib.text.email_addresses import EmailAddress, EmailAddressList, parse_email_address, parse_email_addresses
from lib.text.file_names import build_filename
from lib.text.format import join_names
from lib.text.json_values import parse_text
from lib.text.truncate import single_line


@dataclass(frozen=True, kw_only=True)
class DraftedEmail:
    """The email as answered. `quote` is the PDF to attach, `quote_problem` why there is none.

    `quote_needs_approval` is who has to approve the quote; empty if it is no draft.
    """

    sender: EmailAddress | None
    to: EmailAddressList
    cc: EmailAddressList
    subject: str
    body: str
    quote: Document | None
    quote_problem: str
    quote_needs_approval: str


def read_drafted_email(slide_input: SlideInput, answers: Answers) -> DraftedEmail:
    """The email from the answers of its slide."""
    to, cc, subject, body = (parse_text(answers.get(key)) or "" for key in ("to", "cc", "subject", "body"))
    quote, problem, approver = None, "", ""
    if answers.get("with_quote") is True:
        quote_answers = slide_input.answers_of(SlideId.PREPARE_QUOTE)
        document = build_quote_document(slide_input, quote_answers)
        problem, approver = " ".join(find_quote_problems(document)), document.status.approver
        quote = build_quote_pdf_file(slide_input, quote_answers)
    return DraftedEmail(
        sender=build_sender_address(slide_input),
        to=parse_email_addresses(to),
        cc=parse_email_addresses(cc),
        subject=subject,
        body=body,
        quote=quote,
        quote_problem=problem,
        quote_needs_approval=approver,
    )


def build_sender_address(slide_input: SlideInput) -> EmailAddress | None:
    """The address of the person, with their name; None if it is not known."""
    address = parse_email_address(slide_input.person_email)
    return replace(address, name=single_line(slide_input.person_name, max_length=120)) if address else None


def find_email_problems(email: DraftedEmail) -> list[str]:
    """Why the email cannot be downloaded, a sentence each."""
    invalid = [*email.to.invalid, *email.cc.invalid]
    if invalid:
        named = join_names(single_line(each, max_length=80) for each in invalid)
        return [f"Not an email address: {named}. Correct it to download the email."]
    return [] if email.to.addresses else ["“To” is empty."]


def build_email_outputs(slide_input: SlideInput, answers: Answers) -> tuple[SlideOutput, ...]:
    """The email as an unsent draft, as a link and as text; nothing while an address is wrong."""
    email = read_drafted_email(slide_input, answers)
    if not email.body or find_email_problems(email):
        return ()
    document = Document(
        filename=build_filename(slide_input.name_with_label("email"), slide_input.account.customer.name, "eml"),
        media_type="message/rfc822",
        label="Download the email",
        build=partial(_build_draft_file, email),
    )
    # A link carries no file: with an attachment it would make a letter that lies.
    link = None if email.quote else _build_mail_link(email)
    links = (MailLink(label="Open in email app", url=link),) if link else ()
    return (document, *links, TextToCopy(label="Copy the text", text=email.body))


def _build_mail_link(email: DraftedEmail) -> str | None:
    return build_mailto_link(to=email.to.addresses, cc=email.cc.addresses, subject=email.subject, body=email.body)


def _build_draft_file(email: DraftedEmail) -> bytes:
    quote = email.quote
    attachments = (
        (Attachment(filename=quote.filename, media_type=quote.media_type, content=quote.build()),) if quote else ()
    )
    return build_email_file(
        sender=email.sender,
        to=email.to.addresses,
        cc=email.cc.addresses,
        subject=email.subject,
        body=email.body,
        attachments=attachments,
    )
