"""The next contract beside the current one, and the form within what was agreed."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lib.executions.completion_book_changes import ContractProposal, ProposalTerm, parse_book_proposal
from lib.executions.model import Outcome
from lib.forms.answer_validation import validate_answers
from lib.ui.run.completion_question import build_book_question
from lib.ui.run.completion_question_view import describe_departure
from lib.ui.run.contract_proposal import (
    build_contract_callouts,
    build_contract_form,
    build_contract_table,
    compute_next_arr,
    read_proposed_terms,
)

CURRENT = ProposalTerm(
    starts_on=date(2026, 3, 1), ends_on=date(2027, 3, 1), term_months=12, notice_days=60, auto_renews=True, seats=100,
    annual_price_per_seat=Decimal(500), discount_percent=Decimal(0), arr=Decimal(50_000),
)  # fmt: skip
NEXT = replace(
    CURRENT, starts_on=date(2027, 3, 1), ends_on=date(2028, 3, 1), seats=120, discount_percent=Decimal(10),
    arr=Decimal(54_000),
)  # fmt: skip
PROPOSAL = ContractProposal(
    current=CURRENT, next=NEXT, starts=(NEXT.starts_on,), subject="scenario", total=Decimal(54_000),
    approval="not_needed",
)  # fmt: skip
TODAY = date(2026, 11, 30)
EARLY = replace(PROPOSAL, next=replace(NEXT, starts_on=TODAY), starts=(TODAY, CURRENT.ends_on))
SMALLER = replace(PROPOSAL, starts=(CURRENT.ends_on, TODAY))


def propose(proposal: ContractProposal = PROPOSAL) -> dict[str, Any]:
    return read_proposed_terms(proposal, build_contract_form(proposal))


def read_next_column(proposal: ContractProposal, edits: dict[str, Any]) -> dict[str, Any]:
    return {str(row["term"]): row["after"] for row in build_contract_table(proposal, edits).rows}


def test_what_was_proposed_is_a_valid_answer() -> None:
    for proposal in (PROPOSAL, EARLY, SMALLER):
        assert validate_answers(build_contract_form(proposal), propose(proposal)) == ()


@pytest.mark.parametrize(
    ("edit", "is_valid"),
    [
        ({"seats": 121}, True),
        ({"seats": 119}, False),
        ({"annual_price_per_seat": Decimal("499.99")}, False),
        ({"discount_percent": Decimal(11)}, False),
        ({"discount_percent": Decimal(0)}, True),
        ({"notice_days": 400}, False),
        ({"seats": None}, False),
        ({"seats": "a lot"}, False),
    ],
)
def test_terms_may_be_raised_and_never_lowered(edit: dict[str, Any], is_valid: bool) -> None:
    assert (validate_answers(build_contract_form(PROPOSAL), propose() | edit) == ()) is is_valid


def test_the_start_is_asked_only_where_there_is_a_choice_the_proposed_day_first() -> None:
    assert "starts_on" not in propose()
    renewal, today = ("2027-03-01", "On 1 Mar 2027, when the current term ends"), ("2026-11-30", "Today, 30 Nov 2026")
    for proposal, expected in ((EARLY, [today, renewal]), (SMALLER, [renewal, today])):
        starts = build_contract_form(proposal).fields[0]
        assert [(option.value, option.label) for option in starts.options] == expected
        assert propose(proposal)["starts_on"] == expected[0][0]


def test_the_table_follows_the_edits_with_the_change_of_arr() -> None:
    column = read_next_column(PROPOSAL, propose() | {"seats": 200, "auto_renews": False})
    assert (column["Seats"], column["Auto-renews"]) == ("200", "no")
    assert column["ARR"] == "$90,000 (+$40,000)"
    assert read_next_column(EARLY, propose(EARLY) | {"starts_on": "2027-03-01"})["Starts"] == "1 Mar 2027"


def test_an_edit_that_cannot_be_read_leaves_the_proposed_arr() -> None:
    assert compute_next_arr(PROPOSAL, propose() | {"seats": "a lot"}) == 54_000


def test_what_does_not_fit_is_said() -> None:
    def read(proposal: ContractProposal, amount: Decimal | None = None) -> list[str]:
        return [callout.text for callout in build_contract_callouts(proposal, propose(proposal), amount)]

    assert read(PROPOSAL, Decimal("54000.30")) == []
    assert read(PROPOSAL, Decimal(60_000)) == ["The outcome says $60,000 a year, the next contract $54,000."]
    assert read(replace(PROPOSAL, approval="denied")) == ["The price was denied, so no contract can be added."]
    assert read(replace(PROPOSAL, subject="quote", total=Decimal(54_003))) == [
        "The quote comes to $54,003; as one price per seat it is $54,000."
    ]


def test_only_what_was_agreed_is_accepted_and_contacts_as_they_were_shown() -> None:
    successor = {"id": None, "name": "Dana Wu", "title": "CFO"}
    contact = {"id": "k", "name": "Ines Ortega", "left_on": None, "successor": successor}
    current = {"id": "c", "updated_at": "2026-11-30T08:00:00.456+00:00", **_as_row(CURRENT)}
    terms = {"current": current, "next": _as_row(NEXT), "starts": [NEXT.starts_on.isoformat()]}
    contract = terms | {"subject": "quote", "total": 54_000, "approval": "approved"}
    proposal = parse_book_proposal({"contract": contract, "status": None, "contact": contact})
    question = build_book_question(proposal, Outcome(code="renewed"))
    changes = proposal.build_changes(question.edits)
    assert changes["contact"] == contact
    assert changes["contract"] == {
        "current_id": "c", "current_updated_at": "2026-11-30T08:00:00.456+00:00", "seats": 120,
        "annual_price_per_seat": 500, "discount_percent": 10, "notice_days": 60, "auto_renews": True,
    }  # fmt: skip
    waiting = parse_book_proposal({"contract": contract | {"approval": "waiting"}, "status": None, "contact": contact})
    assert set(waiting.build_changes(question.edits)) == {"contact"}
    assert waiting.can_be_accepted
    assert proposal.contact is not None
    assert describe_departure(proposal.contact) == (
        "Ines Ortega is marked as left, replaced by Dana Wu, CFO, who is added to the contacts."
    )


def _as_row(term: ProposalTerm) -> dict[str, Any]:
    values = {name: getattr(term, name) for name in ProposalTerm.__dataclass_fields__}
    return {
        name: value.isoformat() if isinstance(value, date) else int(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
    }
