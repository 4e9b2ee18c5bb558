from lib.accounts.model import Contact
from lib.accounts.reading import remaining
from lib.slides import answers as read
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts, times
from lib.slides.files import filename, invitation_file
from lib.slides.filling import filled, question
from lib.slides.model import (
    Answers,
    Callout,
    Document,
    Fact,
    Facts,
    Field,
    FieldKind,
    Form,
    Option,
    Section,
    Slide,
    SlideCategory,
    SlideId,
    SlideInput,
    Table,
    Tone,
)

SUBJECT = "{{ customer.name }}: a short call"
AGENDA = """1. Where you stand with your goals
2. What we see in the account
3. What comes next, and who does what"""


def people(inp: SlideInput) -> Table:
    return parts.contacts_table("Who should be there", remaining(inp.account), "No contact is on record: no data.")


def form(inp: SlideInput) -> Form:
    return Form(title=question(inp, "The call"), fields=(*_who_and_what(inp), *_when(inp)))


def _who_and_what(inp: SlideInput) -> tuple[Field, ...]:
    active = [contact for contact in remaining(inp.account) if contact.status == "active"]
    return (
        Field(
            key="people",
            label="People",
            kind=FieldKind.MULTI,
            options=parts.contact_options(active),
            default=[contact.id for contact in active if contact.role in ("champion", "economic_buyer")],
        ),
        Field(
            key="subject",
            label="Subject",
            kind=FieldKind.TEXT,
            default=words.plain(filled(inp, inp.context.subject or SUBJECT, ""), most=300),
            required=True,
        ),
        Field(
            key="agenda",
            label="Agenda",
            kind=FieldKind.LONG_TEXT,
            default=filled(inp, inp.context.body or AGENDA, ""),
            required=True,
        ),
    )


def _when(inp: SlideInput) -> tuple[Field, ...]:
    zone = times.zone_of(inp.account)
    return (
        Field(
            key="date",
            label="Day",
            kind=FieldKind.DATE,
            default=times.weekday_after(inp.account.today),
            required=True,
        ),
        Field(key="time", label="Time", kind=FieldKind.TIME, default="10:00", required=True),
        Field(
            key="time_zone",
            label="In the time zone of",
            kind=FieldKind.CHOICE,
            options=_zones(zone),
            default=zone,
            required=True,
            help="Yours or theirs: the proposal below shows both.",
        ),
        Field(key="minutes", label="Minutes", kind=FieldKind.WHOLE, default=30, minimum=5, maximum=480, required=True),
    )


def proposal(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    here = times.beginning(answers)
    if here is None:
        return (Callout(text="Choose a day, a time and a time zone to see the proposal."),)
    minutes, there = _minutes(answers), times.in_zone(here, times.zone_of(inp.account))
    facts = [Fact(label=f"In {times.zone_name(here)}", value=times.spoken(here, minutes))]
    if times.zone_name(there) != times.zone_name(here):
        label = f"At the customer, in {times.zone_name(there)}"
        facts.append(Fact(label=label, value=times.spoken(there, minutes)))
    guests = [words.plain(contact.name, most=120) for contact in _guests(inp, answers)]
    facts.append(Fact(label="People", value=words.listed(guests) if guests else None))
    doubts = [Callout(text=text, tone=Tone.WARNING) for text in times.doubts(inp.account.today, here, there)]
    return (*doubts, Facts(title="Proposal", items=tuple(facts)))


def documents(inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The call as a calendar entry."""
    begins = times.beginning(answers)
    if begins is None:
        return ()
    content = invitation_file(
        uid=f"{inp.account.customer.id}-{begins:%Y%m%d%H%M}@zen",
        written_on=inp.account.today,
        begins=begins,
        minutes=_minutes(answers),
        subject=read.text(answers.get("subject")) or "Call",
        agenda=read.text(answers.get("agenda")) or "",
        guests=tuple((guest.name, words.plain(guest.email)) for guest in _guests(inp, answers) if guest.email),
    )
    name = filename("call", inp.account.customer.name, "ics")
    return (Document(filename=name, media_type="text/calendar", content=content, label="Download the invitation"),)


def _minutes(answers: Answers) -> int:
    minutes = read.whole(answers.get("minutes"))
    return minutes if minutes is not None and 5 <= minutes <= 480 else 30


def _guests(inp: SlideInput, answers: Answers) -> tuple[Contact, ...]:
    chosen = read.texts(answers.get("people"))
    return tuple(contact for contact in inp.account.contacts if contact.id in chosen)


def _zones(first: str) -> tuple[Option, ...]:
    names = dict.fromkeys((first, *times.zones()))
    return tuple(Option(value=name, label=name.replace("_", " ")) for name in names)


SLIDE = Slide(
    id=SlideId.SCHEDULE_CALL,
    title="Schedule the call",
    short="Call",
    category=SlideCategory.ACTION,
    purpose="People, time and agenda, in both time zones.",
    sections=(people,),
    form=form,
    results=proposal,
    documents=documents,
    defaults=SlideContext(
        lead="A call needs a purpose that fits in one line. {{ customer.name }} works in {{ customer.time_zone }}.",
        subject=SUBJECT,
        body=AGENDA,
        minutes=5,
    ),
)
