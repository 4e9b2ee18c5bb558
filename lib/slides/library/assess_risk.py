from lib.content.model import Callout, Column, ColumnKind, Fact, Facts, Table, Tone
from lib.customers.model import HEALTH_BAND_LABELS, HealthBand
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.slides import shared_sections
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import format_date, humanize_code
from lib.text.json_values import parse_text
from lib.text.truncate import single_line

RISK_OPTIONS = (
    Option(value="low", label="Low"),
    Option(value="medium", label="Medium"),
    Option(value="high", label="High"),
)
RISK_OF_BAND = {HealthBand.GREEN: "low", HealthBand.YELLOW: "medium", HealthBand.RED: "high"}
TONE_OF_RISK = {"low": Tone.GOOD, "medium": Tone.WARNING, "high": Tone.BAD}


def build_risk_signals_table(slide_input: SlideInput) -> Table:
    return Table(
        title="Signals",
        columns=(
            Column(key="signal", label="Signal"),
            Column(key="evidence", label="Evidence"),
            Column(key="points", label="Weight", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {
                "signal": humanize_code(signal.kind).capitalize(),
                "evidence": single_line(signal.sentence, max_length=400),
                "points": signal.points,
            }
            for signal in sorted(slide_input.account.signals, key=lambda signal: -signal.points)
        ),
        empty="No risk signals today.",
        source=f"Zen signals as of {format_date(slide_input.account.today)}.",
    )


def build_computed_risk_facts(slide_input: SlideInput) -> Facts:
    priority = slide_input.account.priority
    return Facts(
        title="Computed by Zen",
        items=(
            shared_sections.build_health_fact(slide_input.account),
            Fact(
                label="Priority",
                value=f"{priority.score} of 100",
                note=single_line(" ".join(reason.sentence for reason in priority.reasons if reason.points > 0)) or None,
            ),
            _build_computed_risk_fact(slide_input),
        ),
    )


def build_risk_health_table(slide_input: SlideInput) -> Table:
    return shared_sections.build_health_table(slide_input.account)


def build_risk_form(slide_input: SlideInput) -> Form:
    return Form(
        title="Your assessment",
        fields=(
            Field(
                key="own_call",
                label=fill_slide_question(slide_input, "How high is the risk of losing this customer?"),
                kind=FieldKind.CHOICE,
                options=RISK_OPTIONS,
                required=True,
            ),
            Field(
                key="reason",
                label="Why? What do you know that the figures do not show?",
                kind=FieldKind.LONG_TEXT,
                required=True,
            ),
            Field(key="mitigation", label="What would lower the risk, and by when?", kind=FieldKind.LONG_TEXT),
        ),
    )


def build_risk_comparison(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The person's and the computed risk side by side. An average would hide a disagreement."""
    call = answers.get("own_call")
    own = call if isinstance(call, str) and call in TONE_OF_RISK else None
    facts = Facts(
        title="Side by side",
        items=(
            _build_computed_risk_fact(slide_input),
            Fact(
                label="Your assessment",
                value=own or "not given yet",
                note=single_line(parse_text(answers.get("reason")) or "", max_length=400) or "No reason given yet.",
                tone=TONE_OF_RISK[own] if own else Tone.NEUTRAL,
            ),
        ),
    )
    band = slide_input.account.health.band
    if own is None or band is None or RISK_OF_BAND[band] == own:
        return (facts,)
    return facts, Callout(text="Your assessment differs from the computed risk. Both are kept, with your reason.")


def _build_computed_risk_fact(slide_input: SlideInput) -> Fact:
    band = slide_input.account.health.band
    if band is None:
        return Fact(label="Computed risk", value=None, note="There is no health score yet.")
    risk = RISK_OF_BAND[band]
    return Fact(
        label="Computed risk",
        value=risk,
        note=f"Health score: {HEALTH_BAND_LABELS[band]}.",
        tone=TONE_OF_RISK[risk],
    )


SLIDE = Slide(
    id=SlideId.ASSESS_RISK,
    title="Assess the risk",
    short="Risk",
    category=SlideCategory.RISK,
    purpose="The signals with their evidence, and your assessment beside the computed one.",
    sections=(build_computed_risk_facts, build_risk_signals_table, build_risk_health_table),
    form=build_risk_form,
    results=build_risk_comparison,
    defaults=SlideContext(
        lead='{% if signals.count %}{{ signals.count|count("signal") }} on record; the strongest: '
        "{{ signals.strongest }}{% else %}No signals on record. That deserves a second look too.{% endif %}",
        minutes=6,
    ),
)
