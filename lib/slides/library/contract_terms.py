from datetime import date

from lib.content.model import Callout, Cell, Column, ColumnKind, Fact, Facts, Table
from lib.customers.model import Contract
from lib.forms.model import Field, FieldKind, Form, Option
from lib.slides import shared_sections
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import (
    format_count,
    format_date,
    format_days,
    format_percent,
    format_relative_days,
    format_yes_no,
    join_names,
)
from lib.text.truncate import single_line

# Days before the notice deadline, not the renewal date, by which it is too late to act.
MILESTONES = ((120, "Plan the renewal"), (90, "Confirm people and goals"), (60, "Proposal out"), (30, "Terms agreed"))

INTENTION_OPTIONS = (
    Option(value="renew_as_is", label="Renew on today's terms"),
    Option(value="renegotiate", label="Renew on new terms"),
    Option(value="customer_may_give_notice", label="The customer may give notice"),
    Option(value="we_give_notice", label="We give notice"),
    Option(value="not_known", label="Not known yet"),
)


def build_notice_deadline_callout(slide_input: SlideInput) -> Callout:
    return Callout(
        text=shared_sections.describe_notice_deadline(slide_input.account),
        tone=shared_sections.choose_notice_deadline_tone(slide_input.account),
    )


def build_contract_terms_facts(slide_input: SlideInput) -> Facts | None:
    contract = slide_input.account.contract
    if contract is None:
        return None
    cap = contract.uplift_cap_percent
    return Facts(
        title="Current terms",
        items=(
            Fact(label="Term", value=format_count(contract.term_months, "month"), note=_format_contract_term(contract)),
            Fact(label="Auto-renews", value=format_yes_no(contract.auto_renews)),
            Fact(label="Notice period", value=format_days(contract.notice_days), note="before the renewal date"),
            Fact(label="Uplift cap", value=format_percent(cap) if cap is not None else "not capped"),
            shared_sections.build_arr_fact(slide_input.account),
            Fact(label="Modules", value=single_line(join_names(contract.modules)) if contract.modules else None),
        ),
    )


def build_contract_timeline_table(slide_input: SlideInput) -> Table:
    contract, today = slide_input.account.contract, slide_input.account.today
    milestones = _list_contract_milestones(contract, today) if contract else []
    return Table(
        title="Timeline",
        columns=(
            Column(key="day", label="Day", kind=ColumnKind.DATE),
            Column(key="what", label="What"),
            Column(key="away", label="From today"),
        ),
        rows=tuple(_build_milestone_row(day, name, today) for day, name in milestones),
        empty="No contract on record: no data.",
        source="Contract on record.",
    )


def build_contract_terms_form(slide_input: SlideInput) -> Form:
    buyer = slide_input.account.find_contact_by_role("economic_buyer")
    return Form(
        title="Confirm the terms",
        fields=(
            Field(
                key="terms_read",
                label="Have you checked these terms against the signed contract?",
                kind=FieldKind.YES_NO,
                required=True,
                person_only=True,
            ),
            Field(
                key="notice_intention",
                label=fill_slide_question(slide_input, "Which way is this renewal going?"),
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


def _format_contract_term(contract: Contract) -> str:
    return f"{format_date(contract.starts_on)} to {format_date(contract.ends_on)}"


def _list_contract_milestones(contract: Contract, today: date) -> list[tuple[date, str]]:
    ahead = [
        (subtract_days(contract.notice_deadline, days), f"{name}, {days} days before the notice deadline")
        for days, name in MILESTONES
    ]
    dates = [
        (contract.starts_on, "Term began"),
        *((day, name) for day, name in ahead if day >= today),
        (today, "Today"),
        (contract.ends_on, "Renewal date"),
    ]
    return sorted(dates, key=lambda entry: entry[0])


def subtract_days(day: date, days: int) -> date:
    """The day `days` earlier, at least the first day of the calendar."""
    return date.fromordinal(max(1, day.toordinal() - days))


def _build_milestone_row(day: date, name: str, today: date) -> dict[str, Cell]:
    return {"day": day, "what": name, "away": format_relative_days((day - today).days)}


SLIDE = Slide(
    id=SlideId.CONTRACT_TERMS,
    title="Contract terms",
    short="Terms",
    category=SlideCategory.RENEWAL,
    purpose="The last day to act, and what the contract allows.",
    sections=(build_notice_deadline_callout, build_contract_terms_facts, build_contract_timeline_table),
    form=build_contract_terms_form,
    defaults=SlideContext(
        lead="Plan back from the last day to act, not from the renewal date: after it, neither side can change what "
        "happens.",
        minutes=5,
    ),
)
