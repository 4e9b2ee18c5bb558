from decimal import Decimal

from lib.content.model import Callout, Fact, Facts, Table, Tone
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.slides import growth_amounts, shared_sections
from lib.slides.answer_summary import summarize_answers
from lib.slides.context import SlideContext
from lib.slides.fill import fill_question
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.pricing_scenarios import find_chosen_scenario
from lib.slides.quote_totals import compute_quote
from lib.text.format import format_change, format_money
from lib.text.json_values import parse_number

OUTCOME_LABELS = {
    "renewed": "Renewed",
    "expanded": "Expanded",
    "downgraded": "Renewed for less",
    "churned": "Lost",
    "contact_secured": "New contact secured",
    "risk_accepted": "Risk accepted",
    "plan_agreed": "Plan agreed",
    "no_decision": "No decision",
}
OUTCOMES_OF_CATEGORY = {
    "renewal": ("renewed", "expanded", "downgraded", "churned", "no_decision"),
    "risk": ("contact_secured", "risk_accepted", "no_decision"),
    "strategy": ("plan_agreed", "expanded", "no_decision"),
    "expansion": ("plan_agreed", "expanded", "no_decision"),
}
OUTCOMES_WITH_AMOUNT = ("renewed", "expanded", "downgraded")
OUTCOMES_WITH_REASON = ("downgraded", "churned", "no_decision", "risk_accepted")
"""The same rules stand in `public.complete_workflow`, which has the last word."""


def build_answer_summary(inp: SlideInput) -> Table:
    return summarize_answers(inp, "What this run has found")


def build_amounts(inp: SlideInput) -> Facts:
    """Every amount the run has come to, so that the outcome's can be taken from one of them."""
    contract = inp.account.contract
    scenario = find_chosen_scenario(inp.account, inp.answers_of(SlideId.PRICING_STRATEGY))
    planned = growth_amounts.price_plan(inp.account, inp.answers_of(SlideId.GROWTH_PLAN))
    quote = compute_quote(inp.answers_of(SlideId.PREPARE_QUOTE))
    total = quote.total if len(quote.lines) > quote.unpriced_count else None
    known: list[tuple[str, Decimal | None]] = [
        ("Scenario proposed", scenario.arr if scenario else None),
        ("Quote", total),
        ("Growth planned, on top", planned),
    ]
    found = [Fact(label=label, value=f"{format_money(amount)} a year") for label, amount in known if amount is not None]
    today = f"{format_money(contract.arr)} a year" if contract else None
    return Facts(title="Amounts", items=(Fact(label="ARR today", value=today), *found))


def build_deadline_callout(inp: SlideInput) -> Callout:
    return Callout(
        text=shared_sections.describe_notice_deadline(inp.account), tone=shared_sections.choose_notice_tone(inp.account)
    )


def build_form(inp: SlideInput) -> Form:
    codes = OUTCOMES_OF_CATEGORY.get(inp.category, tuple(OUTCOME_LABELS))
    return Form(
        title="Outcome",
        fields=(
            Field(
                key="outcome_code",
                label=fill_question(inp, "How did it end?"),
                kind=FieldKind.CHOICE,
                options=tuple(Option(value=code, label=OUTCOME_LABELS[code]) for code in codes),
                required=True,
            ),
            Field(
                key="amount",
                label="ARR from now on",
                kind=FieldKind.MONEY,
                minimum=0,
                maximum=1e11,
                required_when=lambda answers: answers.get("outcome_code") in OUTCOMES_WITH_AMOUNT,
                help="USD a year in all, not the change. Needed when it was renewed, expanded or renewed for less.",
            ),
            Field(
                key="reason",
                label="Why?",
                kind=FieldKind.LONG_TEXT,
                required_when=lambda answers: answers.get("outcome_code") in OUTCOMES_WITH_REASON,
                help="Needed when less was reached than hoped, or nothing was decided.",
            ),
            Field(key="notes", label="Notes for whoever comes next", kind=FieldKind.LONG_TEXT),
        ),
    )


def describe_outcome(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """How the outcome will read in the history."""
    code = answers.get("outcome_code")
    if not isinstance(code, str) or code not in OUTCOME_LABELS:
        return (Callout(text="Choose how it ended: a run is not complete without an outcome."),)
    question_of_it = find_amount_mismatch(inp, answers)
    if question_of_it is not None:
        return (Callout(text=question_of_it, tone=Tone.WARNING),)
    amount, contract = parse_number(answers.get("amount")), inp.account.contract
    text = OUTCOME_LABELS[code]
    if amount is not None:
        text += f", {format_money(amount)} a year"
        if contract:
            text += f" ({format_change(amount - contract.arr)} against today)"
    return (Callout(text=f"It will be recorded as: {text}."),)


def find_amount_mismatch(inp: SlideInput, answers: Answers) -> str | None:
    """A question in words, where the amount says something else than the outcome."""
    code, contract = str(answers.get("outcome_code") or ""), inp.account.contract
    amount = parse_number(answers.get("amount"))
    if amount is None or contract is None:
        return None
    off = amount - contract.arr
    if not {"downgraded": off >= 0, "expanded": off <= 0, "renewed": off < 0}.get(code, False):
        return None
    than = f"{format_money(abs(off))} {'more' if off > 0 else 'less'} than" if off else "the same as"
    return (
        f"“{OUTCOME_LABELS[code]}”, with {format_money(amount)} a year: that is {than} today's {format_money(contract.arr)}. "
        "Is it the amount in all, and the right outcome?"
    )


SLIDE = Slide(
    id=SlideId.SUMMARY,
    title="Summary and outcome",
    short="Outcome",
    category=SlideCategory.COMMON,
    purpose="What was found, and how it ended.",
    sections=(build_answer_summary, build_amounts, build_deadline_callout),
    form=build_form,
    results=describe_outcome,
    defaults=SlideContext(
        lead="Write it for the colleague who opens this in a year.",
        minutes=5,
    ),
)
