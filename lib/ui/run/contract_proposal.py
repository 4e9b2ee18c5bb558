"""The next contract as a form within what was agreed, and beside the current one as a table."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from lib.content.model import Callout, Cell, Column, Table, Tone
from lib.customers.arr_computation import compute_arr
from lib.executions.completion_book_changes import ContractGap, ContractProposal, ProposalTerm
from lib.forms.model import Answers, Field, FieldKind, Form, Option
from lib.text.format import (
    format_change,
    format_count,
    format_date,
    format_exact_money,
    format_money,
    format_percent,
    format_yes_no,
)
from lib.text.json_values import parse_number

SUBJECT_NAMES = {"quote": "The quote", "scenario": "The chosen scenario", "amount": "The ARR you entered"}
_WHERE_TO_ADD = "Or complete now, and a manager or admin adds the next term on the customer's page, under Contract."
GAP_TEXTS: Mapping[ContractGap, str] = {
    "no_price": "No next contract is added: the run has no quote or chosen scenario that fits one. Enter it and "
    f"complete again. {_WHERE_TO_ADD}",
    "needs_approval": "No next contract is added: the ARR you entered is further below list than you may go alone. "
    f"Enter it as a quote or a scenario, which can be approved, and complete again. {_WHERE_TO_ADD}",
    "not_owner": "No next contract is added: only the customer's owner and managers may add it. Ask one of them to "
    f"complete the run. {_WHERE_TO_ADD}",
}


def build_contract_form(proposal: ContractProposal) -> Form:
    """What may be chosen: more than was agreed, never less."""
    agreed = proposal.next
    fields = [
        Field(key="seats", label="Seats", kind=FieldKind.WHOLE, minimum=agreed.seats),
        Field(
            key="annual_price_per_seat",
            label="Price per seat and year",
            kind=FieldKind.MONEY,
            minimum=agreed.annual_price_per_seat,
        ),
        Field(
            key="discount_percent",
            label="Discount",
            kind=FieldKind.PERCENT,
            minimum=0,
            maximum=agreed.discount_percent,
        ),
        Field(key="notice_days", label="Days of notice", kind=FieldKind.WHOLE, minimum=0, maximum=365),
        Field(key="auto_renews", label="Auto-renews", kind=FieldKind.YES_NO),
    ]
    if len(proposal.starts) > 1:
        starts = tuple(Option(value=day.isoformat(), label=_label_term_start(day, proposal)) for day in proposal.starts)
        fields.insert(0, Field(key="starts_on", label="Starts", kind=FieldKind.CHOICE, options=starts))
    return Form(title="Next contract", fields=tuple(replace(field, required=True) for field in fields))


def read_proposed_terms(proposal: ContractProposal, form: Form) -> dict[str, Any]:
    """The proposed terms as answers of the form."""
    values: dict[str, Any] = {field.key: getattr(proposal.next, field.key) for field in form.fields}
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()}


def compute_next_arr(proposal: ContractProposal, edits: Answers) -> Decimal:
    """ARR of the next term as edited; as proposed while an edit cannot be read."""
    seats, price, discount = (
        parse_number(edits.get(key)) for key in ("seats", "annual_price_per_seat", "discount_percent")
    )
    if seats is None or price is None or discount is None:
        return proposal.next.arr
    return compute_arr(seats, price, discount)


def build_contract_table(proposal: ContractProposal, edits: Answers) -> Table:
    """The current term beside the next one as edited."""
    before, after = _format_contract_terms(proposal.current), _format_contract_terms(proposal.next)
    arr = compute_next_arr(proposal, edits)
    after |= {
        "Starts": format_date(read_next_term_start(proposal, edits)),
        "Seats": format_count(parse_number(edits.get("seats"))),
        "Price per seat": format_exact_money(parse_number(edits.get("annual_price_per_seat"))),
        "Discount": format_percent(parse_number(edits.get("discount_percent"))),
        "Notice": format_count(parse_number(edits.get("notice_days")), "day"),
        "Auto-renews": format_yes_no(bool(edits.get("auto_renews"))),
        "ARR": f"{format_money(arr)} ({format_change(arr - proposal.current.arr)})",
    }
    rows: tuple[dict[str, Cell], ...] = tuple(
        {"term": term, "before": before[term], "after": after[term]} for term in before
    )
    return Table(
        title="Contract",
        columns=(
            Column(key="term", label="Term"),
            Column(key="before", label="Current"),
            Column(key="after", label="Next"),
        ),
        rows=rows,
        empty="",
        source=f"{SUBJECT_NAMES[proposal.subject]}; notice and renewal are those of the current contract.",
    )


def build_contract_callouts(
    proposal: ContractProposal, edits: Answers, outcome_amount: Decimal | None
) -> tuple[Callout, ...]:
    """What does not fit: an open approval, another amount in the outcome, a quote of several prices."""
    arr, callouts = compute_next_arr(proposal, edits), []
    if proposal.approval == "waiting":
        callouts.append(Callout(text="The price is not approved yet, so no contract can be added.", tone=Tone.WARNING))
    if proposal.approval == "denied":
        callouts.append(Callout(text="The price was denied, so no contract can be added.", tone=Tone.WARNING))
    if outcome_amount is not None and outcome_amount.quantize(Decimal(1)) != arr:
        text = f"The outcome says {format_money(outcome_amount)} a year, the next contract {format_money(arr)}."
        callouts.append(Callout(text=text, tone=Tone.WARNING))
    if proposal.total != proposal.next.arr and proposal.subject != "amount":
        text = f"{SUBJECT_NAMES[proposal.subject]} comes to {format_money(proposal.total)}"
        callouts.append(Callout(text=f"{text}; as one price per seat it is {format_money(proposal.next.arr)}."))
    return tuple(callouts)


def read_next_term_start(proposal: ContractProposal, edits: Answers) -> date:
    """First day of the next term as edited."""
    chosen = edits.get("starts_on")
    return date.fromisoformat(chosen) if isinstance(chosen, str) else proposal.next.starts_on


def _label_term_start(day: date, proposal: ContractProposal) -> str:
    if day == proposal.current.ends_on:
        return f"On {format_date(day)}, when the current term ends"
    return f"Today, {format_date(day)}"


def _format_contract_terms(terms: ProposalTerm) -> dict[str, str]:
    return {
        "Starts": format_date(terms.starts_on),
        "Term": format_count(terms.term_months, "month"),
        "Seats": format_count(terms.seats),
        "Price per seat": format_exact_money(terms.annual_price_per_seat),
        "Discount": format_percent(terms.discount_percent),
        "Notice": format_count(terms.notice_days, "day"),
        "Auto-renews": format_yes_no(terms.auto_renews),
        "ARR": format_money(terms.arr),
    }
