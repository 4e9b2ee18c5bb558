from lib.accounts.model import Band
from lib.slides import answers as read
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.filling import question
from lib.slides.model import (
    Answers,
    Callout,
    Column,
    ColumnKind,
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

CALLS = (Option(value="low", label="Low"), Option(value="medium", label="Medium"), Option(value="high", label="High"))
COMPUTED = {Band.GREEN: "low", Band.YELLOW: "medium", Band.RED: "high"}
TONES = {"low": Tone.GOOD, "medium": Tone.WARNING, "high": Tone.BAD}


def signals(inp: SlideInput) -> Table:
    return Table(
        title="Signals and their evidence",
        columns=(
            Column(key="signal", label="Signal"),
            Column(key="evidence", label="Evidence"),
            Column(key="points", label="Weight", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {
                "signal": words.spoken(signal.kind).capitalize(),
                "evidence": words.plain(signal.sentence, most=400),
                "points": signal.points,
            }
            for signal in sorted(inp.account.signals, key=lambda signal: -signal.points)
        ),
        empty="No signal stands against this customer today.",
        source=f"Zen signals as of {words.day(inp.account.today)}.",
    )


def computed(inp: SlideInput) -> Facts:
    priority = inp.account.priority
    return Facts(
        title="What Zen computes",
        items=(
            parts.health_fact(inp.account),
            Fact(
                label="Priority",
                value=f"{priority.score} of 100",
                note=words.plain(" ".join(reason.sentence for reason in priority.reasons if reason.points > 0)) or None,
            ),
            _computed_fact(inp),
        ),
    )


def health(inp: SlideInput) -> Table:
    return parts.health_table(inp.account)


def form(inp: SlideInput) -> Form:
    return Form(
        title="Your own call",
        fields=(
            Field(
                key="own_call",
                label=question(inp, "How great is the risk of losing this customer?"),
                kind=FieldKind.CHOICE,
                options=CALLS,
                required=True,
            ),
            Field(
                key="reason",
                label="Why? What do you know that the figures do not?",
                kind=FieldKind.LONG_TEXT,
                required=True,
            ),
            Field(key="mitigation", label="What would lower it, and by when?", kind=FieldKind.LONG_TEXT),
        ),
    )


def side_by_side(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The call and the computed risk, each as it is: an average would hide that they disagree."""
    call = answers.get("own_call")
    own = call if isinstance(call, str) and call in TONES else None
    facts = Facts(
        title="Side by side",
        items=(
            _computed_fact(inp),
            Fact(
                label="Your call",
                value=own or "not made yet",
                note=words.plain(read.text(answers.get("reason")) or "", most=400) or "No reason given yet.",
                tone=TONES[own] if own else Tone.NEUTRAL,
            ),
        ),
    )
    band = inp.account.health.band
    if own is None or band is None or COMPUTED[band] == own:
        return (facts,)
    return facts, Callout(text="The two differ. Both are kept as they are; your reason is what the next reader needs.")


def _computed_fact(inp: SlideInput) -> Fact:
    band = inp.account.health.band
    if band is None:
        return Fact(label="Computed risk", value=None, note="There is no health score yet.")
    risk = COMPUTED[band]
    return Fact(
        label="Computed risk",
        value=risk,
        note=f"from the health score, which says {words.BANDS[band]}",
        tone=TONES[risk],
    )


SLIDE = Slide(
    id=SlideId.ASSESS_RISK,
    title="Assess the risk",
    short="Risk",
    category=SlideCategory.RISK,
    purpose="The signals with their evidence, and your own call beside the computed one.",
    sections=(computed, signals, health),
    form=form,
    results=side_by_side,
    defaults=SlideContext(
        lead='{% if signals.count %}{{ signals.count|count("signal") }} on record; the strongest: '
        "{{ signals.strongest }}{% else %}No signal is on record. That is worth a second look too.{% endif %}",
        minutes=6,
    ),
)
