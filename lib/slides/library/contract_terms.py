from datetime import date

from lib.accounts.model import Contract
from lib.content.model import Callout, Cell, Column, ColumnKind, Fact, Facts, Table
from lib.forms.model import Field, FieldKind, Form, Option
from lib.slides import shared_sections
from lib.slides.context import SlideContext
from lib.slides.fill import fill_question
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.text.format import (
    format_count,
    format_date,
    format_days,
    format_percent,
    format_yes_no,
    join_names,
    relative_days,
)
from lib.text.truncate import single_line

MILESTONES = ((120, "Plan the renewal"), (90, "Confirm people and goals"), (60, "Proposal out"), (30, "Terms agreed"))
"""Days before the notice deadline, never before the renewal date, which is too late to act."""

INTENTION_OPTIONS = (
    Option(value="renew_as_is", label="Renew on today's terms"),
    Option(value="renegotiate", label="Renew on new terms"),
    Option(value="customer_may_give_notice", label="The customer may give notice"),
    Option(value="we_give_notice", label="We give notice"),
    Option(value="not_known", label="Not known yet"),
)


def build_deadline_callout(inp: SlideInput) -> Callout:
    return Callout(
        text=shared_sections.describe_notice_deadline(inp.account), tone=shared_sections.choose_notice_tone(inp.account)
    )


def build_terms_facts(inp: SlideInput) -> Facts | None:
    contract = inp.account.contract
    if contract is None:
        return None
    cap = contract.uplift_cap_percent
    return Facts(
        title="Terms in force",
        items=(
            Fact(label="Term", value=format_count(contract.term_months, "month"), note=_format_term(contract)),
            Fact(label="Renews by itself", value=format_yes_no(contract.auto_renews)),
            Fact(label="Notice period", value=format_days(contract.notice_days), note="before the renewal date"),
            Fact(label="Uplift cap", value=format_percent(cap) if cap is not None else "not capped"),
            shared_sections.build_arr_fact(inp.account),
            Fact(
                label="Modules",
                value=single_line(join_names(contract.modules)) if contract.modules else None,
            ),
        ),
    )


def build_timeline_table(inp: SlideInput) -> Table:
    contract, today = inp.account.contract, inp.account.today
    return Table(
        title="Timeline",
        columns=(
            Column(key="day", label="Day", kind=ColumnKind.DATE),
            Column(key="what", label="What"),
            Column(key="away", label="From today"),
        ),
        rows=tuple(_milestone_row(when, what, today) for when, what in _list_milestones(contract, today))
        if contract
        else (),
        empty="No contract on record, so no dates: no data.",
        source="Contract on record; milestones count back from the notice deadline.",
    )


def build_form(inp: SlideInput) -> Form:
    buyer = inp.account.find_contact("economic_buyer")
    return Form(
        title="The terms, confirmed",
        fields=(
            Field(
                key="terms_read",
                label="Have you read these terms in the signed contract?",
                kind=FieldKind.YES_NO,
                required=True,
            ),
            Field(
                key="notice_intention",
                label=fill_question(inp, "Where is this heading?"),
                kind=FieldKind.CHOICE,
                options=INTENTION_OPTIONS,
                required=True,
            ),
            Field(
                key="signer",
                label="Who signs for the customer?",
                kind=FieldKind.TEXT,
                default=single_line(buyer.name, max_length=120) if buyer else None,
            ),
            Field(
                key="differences",
                label="What does the signed contract say that is not shown here?",
                kind=FieldKind.LONG_TEXT,
                required_when=lambda answers: answers.get("terms_read") is False,
                help="Side letters, price locks, break clauses. If you have not read it, say when you will.",
            ),
        ),
    )


def _format_term(contract: Contract) -> str:
    return f"{format_date(contract.starts_on)} to {format_date(contract.ends_on)}"


def _list_milestones(contract: Contract, today: date) -> list[tuple[date, str]]:
    ahead = [(subtract_days(contract.notice_deadline, days), f"{what} (T−{days})") for days, what in MILESTONES]
    dates = [
        (contract.starts_on, "Term began"),
        *((when, what) for when, what in ahead if when >= today),
        (today, "Today"),
        (contract.notice_deadline, "Notice deadline (T)"),
        (contract.ends_on, "Renewal date"),
    ]
    return sorted(dates, key=lambda entry: entry[0])


def subtract_days(when: date, days: int) -> date:
    """`days` earlier, or the first day there is."""
    return date.fromordinal(max(1, when.toordinal() - days))


def _milestone_row(when: date, what: str, today: date) -> dict[str, Cell]:
    return {"day": when, "what": what, "away": relative_days((when - today).days)}


SLIDE = Slide(
    id=SlideId.CONTRACT_TERMS,
    title="Contract terms",
    short="Terms",
    category=SlideCategory.RENEWAL,
    purpose="The last day to act, and what the contract allows.",
    sections=(build_deadline_callout, build_terms_facts, build_timeline_table),
    form=build_form,
    defaults=SlideContext(
        lead="Everything is planned from the notice deadline, not from the renewal date: after it, neither side can "
        "change what happens.",
        minutes=5,
    ),
)
