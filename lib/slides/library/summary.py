from decimal import Decimal

from lib.content.model import Callout, Fact, Facts, Table, Tone
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.slides import growth_amounts
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


def build_answer_summary(slide_input: SlideInput) -> Table:
    return summarize_answers(slide_input, "Answers of this run")


def build_amounts(slide_input: SlideInput) -> Facts:
    """Every amount the run computed, to take the outcome's from."""
    contract = slide_input.account.contract
    scenario = find_chosen_scenario(slide_input.account, slide_input.answers_of(SlideId.PRICING_STRATEGY))
    planned = growth_amounts.price_plan(slide_input.account, slide_input.answers_of(SlideId.GROWTH_PLAN))
    quote = compute_quote(slide_input.answers_of(SlideId.PREPARE_QUOTE))
    total = quote.total if len(quote.lines) > quote.unpriced_count else None
    known: list[tuple[str, Decimal | None]] = [
        ("Scenario proposed", scenario.arr if scenario else None),
        ("Quote", total),
        ("Planned growth, on top", planned),
    ]
    found = [Fact(label=label, value=f"{format_money(amount)} a year") for label, amount in known if amount is not None]
    today = f"{format_money(contract.arr)} a year" if contract else None
    return Facts(title="Amounts", items=(Fact(label="ARR today", value=today), *found))


def build_form(slide_input: SlideInput) -> Form:
    codes = OUTCOMES_OF_CATEGORY.get(slide_input.category, tuple(OUTCOME_LABELS))
    return Form(
        title="Outcome",
        fields=(
            Field(
                key="outcome_code",
                label=fill_question(slide_input, "How did it end?"),
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
                help="USD a year in total, not the change. Required when renewed, expanded or renewed for less.",
            ),
            Field(
                key="reason",
                label="Why?",
                kind=FieldKind.LONG_TEXT,
                required_when=lambda answers: answers.get("outcome_code") in OUTCOMES_WITH_REASON,
                help="Required when it ended below the goal, or undecided.",
            ),
            Field(key="notes", label="Notes for the next person", kind=FieldKind.LONG_TEXT),
        ),
    )


def describe_outcome(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The outcome as the history will show it."""
    code = answers.get("outcome_code")
    if not isinstance(code, str) or code not in OUTCOME_LABELS:
        return (Callout(text="Choose an outcome to complete the run."),)
    mismatch = find_amount_mismatch(slide_input, answers)
    if mismatch is not None:
        return (Callout(text=mismatch, tone=Tone.WARNING),)
    amount, contract = parse_number(answers.get("amount")), slide_input.account.contract
    text = OUTCOME_LABELS[code]
    if amount is not None:
        text += f", {format_money(amount)} a year"
        if contract:
            text += f" ({format_change(amount - contract.arr)} against today)"
    return (Callout(text=f"Recorded as: {text}."),)


def find_amount_mismatch(slide_input: SlideInput, answers: Answers) -> str | None:
    """A question to the person, if the amount does not fit the outcome."""
    code, contract = str(answers.get("outcome_code") or ""), slide_input.account.contract
    amount = parse_number(answers.get("amount"))
    if amount is None or contract is None:
        return None
    change = amount - contract.arr
    if not {"downgraded": change >= 0, "expanded": change <= 0, "renewed": change < 0}.get(code, False):
        return None
    than = f"{format_money(abs(change))} {'more' if change > 0 else 'less'} than" if change else "the same as"
    return (
        f"“{OUTCOME_LABELS[code]}” at {format_money(amount)} a year is {than} today's {format_money(contract.arr)}. "
        "Is it the total amount, and the right outcome?"
    )


SLIDE = Slide(
    id=SlideId.SUMMARY,
    title="Summary and outcome",
    short="Outcome",
    category=SlideCategory.COMMON,
    purpose="The answers, the amounts and the outcome.",
    sections=(build_answer_summary, build_amounts),
    form=build_form,
    results=describe_outcome,
    defaults=SlideContext(
        lead="Write for the colleague who opens this in a year.",
        minutes=5,
    ),
)
