import re
from dataclasses import replace

from lib.accounts.account_rankings import list_remaining_contacts
from lib.accounts.model import Contact
from lib.content.model import Callout, PlainText, Table, Text, Tone
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.documents import build_email_file, build_filename, is_email_address
from lib.slides.model import Document, Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question, fill_template_text
from lib.text.format import NO_DATA, join_names
from lib.text.json_values import parse_text
from lib.text.markdown_escape import escape_plain_markdown
from lib.text.truncate import single_line, truncate

# Below this share of seats in use the email does not mention usage.
MIN_USAGE_SHARE_SHOWN = 0.75
GREETING_LINE = re.compile(r"\A(?P<before>[^\n]{1,200},\n\s*)(?P<first>[^\W\d_])")
RECIPIENT_ROLES = ("economic_buyer", "champion", "executive_sponsor")
MAX_PREVIEW_CHARS = 20_000
DEFAULT_SUBJECT = "{{ customer.name }}: next steps"
FIRST_NAME = '{{ buyer.first_name or champion.first_name or sponsor.first_name or "there" }}'
DEFAULT_BODY = f"""Hi {FIRST_NAME},

Thank you for working with us. I would like to talk through where we stand and what comes next.

Would a short call in the coming days suit you?

Kind regards
{{{{ person.name }}}}"""


def build_email_contacts_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_contacts_table(
        "Possible recipients", list_remaining_contacts(slide_input.account), "No contact is on record: no data."
    )


def build_email_form(slide_input: SlideInput) -> Form:
    context = slide_input.context
    return Form(
        title=fill_slide_question(slide_input, "Email"),
        fields=(
            Field(
                key="to",
                label="To",
                kind=FieldKind.TEXT,
                default=_find_recipient_address(slide_input),
                required=True,
                help="One or more addresses, separated by commas.",
                placeholder="name@example.com",
            ),
            Field(key="cc", label="Cc", kind=FieldKind.TEXT),
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
                default=_draft_email_body(slide_input),
                required=True,
                help="Zen does not send it. Download it and send it from your mail program.",
            ),
        ),
    )


def build_email_preview(_: SlideInput, answers: Answers) -> tuple[Section, ...]:
    subject, body = parse_text(answers.get("subject")), parse_text(answers.get("body"))
    heading = Text(markdown=f"**Subject:** {escape_plain_markdown(subject or NO_DATA)}")
    warnings = [Callout(text=text, tone=Tone.WARNING) for text in _find_email_problems(answers, f"{subject}\n{body}")]
    return (*warnings, heading, PlainText(text=truncate(body or "", MAX_PREVIEW_CHARS)))


def build_email_documents(slide_input: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The email as an unsent draft."""
    to, subject, body = (parse_text(answers.get(key)) for key in ("to", "subject", "body"))
    if not body:
        return ()
    content = build_email_file(to=to or "", cc=parse_text(answers.get("cc")) or "", subject=subject or "", body=body)
    name = build_filename("email", slide_input.account.customer.name, "eml")
    return (Document(filename=name, media_type="message/rfc822", content=content, label="Download the email"),)


def choose_email_recipient(slide_input: SlideInput) -> Contact | None:
    """The default recipient: buyer, champion, sponsor, else the first active contact with an address."""
    known = [contact for role in RECIPIENT_ROLES if (contact := slide_input.account.find_contact_by_role(role))]
    active = [contact for contact in list_remaining_contacts(slide_input.account) if contact.status == "active"]
    return next((contact for contact in (*known, *active) if contact.email), None)


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
    contact = choose_email_recipient(slide_input)
    return single_line(contact.email, max_length=254) if contact and contact.email else None


def _find_email_problems(answers: Answers, written: str) -> list[str]:
    problems = []
    listed = re.split(r"[\s,;]+", " ".join(parse_text(answers.get(key)) or "" for key in ("to", "cc")))
    wrong = [address for address in listed if address and not is_email_address(address)]
    if wrong:
        problems.append(
            f"Not an email address: {join_names(single_line(address, max_length=80) for address in wrong)}."
        )
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
    documents=build_email_documents,
    defaults=SlideContext(
        lead="Start from the draft, then make it yours. One request per email.",
        subject=DEFAULT_SUBJECT,
        body=DEFAULT_BODY,
        minutes=8,
    ),
)
