from decimal import Decimal

from lib.slides import answers as read
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import growth, parts
from lib.slides.deck.quote import quote_of
from lib.slides.deck.recap import recap
from lib.slides.deck.scenarios import chosen_scenario
from lib.slides.filling import question
from lib.slides.model import (
    Answers,
    Callout,
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

LABELS = {
    "renewed": "Renewed",
    "expanded": "Expanded",
    "downgraded": "Renewed for less",
    "churned": "Lost",
    "contact_secured": "New contact secured",
    "risk_accepted": "Risk accepted",
    "plan_agreed": "Plan agreed",
    "no_decision": "No decision",
}
OUTCOMES = {
    "renewal": ("renewed", "expanded", "downgraded", "churned", "no_decision"),
    "risk": ("contact_secured", "risk_accepted", "no_decision"),
    "strategy": ("plan_agreed", "expanded", "no_decision"),
    "expansion": ("plan_agreed", "expanded", "no_decision"),
}
NEEDS_AMOUNT = ("renewed", "expanded", "downgraded")
NEEDS_REASON = ("downgraded", "churned", "no_decision", "risk_accepted")
"""The same rules stand in `public.complete_workflow`, which has the last word."""


def answers_so_far(inp: SlideInput) -> Table:
    return recap(inp, "What this run has found")


def amounts(inp: SlideInput) -> Facts:
    """Every amount the run has come to, so that the outcome's can be taken from one of them."""
    contract = inp.account.contract
    scenario = chosen_scenario(inp.account, read.of(inp, SlideId.PRICING_STRATEGY))
    planned = growth.plan_amount(inp.account, read.of(inp, SlideId.GROWTH_PLAN))
    quote = quote_of(read.of(inp, SlideId.PREPARE_QUOTE))
    total = quote.total if len(quote.lines) > quote.unpriced else None
    known: list[tuple[str, Decimal | None]] = [
        ("Scenario proposed", scenario.arr if scenario else None),
        ("Quote", total),
        ("Growth planned, on top", planned),
    ]
    found = [Fact(label=label, value=f"{words.money(amount)} a year") for label, amount in known if amount is not None]
    today = f"{words.money(contract.arr)} a year" if contract else None
    return Facts(title="Amounts", items=(Fact(label="ARR today", value=today), *found))


def ahead(inp: SlideInput) -> Callout:
    return Callout(text=parts.notice_sentence(inp.account), tone=parts.notice_tone(inp.account))


def form(inp: SlideInput) -> Form:
    codes = OUTCOMES.get(inp.category, tuple(LABELS))
    return Form(
        title="Outcome",
        fields=(
            Field(
                key="outcome_code",
                label=question(inp, "How did it end?"),
                kind=FieldKind.CHOICE,
                options=tuple(Option(value=code, label=LABELS[code]) for code in codes),
                required=True,
            ),
            Field(
                key="amount",
                label="ARR from now on",
                kind=FieldKind.MONEY,
                minimum=0,
                maximum=1e11,
                required_when=lambda answers: answers.get("outcome_code") in NEEDS_AMOUNT,
                help="USD a year in all, not the change. Needed when it was renewed, expanded or renewed for less.",
            ),
            Field(
                key="reason",
                label="Why?",
                kind=FieldKind.LONG_TEXT,
                required_when=lambda answers: answers.get("outcome_code") in NEEDS_REASON,
                help="Needed when less was reached than hoped, or nothing was decided.",
            ),
            Field(key="notes", label="Notes for whoever comes next", kind=FieldKind.LONG_TEXT),
        ),
    )


def recorded(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """How the outcome will read in the history."""
    code = answers.get("outcome_code")
    if not isinstance(code, str) or code not in LABELS:
        return (Callout(text="Choose how it ended: a run is not complete without an outcome."),)
    question_of_it = doubt(inp, answers)
    if question_of_it is not None:
        return (Callout(text=question_of_it, tone=Tone.WARNING),)
    amount, contract = read.number(answers.get("amount")), inp.account.contract
    text = LABELS[code]
    if amount is not None:
        text += f", {words.money(amount)} a year"
        if contract:
            text += f" ({words.change(amount - contract.arr)} against today)"
    return (Callout(text=f"It will be recorded as: {text}."),)


def doubt(inp: SlideInput, answers: Answers) -> str | None:
    """A question in words, where the amount says something else than the outcome."""
    code, contract = str(answers.get("outcome_code") or ""), inp.account.contract
    amount = read.number(answers.get("amount"))
    if amount is None or contract is None:
        return None
    off = amount - contract.arr
    if not {"downgraded": off >= 0, "expanded": off <= 0, "renewed": off < 0}.get(code, False):
        return None
    than = f"{words.money(abs(off))} {'more' if off > 0 else 'less'} than" if off else "the same as"
    return (
        f"“{LABELS[code]}”, with {words.money(amount)} a year: that is {than} today's {words.money(contract.arr)}. "
        "Is it the amount in all, and the right outcome?"
    )


SLIDE = Slide(
    id=SlideId.SUMMARY,
    title="Summary and outcome",
    short="Outcome",
    category=SlideCategory.COMMON,
    purpose="What was found, and how it ended.",
    sections=(answers_so_far, amounts, ahead),
    form=form,
    results=recorded,
    defaults=SlideContext(
        lead="Write it for the colleague who opens this in a year.",
        minutes=5,
    ),
)
