from lib.accounts.model import Contact
from lib.accounts.reading import departures, notable_departure, remaining
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.filling import question
from lib.slides.model import (
    Callout,
    Chart,
    Fact,
    Facts,
    Field,
    FieldKind,
    Form,
    Option,
    Slide,
    SlideCategory,
    SlideId,
    SlideInput,
    Table,
    Tone,
)

EFFECTS = (
    Option(value="none", label="Little: others carry it"),
    Option(value="slower", label="Decisions will be slower"),
    Option(value="open", label="The decision is open again"),
    Option(value="against", label="It may turn against us"),
)


def what_is_known(inp: SlideInput) -> Callout:
    gone = notable_departure(inp.account)
    if gone is None:
        return Callout(text="No departure is on record. If somebody left, write below who, and add it to the contacts.")
    who = f"{words.plain(gone.name, most=120)}, {words.spoken(gone.role)},"
    when = f"left {_since(inp, gone)}" if gone.left_on else "left; the day is not on record"
    successor = parts.named(inp.account, gone.replaced_by)
    after = f"{words.plain(successor.name, most=120)} took over" if successor else "no successor is known"
    return Callout(text=f"{who} {when}; {after}.", tone=Tone.NEUTRAL if successor else Tone.BAD)


def who_left(inp: SlideInput) -> Facts | None:
    gone = notable_departure(inp.account)
    if gone is None:
        return None
    return Facts(
        title=words.plain(gone.name, most=120),
        items=(
            Fact(label="Title", value=words.plain(gone.title, most=120) if gone.title else None),
            Fact(label="Part they played", value=words.spoken(gone.role)),
            Fact(label="Left", value=words.day(gone.left_on) if gone.left_on else None),
            Fact(label="Influence", value=f"{gone.influence} of 5" if gone.influence else None),
            Fact(label="Sentiment", value=gone.sentiment),
            Fact(label="Last contact", value=words.day(gone.last_contact_on) if gone.last_contact_on else None),
            _logins_since(inp, gone),
            parts.notice_fact(inp.account),
        ),
    )


def who_knows_us(inp: SlideInput) -> Table:
    return parts.contacts_table(
        "Who else knows us", remaining(inp.account), "Nobody else is on record. That is the finding of this slide."
    )


def usage(inp: SlideInput) -> Chart:
    return parts.usage_chart(inp.account)


def form(inp: SlideInput) -> Form:
    return Form(title="The departure", fields=(*_the_person(inp), *_the_effect(inp)))


def _the_person(inp: SlideInput) -> tuple[Field, ...]:
    gone = notable_departure(inp.account)
    return (
        Field(
            key="who",
            label="Who left?",
            kind=FieldKind.CHOICE,
            options=(*parts.contact_options(departures(inp.account)), Option(value="other", label="Somebody else")),
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


def _the_effect(inp: SlideInput) -> tuple[Field, ...]:
    return (
        Field(
            key="effect",
            label=question(inp, "What does it do to the decision?"),
            kind=FieldKind.CHOICE,
            options=EFFECTS,
            required=True,
        ),
        Field(
            key="carried_by",
            label="Who can speak for us meanwhile?",
            kind=FieldKind.MULTI,
            options=parts.contact_options(remaining(inp.account)),
        ),
        Field(key="why", label="Why did they leave, as far as you know?", kind=FieldKind.LONG_TEXT),
    )


def _since(inp: SlideInput, gone: Contact) -> str:
    if gone.left_on is None:
        return words.NO_DATA
    return f"{words.away((gone.left_on - inp.account.today).days)}, on {words.day(gone.left_on)}"


def _logins_since(inp: SlideInput, gone: Contact) -> Fact:
    """Sign-ins a week before and after: they tend to fall two to six weeks after a sponsor leaves."""
    weeks = inp.account.usage
    before = [week.logins for week in weeks if gone.left_on and week.week_starts_on < gone.left_on][-4:]
    after = [week.logins for week in weeks if gone.left_on and week.week_starts_on >= gone.left_on][-4:]
    if not before or not after:
        return Fact(label="Sign-ins a week", value=None, note="Not enough weeks on both sides of the departure.")
    then, now = sum(before) / len(before), sum(after) / len(after)
    weeks_read = f"{words.count(len(before), 'week')} before, {words.count(len(after), 'latest week')} after"
    tone = Tone.WARNING if now < 0.8 * then else Tone.NEUTRAL
    return Fact(label="Sign-ins a week", value=f"{then:,.0f} before, {now:,.0f} since", note=weeks_read, tone=tone)


SLIDE = Slide(
    id=SlideId.ASSESS_DEPARTURE,
    title="Assess the departure",
    short="Departure",
    category=SlideCategory.RISK,
    purpose="Who left, what they decided, and who else knows us.",
    sections=(what_is_known, who_left, who_knows_us, usage),
    form=form,
    defaults=SlideContext(
        lead="An open chair is filled within weeks, by somebody who did not choose us. Find out what left with "
        "the person before you write to anybody.",
        minutes=6,
    ),
)
