import re
from dataclasses import replace

from lib.accounts.model import Contact
from lib.accounts.reading import remaining
from lib.slides import answers as read
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.files import email_file, filename, is_address
from lib.slides.filling import filled, question
from lib.slides.model import (
    Answers,
    Callout,
    Document,
    Field,
    FieldKind,
    Form,
    Section,
    Slide,
    SlideCategory,
    SlideId,
    SlideInput,
    Table,
    Text,
    Tone,
)

ENOUGH = 0.75
"""Share of seats in use from which a letter may speak of it."""
OPENING = re.compile(r"\A(?P<before>[^\n]{1,200},\n\s*)(?P<first>[^\W\d_])")
ROLES = ("economic_buyer", "champion", "executive_sponsor")
SUBJECT = "{{ customer.name }}: next steps"
BODY = """Hello,

Thank you for working with us. I would like to talk through where we stand and what comes next.

Would a short call in the coming days suit you?

Kind regards
{{ person.name }}"""


def contacts(inp: SlideInput) -> Table:
    return parts.contacts_table("Who could read it", remaining(inp.account), "No contact is on record: no data.")


def form(inp: SlideInput) -> Form:
    context = inp.context
    return Form(
        title=question(inp, "E-mail"),
        fields=(
            Field(
                key="to",
                label="To",
                kind=FieldKind.TEXT,
                default=_address(inp),
                required=True,
                help="One or more addresses, separated by commas.",
                placeholder="name@example.com",
            ),
            Field(key="cc", label="Copy to", kind=FieldKind.TEXT),
            Field(
                key="subject",
                label="Subject",
                kind=FieldKind.TEXT,
                default=words.plain(filled(inp, context.subject or SUBJECT, ""), most=300),
                required=True,
            ),
            Field(
                key="body",
                label="Text",
                kind=FieldKind.LONG_TEXT,
                default=_letter(inp),
                required=True,
                help="Zen does not send it: download it and send it from your own mail program.",
            ),
        ),
    )


def preview(_: SlideInput, answers: Answers) -> tuple[Section, ...]:
    subject, body = read.text(answers.get("subject")), read.text(answers.get("body"))
    shown = (
        f"**Subject:** {words.escape(subject or words.NO_DATA)}\n\n{words.escape_lines(words.cut(body or '', 20000))}"
    )
    warnings = [Callout(text=text, tone=Tone.WARNING) for text in _doubts(answers, f"{subject}\n{body}")]
    return (*warnings, Text(markdown=shown))


def documents(inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The e-mail as an unsent draft."""
    to, subject, body = (read.text(answers.get(key)) for key in ("to", "subject", "body"))
    if not body:
        return ()
    content = email_file(to=to or "", cc=read.text(answers.get("cc")) or "", subject=subject or "", body=body)
    name = filename("email", inp.account.customer.name, "eml")
    return (Document(filename=name, media_type="message/rfc822", content=content, label="Download the e-mail"),)


def recipient(inp: SlideInput) -> Contact | None:
    """Who is written to unless somebody else is chosen: buyer, champion, sponsor, then the most influential."""
    known = [contact for role in ROLES if (contact := inp.account.contact(role))]
    active = [contact for contact in remaining(inp.account) if contact.status == "active"]
    return next((contact for contact in (*known, *active) if contact.email), None)


def _letter(inp: SlideInput) -> str:
    """The draft, without what the writer would have to take back: figures of low usage, a name nobody has asked."""
    source = inp.context.body or BODY
    text = filled(_discreet(inp), source, "")
    if words.NO_DATA in text:  # the letter cannot do without it
        text = filled(inp, source, "")
    return OPENING.sub(lambda found: found["before"] + found["first"].upper(), text)


def _discreet(inp: SlideInput) -> SlideInput:
    account = inp.account
    use = account.latest_usage
    if use is not None and use.active_users < ENOUGH * use.seats:
        account = replace(account, usage=())
    if inp.category == "risk":  # whoever introduces us is asked first
        account = replace(account, contacts=tuple(c for c in account.contacts if c.role != "champion"))
    return replace(inp, account=account)


def _address(inp: SlideInput) -> str | None:
    contact = recipient(inp)
    return words.plain(contact.email, most=254) if contact and contact.email else None


def _doubts(answers: Answers, written: str) -> list[str]:
    doubts = []
    listed = re.split(r"[\s,;]+", " ".join(read.text(answers.get(key)) or "" for key in ("to", "cc")))
    wrong = [address for address in listed if address and not is_address(address)]
    if wrong:
        doubts.append(f"Not an e-mail address: {words.listed(words.plain(address, most=80) for address in wrong)}.")
    if words.NO_DATA in written:
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
    sections=(contacts,),
    form=form,
    results=preview,
    documents=documents,
    defaults=SlideContext(
        lead="Begin from the draft, then make it yours. One request per letter.",
        subject=SUBJECT,
        body=BODY,
        minutes=8,
    ),
)
