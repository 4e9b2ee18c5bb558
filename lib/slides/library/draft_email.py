import re
from dataclasses import replace

from lib.content.model import Callout, PlainText, Table, Text, Tone
from lib.customers.account_rankings import choose_recipient, list_remaining_contacts
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.email_document import DraftedEmail, build_email_outputs, find_email_problems, read_drafted_email
from lib.slides.library.identify_replacement import UNLISTED_CONTACT
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question, fill_template_text
from lib.text.email_addresses import EmailAddressList, describe_invalid_addresses, is_email_address
from lib.text.format import NO_DATA, join_names
from lib.text.json_values import parse_text
from lib.text.markdown_escape import escape_plain_markdown
from lib.text.truncate import single_line, truncate

# Below this share of seats in use the email does not mention usage.
MIN_USAGE_SHARE_SHOWN = 0.75
GREETING_LINE = re.compile(r"\A(?P<before>[^\n]{1,200},\n\s*)(?P<first>[^\W\d_])")
ATTACHMENT_WORD = re.compile(r"\b(attach\w*|enclosed)\b", re.IGNORECASE)
MAX_PREVIEW_CHARS = 20_000
ATTACHED_NOTE = "Download the email to send it with the quote. A link to your email app cannot carry an attachment."
DEFAULT_SUBJECT = "{{ customer.name }}: next steps"
FIRST_NAME = '{{ buyer.first_name or champion.first_name or sponsor.first_name or "there" }}'
DEFAULT_BODY = f"""Hi {FIRST_NAME},

Thank you for working with us. I would like to talk through where we stand and what comes next.

{{% if answer.quote_valid_until %}}Our proposal is attached; its prices hold until {{{{ answer.quote_valid_until }}}}.

{{% endif %}}Would a short call in the coming days suit you?

Kind regards
{{{{ person.name }}}}"""


def build_email_contacts_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_contacts_table(
        "Possible recipients", list_remaining_contacts(slide_input.account), "No contacts on record: no data."
    )


def build_email_form(slide_input: SlideInput) -> Form:
    context, body = slide_input.context, _draft_email_body(slide_input)
    has_quote = bool(slide_input.answers_of(SlideId.PREPARE_QUOTE))
    return Form(
        title=fill_slide_question(slide_input, "Email"),
        fields=(
            Field(
                key="to",
                label="To",
                kind=FieldKind.TEXT,
                default=_find_recipient_address(slide_input),
                required=True,
                help="One or more addresses, separated by commas or semicolons.",
                placeholder="name@example.com",
                check=describe_invalid_addresses,
            ),
            Field(key="cc", label="Cc", kind=FieldKind.TEXT, check=describe_invalid_addresses),
            Field(
                key="subject",
                label="Subject",
                kind=FieldKind.TEXT,
                default=single_line(
                    fill_template_text(slide_input, context.subject or DEFAULT_SUBJECT, ""), max_length=300
                ),
                required=True,
            ),
            Field(
                key="body",
                label="Text",
                kind=FieldKind.LONG_TEXT,
                default=body,
                required=True,
                help="Zen does not send it. Download it and send it from your email app.",
            ),
            Field(
                key="with_quote",
                label="Attach the quote?",
                kind=FieldKind.YES_NO,
                default=_is_attachment_expected(slide_input, body) and has_quote,
                help="The PDF of this run's quote, in its latest revision.",
            ),
        ),
    )


def build_email_preview(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """What keeps the email from being sent, then the email as it will read."""
    email = read_drafted_email(slide_input, answers)
    warnings = (*find_email_problems(email), *_find_email_warnings(slide_input, email))
    head = (
        ("From", email.sender.format_with_name() if email.sender else None),
        ("To", _format_addresses(email.to)),
        ("Cc", _format_addresses(email.cc)),
        ("Subject", single_line(email.subject, max_length=300) or None),
        ("Attachment", email.quote.filename if email.quote else ""),
    )
    lines = (f"**{label}:** {escape_plain_markdown(text or NO_DATA)}" for label, text in head if text != "")
    return (
        *(Callout(text=text, tone=Tone.WARNING) for text in warnings),
        Text(markdown="  \n".join([*lines, *([ATTACHED_NOTE] if email.quote else [])])),
        PlainText(text=truncate(email.body, MAX_PREVIEW_CHARS)),
    )


def _is_attachment_expected(slide_input: SlideInput, draft: str) -> bool:
    """True if the text, or what the slide says above it, mentions an attachment."""
    context, written = slide_input.context, parse_text(slide_input.answers_of(SlideId.DRAFT_EMAIL).get("body"))
    return any(
        ATTACHMENT_WORD.search(text) for text in (written or draft, context.lead or "", *(context.checklist or ()))
    )


def _format_addresses(listed: EmailAddressList) -> str:
    """The addresses, then what is none as it was typed; empty without either."""
    invalid = (single_line(each, max_length=80) for each in listed.invalid)
    return "; ".join((*(address.format_with_name() for address in listed.addresses), *invalid))


def _draft_email_body(slide_input: SlideInput) -> str:
    """The body from its template, without low usage figures and names that were not asked for."""
    source = slide_input.context.body or DEFAULT_BODY
    text = fill_template_text(_hide_sensitive_account_data(slide_input), source, "")
    if NO_DATA in text:  # the template cannot do without them
        text = fill_template_text(slide_input, source, "")
    return GREETING_LINE.sub(lambda found: found["before"] + found["first"].upper(), text)


def _hide_sensitive_account_data(slide_input: SlideInput) -> SlideInput:
    account = slide_input.account
    use = account.latest_usage
    if use is not None and use.active_users < MIN_USAGE_SHARE_SHOWN * use.seats:
        account = replace(account, usage=())
    if slide_input.category == "risk":  # ask whoever introduces us before naming them
        account = replace(account, contacts=tuple(c for c in account.contacts if c.role != "champion"))
    return replace(slide_input, account=account)


def _find_recipient_address(slide_input: SlideInput) -> str | None:
    """The address of whom the run is about: the new contact, the reader of its quote, else whom one would write to.

    None if the new contact is somebody whom nobody has recorded.
    """
    replacement = slide_input.answers_of(SlideId.IDENTIFY_REPLACEMENT).get("choice")
    if replacement == UNLISTED_CONTACT:
        return None
    chosen = (replacement, slide_input.answers_of(SlideId.PREPARE_QUOTE).get("contact"))
    contacts = (shared_sections.find_contact(slide_input.account, each) for each in chosen)
    contact = next((each for each in contacts if each and each.email), None) or choose_recipient(slide_input.account)
    address = single_line(contact.email or "", max_length=254) if contact else ""
    return address if is_email_address(address) else None


def _find_email_warnings(slide_input: SlideInput, email: DraftedEmail) -> list[str]:
    problems, written = [], f"{email.subject}\n{email.body}"
    international = [str(each) for each in (*email.to.addresses, *email.cc.addresses) if each.needs_international_mail]
    if international:
        names = join_names(international)
        problems.append(f"{names}: only mail servers for international addresses (SMTPUTF8) deliver to it.")
    if email.quote_problem:
        problems.append(f"The quote cannot be attached. {email.quote_problem}")
    elif email.quote and email.quote_needs_approval:
        problems.append(f"The attached quote is a draft. Its price needs approval: {email.quote_needs_approval}.")
    elif email.quote is None and ATTACHMENT_WORD.search(email.body):
        has_quote = bool(slide_input.answers_of(SlideId.PREPARE_QUOTE))
        how = "Attach the quote" if has_quote else "This run has no saved quote: attach the file yourself"
        problems.append(f"The text mentions an attachment, but nothing is attached. {how}, or change the text.")
    if NO_DATA in written:
        problems.append("The text says “no data” where a figure is missing.")
    if "{{" in written or "{%" in written:
        problems.append("The text contains a variable that could not be filled in.")
    return problems


SLIDE = Slide(
    id=SlideId.DRAFT_EMAIL,
    title="Draft the email",
    short="Email",
    category=SlideCategory.ACTION,
    purpose="An email written from the account, yours to edit.",
    sections=(build_email_contacts_table,),
    form=build_email_form,
    results=build_email_preview,
    documents=build_email_outputs,
    defaults=SlideContext(
        lead="Start from the draft, then make it yours. One request per email.",
        subject=DEFAULT_SUBJECT,
        body=DEFAULT_BODY,
        minutes=8,
    ),
)
