from lib.content.model import Callout, Fact, Facts, Table, Tone
from lib.customers.account_rankings import list_remaining_contacts
from lib.customers.model import Contact
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.slides import call_times, shared_sections
from lib.slides.call_invitation import (
    build_invitation_outputs,
    find_guest_problems,
    list_call_guests,
    list_chosen_contacts,
    parse_call_minutes,
)
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question, fill_template_text
from lib.text.format import join_names
from lib.text.json_values import parse_text
from lib.text.truncate import single_line

DEFAULT_SUBJECT = "{{ customer.name }}: a short call"
DEFAULT_AGENDA = """1. Where you stand with your goals{% if answer.goals %}: {{ answer.goals }}{% endif %}
2. What we see in the account
3. {% if answer.quote_items %}Our proposal: {{ answer.quote_items }}
4. {% endif %}What comes next, and who does what"""


def build_call_contacts_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_contacts_table(
        "Possible guests", list_remaining_contacts(slide_input.account), "No contacts on record: no data."
    )


def build_call_form(slide_input: SlideInput) -> Form:
    return Form(
        title=fill_slide_question(slide_input, "Call"),
        fields=(*_build_call_topic_fields(slide_input), *_build_call_time_fields(slide_input)),
    )


def _build_call_topic_fields(slide_input: SlideInput) -> tuple[Field, ...]:
    active = [contact for contact in list_remaining_contacts(slide_input.account) if contact.status == "active"]
    return (
        Field(
            key="people",
            label="Guests",
            kind=FieldKind.MULTI,
            options=shared_sections.build_contact_options(active),
            default=[contact.id for contact in active if _is_guest_expected(slide_input, contact)],
        ),
        Field(
            key="subject",
            label="Subject",
            kind=FieldKind.TEXT,
            default=single_line(
                fill_template_text(slide_input, slide_input.context.subject or DEFAULT_SUBJECT, ""), max_length=300
            ),
            required=True,
        ),
        Field(
            key="agenda",
            label="Agenda",
            kind=FieldKind.LONG_TEXT,
            default=fill_template_text(slide_input, slide_input.context.body or DEFAULT_AGENDA, ""),
            required=True,
        ),
    )


def _is_guest_expected(slide_input: SlideInput, contact: Contact) -> bool:
    new_contact = slide_input.answers_of(SlideId.IDENTIFY_REPLACEMENT).get("choice")
    return contact.role in ("champion", "economic_buyer") or contact.id == new_contact


def _build_call_time_fields(slide_input: SlideInput) -> tuple[Field, ...]:
    zone = call_times.find_customer_time_zone(slide_input.account)
    return (
        Field(
            key="date",
            label="Day",
            kind=FieldKind.DATE,
            default=call_times.find_working_day_after(
                slide_input.account.today, slide_input.account.rules.working_days
            ),
            required=True,
        ),
        Field(key="time", label="Time", kind=FieldKind.TIME, default="10:00", required=True),
        Field(
            key="time_zone",
            label="Time zone",
            kind=FieldKind.CHOICE,
            options=_build_time_zone_options(zone),
            default=zone,
            required=True,
            help="Yours or theirs: the proposal below shows both.",
        ),
        Field(key="minutes", label="Minutes", kind=FieldKind.WHOLE, default=30, minimum=5, maximum=480, required=True),
        Field(key="place", label="Place or link", kind=FieldKind.TEXT, placeholder="https://meet.example.com/…"),
    )


def build_call_proposal(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    here = call_times.parse_call_start(answers)
    if here is None:
        return (Callout(text="Choose a day, a time and a time zone to see the proposal."),)
    account, minutes = slide_input.account, parse_call_minutes(answers)
    there = call_times.convert_to_time_zone(here, call_times.find_customer_time_zone(account))
    facts = [Fact(label=call_times.format_zone_of_moment(here), value=call_times.format_call_time(here, minutes))]
    if str(there.tzinfo) != str(here.tzinfo):
        label = f"At the customer, {call_times.format_zone_of_moment(there)}"
        facts.append(Fact(label=label, value=call_times.format_call_time(there, minutes)))
    guests = [single_line(contact.name, max_length=120) for contact in list_chosen_contacts(slide_input, answers)]
    facts.append(Fact(label="Guests", value=join_names(guests) if guests else None))
    place = parse_text(answers.get("place"))
    if place:
        facts.append(Fact(label="Place or link", value=single_line(place, max_length=300)))
    problems = [
        Callout(text=text, tone=Tone.WARNING)
        for text in (
            *call_times.find_call_time_problems(account.today, here, there, account.rules.working_days),
            *find_guest_problems(list_call_guests(slide_input, answers)),
            *(() if place else ("The invitation names no place or link.",)),
            *(() if slide_input.run_id else ("Start the run to download the invitation.",)),
        )
    ]
    return (*problems, Facts(title="Proposal", items=tuple(facts)))


def _build_time_zone_options(first: str) -> tuple[Option, ...]:
    names = dict.fromkeys((first, *call_times.list_time_zones_by_place()))
    return tuple(Option(value=name, label=_format_time_zone_option(name)) for name in names)


def _format_time_zone_option(name: str) -> str:
    """ "New York, America": the place first, which is what people type to find it."""
    return ", ".join(reversed(name.replace("_", " ").split("/")))


SLIDE = Slide(
    id=SlideId.SCHEDULE_CALL,
    title="Schedule the call",
    short="Call",
    category=SlideCategory.ACTION,
    purpose="Guests, time and agenda, in both time zones.",
    sections=(build_call_contacts_table,),
    form=build_call_form,
    results=build_call_proposal,
    documents=build_invitation_outputs,
    defaults=SlideContext(
        lead="A call needs a purpose that fits in one line. {{ customer.name }} is on {{ customer.time_zone }}.",
        subject=DEFAULT_SUBJECT,
        body=DEFAULT_AGENDA,
        minutes=5,
    ),
)
