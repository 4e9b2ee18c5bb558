import re
from dataclasses import replace

from lib.accounts.account_queries import list_remaining_contacts
from lib.accounts.model import Contact
from lib.content.model import Callout, PlainText, Table, Text, Tone
from lib.forms.model import Answers, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.context import SlideContext
from lib.slides.documents import build_email_file, build_filename, is_email_address
from lib.slides.fill import fill_question, fill_text
from lib.slides.model import Document, Section, Slide, SlideCategory, SlideId, SlideInput
from lib.text.escape import escape_plain_markdown
from lib.text.format import NO_DATA, join_names
from lib.text.json_values import parse_text
from lib.text.truncate import single_line, truncate

MIN_USAGE_SHARE_SHOWN = 0.75
"""Share of seats in use from which a letter may speak of it."""
GREETING_LINE = re.compile(r"\A(?P<before>[^\n]{1,200},\n\s*)(?P<first>[^\W\d_])")
RECIPIENT_ROLES = ("economic_buyer", "champion", "executive_sponsor")
MAX_PREVIEW_CHARS = 20_000
DEFAULT_SUBJECT = "{{ customer.name }}: next steps"
DEFAULT_BODY = """Hello,

Thank you for working with us. I would like to talk through where we stand and what comes next.

Would a short call in the coming days suit you?

Kind regards
{{ person.name }}"""


def build_contacts_table(inp: SlideInput) -> Table:
    return shared_sections.build_contacts_table(
        "Who could read it", list_remaining_contacts(inp.account), "No contact is on record: no data."
    )


def build_form(inp: SlideInput) -> Form:
    context = inp.context
    return Form(
        title=fill_question(inp, "E-mail"),
        fields=(
            Field(
                key="to",
                label="To",
                kind=FieldKind.TEXT,
                default=_recipient_address(inp),
                required=True,
                help="One or more addresses, separated by commas.",
                placeholder="name@example.com",
            ),
            Field(key="cc", label="Copy to", kind=FieldKind.TEXT),
            Field(
                key="subject",
                label="Subject",
                kind=FieldKind.TEXT,
                default=single_line(fill_text(inp, context.subject or DEFAULT_SUBJECT, ""), max_length=300),
                required=True,
            ),
            Field(
                key="body",
                label="Text",
                kind=FieldKind.LONG_TEXT,
                default=_draft_body(inp),
                required=True,
                help="Zen does not send it: download it and send it from your own mail program.",
            ),
        ),
    )


def build_preview(_: SlideInput, answers: Answers) -> tuple[Section, ...]:
    subject, body = parse_text(answers.get("subject")), parse_text(answers.get("body"))
    heading = Text(markdown=f"**Subject:** {escape_plain_markdown(subject or NO_DATA)}")
    warnings = [Callout(text=text, tone=Tone.WARNING) for text in _find_problems(answers, f"{subject}\n{body}")]
    return (*warnings, heading, PlainText(text=truncate(body or "", MAX_PREVIEW_CHARS)))


def build_documents(inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The e-mail as an unsent draft."""
    to, subject, body = (parse_text(answers.get(key)) for key in ("to", "subject", "body"))
    if not body:
        return ()
    content = build_email_file(to=to or "", cc=parse_text(answers.get("cc")) or "", subject=subject or "", body=body)
    name = build_filename("email", inp.account.customer.name, "eml")
    return (Document(filename=name, media_type="message/rfc822", content=content, label="Download the e-mail"),)


def choose_recipient(inp: SlideInput) -> Contact | None:
    """Who is written to unless somebody else is chosen: buyer, champion, sponsor, then the most influential."""
    known = [contact for role in RECIPIENT_ROLES if (contact := inp.account.find_contact(role))]
    active = [contact for contact in list_remaining_contacts(inp.account) if contact.status == "active"]
    return next((contact for contact in (*known, *active) if contact.email), None)


def _draft_body(inp: SlideInput) -> str:
    """The draft, without what the writer would have to take back: figures of low usage, a name nobody has asked."""
    source = inp.context.body or DEFAULT_BODY
    text = fill_text(_hide_sensitive_data(inp), source, "")
    if NO_DATA in text:  # the letter cannot do without it
        text = fill_text(inp, source, "")
    return GREETING_LINE.sub(lambda found: found["before"] + found["first"].upper(), text)


def _hide_sensitive_data(inp: SlideInput) -> SlideInput:
    account = inp.account
    use = account.latest_usage
    if use is not None and use.active_users < MIN_USAGE_SHARE_SHOWN * use.seats:
        account = replace(account, usage=())
    if inp.category == "risk":  # whoever introduces us is asked first
        account = replace(account, contacts=tuple(c for c in account.contacts if c.role != "champion"))
    return replace(inp, account=account)


def _recipient_address(inp: SlideInput) -> str | None:
    contact = choose_recipient(inp)
    return single_line(contact.email, max_length=254) if contact and contact.email else None


def _find_problems(answers: Answers, written: str) -> list[str]:
    doubts = []
    listed = re.split(r"[\s,;]+", " ".join(parse_text(answers.get(key)) or "" for key in ("to", "cc")))
    wrong = [address for address in listed if address and not is_email_address(address)]
    if wrong:
        doubts.append(f"Not an e-mail address: {join_names(single_line(address, max_length=80) for address in wrong)}.")
    if NO_DATA in written:
        doubts.append("The text still says “no data” where a figure was meant.")
    if "{{" in written or "{%" in written:
        doubts.append("The text still holds a template word that could not be filled in.")
    return doubts


SLIDE = Slide(
    id=SlideId.DRAFT_EMAIL,
    title="Draft the e-mail",
    short="E-mail",
    category=SlideCategory.ACTION,
    purpose="A letter written from the account, yours to change.",
    sections=(build_contacts_table,),
    form=build_form,
    results=build_preview,
    documents=build_documents,
    defaults=SlideContext(
        lead="Begin from the draft, then make it yours. One request per letter.",
        subject=DEFAULT_SUBJECT,
        body=DEFAULT_BODY,
        minutes=8,
    ),
)
