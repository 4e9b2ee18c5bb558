from decimal import Decimal

from lib.content.model import Callout, Fact, Facts, Table, Tone
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.slides import growth_amounts
from lib.slides.answer_summary import build_answers_table
from lib.slides.model import Section, Slide, SlideCategory, SlideId, SlideInput
from lib.slides.pricing_scenarios import find_chosen_pricing_scenario
from lib.slides.quote_totals import compute_quote
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import format_change, format_money, round_half_up
from lib.text.json_values import parse_number
from lib.text.regional_format import get_currency


def build_run_answers_table(slide_input: SlideInput) -> Table:
    return build_answers_table(slide_input, "Answers of this run")


def build_computed_amounts_facts(slide_input: SlideInput) -> Facts:
    """Every amount the run computed, to take the outcome's from."""
    contract = slide_input.account.contract
    scenario = find_chosen_pricing_scenario(slide_input.account, slide_input.answers_of(SlideId.PRICING_STRATEGY))
    planned = growth_amounts.compute_growth_plan_price(slide_input.account, slide_input.answers_of(SlideId.GROWTH_PLAN))
    quote = compute_quote(slide_input.answers_of(SlideId.PREPARE_QUOTE), slide_input.account)
    total = round_half_up(quote.total, "1") if len(quote.lines) > quote.unpriced_count else None
    known: list[tuple[str, Decimal | None]] = [
        ("Scenario proposed", scenario.arr if scenario else None),
        ("Quote", total),
        ("Planned growth, on top", planned),
    ]
    found = [Fact(label=label, value=f"{format_money(amount)} a year") for label, amount in known if amount is not None]
    today = f"{format_money(contract.arr)} a year" if contract else None
    return Facts(title="Amounts", items=(Fact(label="ARR today", value=today), *found))


def build_outcome_form(slide_input: SlideInput) -> Form:
    outcomes = slide_input.account.rules.list_outcome_codes(slide_input.category)
    with_amount = {outcome.code for outcome in outcomes if outcome.needs_amount}
    with_reason = {outcome.code for outcome in outcomes if outcome.needs_reason}
    return Form(
        title="Outcome",
        fields=(
            Field(
                key="outcome_code",
                label=fill_slide_question(slide_input, "How did it end?"),
                kind=FieldKind.CHOICE,
                options=tuple(Option(value=outcome.code, label=outcome.label) for outcome in outcomes),
                required=True,
            ),
            Field(
                key="amount",
                label="ARR from now on",
                kind=FieldKind.MONEY,
                minimum=0,
                maximum=10**11,
                required_when=lambda answers: answers.get("outcome_code") in with_amount,
                help=f"{get_currency()} a year in total, not the change. "
                "Required when renewed, expanded or renewed for less.",
            ),
            Field(
                key="reason",
                label="Why?",
                kind=FieldKind.LONG_TEXT,
                required_when=lambda answers: answers.get("outcome_code") in with_reason,
                help="Required when it ended below the goal, or undecided.",
            ),
            Field(key="notes", label="Notes for the next person", kind=FieldKind.LONG_TEXT),
        ),
    )


def build_outcome_sections(slide_input: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The outcome as the history will show it."""
    outcome = slide_input.account.rules.find_outcome_code(answers.get("outcome_code"))
    if outcome is None:
        return (Callout(text="Choose an outcome to complete the run."),)
    mismatch = find_amount_mismatch(slide_input, answers)
    if mismatch is not None:
        return (Callout(text=mismatch, tone=Tone.WARNING),)
    amount, contract = parse_number(answers.get("amount")), slide_input.account.contract
    text = outcome.label
    if amount is not None:
        text += f", {format_money(amount)} a year"
        if contract:
            text += f" ({format_change(amount - contract.arr)} against today)"
    return (Callout(text=f"Recorded as: {text}."),)


def find_amount_mismatch(slide_input: SlideInput, answers: Answers) -> str | None:
    """A question to the person, if the amount does not fit the outcome."""
    account = slide_input.account
    outcome, contract = account.rules.find_outcome_code(answers.get("outcome_code")), account.contract
    amount = parse_number(answers.get("amount"))
    if outcome is None or amount is None or contract is None:
        return None
    change = round_half_up(amount, "1") - contract.arr  # ARR is in whole dollars, a quote to the cent
    if not {"downgraded": change >= 0, "expanded": change <= 0, "renewed": change < 0}.get(outcome.code, False):
        return None
    than = f"{format_money(abs(change))} {'more' if change > 0 else 'less'} than" if change else "the same as"
    return (
        f"“{outcome.label}” at {format_money(amount)} a year is {than} today's {format_money(contract.arr)}. "
        "Is it the total amount, and the right outcome?"
    )


SLIDE = Slide(
    id=SlideId.SUMMARY,
    title="Summary and outcome",
    short="Outcome",
    category=SlideCategory.COMMON,
    purpose="The answers, the amounts and the outcome.",
    sections=(build_run_answers_table, build_computed_amounts_facts),
    form=build_outcome_form,
    results=build_outcome_sections,
    defaults=SlideContext(
        lead="Write for the colleague who opens this in a year.",
        minutes=5,
    ),
)
