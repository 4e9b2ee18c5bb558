from lib.content.model import Callout, Chart, Fact, Facts, Table, Tone
from lib.customers.account_rankings import (
    find_most_important_departed_contact,
    list_departed_contacts,
    list_remaining_contacts,
)
from lib.customers.model import Contact
from lib.forms.model import Field, FieldKind, Form, Option
from lib.slides import shared_sections
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import NO_DATA, format_count, format_date, format_number, format_relative_days, humanize_code
from lib.text.truncate import single_line

EFFECT_OPTIONS = (
    Option(value="none", label="Little: others support us"),
    Option(value="slower", label="Decisions will be slower"),
    Option(value="open", label="The decision is reopened"),
    Option(value="against", label="It may turn against us"),
)


def build_departure_callout(slide_input: SlideInput) -> Callout:
    gone = find_most_important_departed_contact(slide_input.account)
    if gone is None:
        return Callout(text="No departures on record. If someone left, name them below and update the contacts.")
    who = f"{single_line(gone.name, max_length=120)}, {humanize_code(gone.role)},"
    departure = f"left {_format_departure_day(slide_input, gone)}" if gone.left_on else "left on an unknown date"
    successor = shared_sections.find_contact(slide_input.account, gone.replaced_by)
    succession = f"{single_line(successor.name, max_length=120)} took over" if successor else "no successor is known"
    return Callout(text=f"{who} {departure}; {succession}.", tone=Tone.NEUTRAL if successor else Tone.BAD)


def build_departed_person_facts(slide_input: SlideInput) -> Facts | None:
    gone = find_most_important_departed_contact(slide_input.account)
    if gone is None:
        return None
    return Facts(
        title=single_line(gone.name, max_length=120),
        items=(
            Fact(label="Title", value=single_line(gone.title, max_length=120) if gone.title else None),
            Fact(label="Role", value=humanize_code(gone.role)),
            Fact(label="Influence", value=f"{gone.influence} of 5" if gone.influence else None),
            Fact(label="Sentiment", value=gone.sentiment),
            Fact(label="Last contact", value=format_date(gone.last_contact_on) if gone.last_contact_on else None),
            _build_sign_ins_fact(slide_input, gone),
        ),
    )


def build_remaining_contacts_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_contacts_table(
        "Remaining contacts",
        list_remaining_contacts(slide_input.account),
        "No one else is on record, and that is the risk.",
    )


def build_departure_usage_chart(slide_input: SlideInput) -> Chart:
    return shared_sections.build_usage_chart(slide_input.account)


def build_departure_form(slide_input: SlideInput) -> Form:
    return Form(
        title="The departure",
        fields=(*_build_departed_person_fields(slide_input), *_build_departure_effect_fields(slide_input)),
    )


def _build_departed_person_fields(slide_input: SlideInput) -> tuple[Field, ...]:
    gone = find_most_important_departed_contact(slide_input.account)
    return (
        Field(
            key="who",
            label="Who left?",
            kind=FieldKind.CHOICE,
            options=(
                *shared_sections.build_contact_options(list_departed_contacts(slide_input.account)),
                Option(value="other", label="Someone else"),
            ),
            default=gone.id if gone else None,
            required=True,
        ),
        Field(
            key="who_else",
            label="Their name and title",
            kind=FieldKind.TEXT,
            required_when=lambda answers: answers.get("who") == "other",
        ),
        Field(
            key="left_on",
            label="When did they leave?",
            kind=FieldKind.DATE,
            default=gone.left_on.isoformat() if gone and gone.left_on else None,
        ),
        Field(
            key="influence",
            label="How much did they decide, from 1 (little) to 5 (everything)?",
            kind=FieldKind.WHOLE,
            default=gone.influence if gone else None,
            minimum=1,
            maximum=5,
            required=True,
        ),
    )


def _build_departure_effect_fields(slide_input: SlideInput) -> tuple[Field, ...]:
    return (
        Field(
            key="effect",
            label=fill_slide_question(slide_input, "How does it affect the decision?"),
            kind=FieldKind.CHOICE,
            options=EFFECT_OPTIONS,
            required=True,
        ),
        Field(
            key="carried_by",
            label="Who can speak for us in the meantime?",
            kind=FieldKind.MULTI,
            options=shared_sections.build_contact_options(list_remaining_contacts(slide_input.account)),
        ),
        Field(key="why", label="Why did they leave, as far as you know?", kind=FieldKind.LONG_TEXT),
    )


def _format_departure_day(slide_input: SlideInput, gone: Contact) -> str:
    if gone.left_on is None:
        return NO_DATA
    return f"{format_relative_days((gone.left_on - slide_input.account.today).days)}, on {format_date(gone.left_on)}"


def _build_sign_ins_fact(slide_input: SlideInput, gone: Contact) -> Fact:
    # Sign-ins tend to fall two to six weeks after a sponsor leaves.
    weeks = slide_input.account.usage
    before = [week.logins for week in weeks if gone.left_on and week.week_starts_on < gone.left_on][-4:]
    after = [week.logins for week in weeks if gone.left_on and week.week_starts_on >= gone.left_on][-4:]
    if not before or not after:
        return Fact(label="Sign-ins a week", value=None, note="Not enough weeks before or after the departure.")
    then, now = sum(before) / len(before), sum(after) / len(after)
    weeks_read = f"{format_count(len(before), 'week')} before, {format_count(len(after), 'latest week')} after"
    tone = Tone.WARNING if now < 0.8 * then else Tone.NEUTRAL
    return Fact(
        label="Sign-ins a week",
        value=f"{format_number(round(then))} before, {format_number(round(now))} since",
        note=weeks_read,
        tone=tone,
    )


SLIDE = Slide(
    id=SlideId.ASSESS_DEPARTURE,
    title="Assess the departure",
    short="Departure",
    category=SlideCategory.RISK,
    purpose="Who left, what they decided, and who else knows us.",
    sections=(
        build_departure_callout,
        build_departed_person_facts,
        build_remaining_contacts_table,
        build_departure_usage_chart,
    ),
    form=build_departure_form,
    defaults=SlideContext(
        lead="A vacant role is filled within weeks, by someone who did not choose us. Find out what left with the "
        "person before you write to anyone.",
        minutes=6,
    ),
)
