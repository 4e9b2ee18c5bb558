from lib.accounts.account_queries import find_notable_departure, list_departed_contacts, list_remaining_contacts
from lib.accounts.model import Contact
from lib.content.model import Callout, Chart, Fact, Facts, Table, Tone
from lib.forms.model import Field, FieldKind, Form, Option
from lib.slides import shared_sections
from lib.slides.context import SlideContext
from lib.slides.fill import fill_question
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.text.format import NO_DATA, format_count, format_date, humanize_code, relative_days
from lib.text.truncate import single_line

EFFECT_OPTIONS = (
    Option(value="none", label="Little: others carry it"),
    Option(value="slower", label="Decisions will be slower"),
    Option(value="open", label="The decision is open again"),
    Option(value="against", label="It may turn against us"),
)


def build_departure_callout(inp: SlideInput) -> Callout:
    gone = find_notable_departure(inp.account)
    if gone is None:
        return Callout(text="No departure is on record. If somebody left, write below who, and add it to the contacts.")
    who = f"{single_line(gone.name, max_length=120)}, {humanize_code(gone.role)},"
    when = f"left {_format_departure_day(inp, gone)}" if gone.left_on else "left; the day is not on record"
    successor = shared_sections.find_contact(inp.account, gone.replaced_by)
    after = f"{single_line(successor.name, max_length=120)} took over" if successor else "no successor is known"
    return Callout(text=f"{who} {when}; {after}.", tone=Tone.NEUTRAL if successor else Tone.BAD)


def build_departed_person_facts(inp: SlideInput) -> Facts | None:
    gone = find_notable_departure(inp.account)
    if gone is None:
        return None
    return Facts(
        title=single_line(gone.name, max_length=120),
        items=(
            Fact(label="Title", value=single_line(gone.title, max_length=120) if gone.title else None),
            Fact(label="Part they played", value=humanize_code(gone.role)),
            Fact(label="Left", value=format_date(gone.left_on) if gone.left_on else None),
            Fact(label="Influence", value=f"{gone.influence} of 5" if gone.influence else None),
            Fact(label="Sentiment", value=gone.sentiment),
            Fact(label="Last contact", value=format_date(gone.last_contact_on) if gone.last_contact_on else None),
            _compare_sign_ins(inp, gone),
            shared_sections.build_notice_fact(inp.account),
        ),
    )


def build_remaining_contacts(inp: SlideInput) -> Table:
    return shared_sections.build_contacts_table(
        "Who else knows us",
        list_remaining_contacts(inp.account),
        "Nobody else is on record. That is the finding of this slide.",
    )


def build_usage_chart(inp: SlideInput) -> Chart:
    return shared_sections.build_usage_chart(inp.account)


def build_form(inp: SlideInput) -> Form:
    return Form(title="The departure", fields=(*_person_fields(inp), *_effect_fields(inp)))


def _person_fields(inp: SlideInput) -> tuple[Field, ...]:
    gone = find_notable_departure(inp.account)
    return (
        Field(
            key="who",
            label="Who left?",
            kind=FieldKind.CHOICE,
            options=(
                *shared_sections.build_contact_options(list_departed_contacts(inp.account)),
                Option(value="other", label="Somebody else"),
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
            label="How much did they decide, 1 (little) to 5 (all)?",
            kind=FieldKind.WHOLE,
            default=gone.influence if gone else None,
            minimum=1,
            maximum=5,
            required=True,
        ),
    )


def _effect_fields(inp: SlideInput) -> tuple[Field, ...]:
    return (
        Field(
            key="effect",
            label=fill_question(inp, "What does it do to the decision?"),
            kind=FieldKind.CHOICE,
            options=EFFECT_OPTIONS,
            required=True,
        ),
        Field(
            key="carried_by",
            label="Who can speak for us meanwhile?",
            kind=FieldKind.MULTI,
            options=shared_sections.build_contact_options(list_remaining_contacts(inp.account)),
        ),
        Field(key="why", label="Why did they leave, as far as you know?", kind=FieldKind.LONG_TEXT),
    )


def _format_departure_day(inp: SlideInput, gone: Contact) -> str:
    if gone.left_on is None:
        return NO_DATA
    return f"{relative_days((gone.left_on - inp.account.today).days)}, on {format_date(gone.left_on)}"


def _compare_sign_ins(inp: SlideInput, gone: Contact) -> Fact:
    """Sign-ins a week before and after: they tend to fall two to six weeks after a sponsor leaves."""
    weeks = inp.account.usage
    before = [week.logins for week in weeks if gone.left_on and week.week_starts_on < gone.left_on][-4:]
    after = [week.logins for week in weeks if gone.left_on and week.week_starts_on >= gone.left_on][-4:]
    if not before or not after:
        return Fact(label="Sign-ins a week", value=None, note="Not enough weeks on both sides of the departure.")
    then, now = sum(before) / len(before), sum(after) / len(after)
    weeks_read = f"{format_count(len(before), 'week')} before, {format_count(len(after), 'latest week')} after"
    tone = Tone.WARNING if now < 0.8 * then else Tone.NEUTRAL
    return Fact(label="Sign-ins a week", value=f"{then:,.0f} before, {now:,.0f} since", note=weeks_read, tone=tone)


SLIDE = Slide(
    id=SlideId.ASSESS_DEPARTURE,
    title="Assess the departure",
    short="Departure",
    category=SlideCategory.RISK,
    purpose="Who left, what they decided, and who else knows us.",
    sections=(build_departure_callout, build_departed_person_facts, build_remaining_contacts, build_usage_chart),
    form=build_form,
    defaults=SlideContext(
        lead="An open chair is filled within weeks, by somebody who did not choose us. Find out what left with "
        "the person before you write to anybody.",
        minutes=6,
    ),
)
