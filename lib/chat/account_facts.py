"""What Zen knows of an account, in flat sentences by name: given to a model with a question, and compared with later.

No fact counts days from today: tomorrow it would have changed without anything having happened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lib.customers.account_rankings import list_departed_contacts, list_open_tickets, list_remaining_contacts
from lib.customers.model import Account, Contact, Contract
from lib.text.format import (
    format_count,
    format_date,
    format_days,
    format_money,
    format_percent,
    format_yes_no,
    humanize_code,
    join_names,
)
from lib.text.truncate import single_line

MAX_FACT_LENGTH = 600
MAX_PER_KIND = 12


@dataclass(frozen=True, kw_only=True)
class FactChange:
    """A fact that changed since the model got it. None: it did not exist."""

    fact: str
    old: str | None
    new: str | None


def list_account_facts(account: Account) -> dict[str, str]:
    """All facts of an account by name, each one line of plain text; untrusted where people wrote them."""
    facts = (
        *_list_customer_facts(account),
        *_list_contract_facts(account.contract),
        *_list_health_and_usage_facts(account),
        *_list_contact_facts(account),
        *_list_record_facts(account),
    )
    return {name: single_line(fact, max_length=MAX_FACT_LENGTH) for name, fact in facts if fact}


def diff_account_facts(then: Mapping[str, object], now: Mapping[str, str]) -> tuple[FactChange, ...]:
    """The facts that differ, in today's order, then those that are gone."""
    names = (*now, *(name for name in then if name not in now))
    return tuple(
        FactChange(fact=name, old=_format_fact_value(then.get(name)), new=now.get(name))
        for name in names
        if _format_fact_value(then.get(name)) != now.get(name)
    )


def _format_fact_value(value: object) -> str | None:
    return None if value is None else str(value)


def _list_customer_facts(account: Account) -> Iterator[tuple[str, str | None]]:
    customer = account.customer
    yield "customer", customer.name
    yield "segment", customer.segment
    yield "industry", customer.industry
    yield "country", customer.country
    yield "customer since", format_date(customer.customer_since)
    yield "uses us for", customer.summary
    yield "competitor", customer.competitor
    yield "owner", customer.owner_name


def _list_contract_facts(contract: Contract | None) -> Iterator[tuple[str, str | None]]:
    if contract is None:
        yield "contract", "none on record"
        return
    yield "ARR", f"{format_money(contract.arr)} a year"
    yield "seats bought", format_count(contract.seats)
    yield "list price", f"{format_money(contract.annual_price_per_seat)} per seat and year"
    yield "discount", format_percent(contract.discount_percent)
    cap = contract.uplift_cap_percent
    yield "uplift cap", format_percent(cap) if cap is not None else "not capped"
    yield "notice deadline", f"{format_date(contract.notice_deadline)} (the last day either side can act)"
    yield "renewal date", format_date(contract.ends_on)
    yield (
        "term",
        f"{format_count(contract.term_months, 'month')}, notice {format_days(contract.notice_days)}",
    )
    yield "auto-renews", format_yes_no(contract.auto_renews)
    yield "modules", join_names(contract.modules)


def _list_health_and_usage_facts(account: Account) -> Iterator[tuple[str, str | None]]:
    health = account.health
    yield "health", f"{health.score} of 100, {health.band}" if health.score is not None else "not judged"
    for part in account.health.parts:
        points = f"{part.points} of {part.out_of}" if part.points is not None else "no data"
        yield f"health, {humanize_code(part.key)}", f"{points}: {part.sentence}"
    week = account.latest_usage
    share = format_percent(round(100 * week.utilisation)) if week else ""
    yield (
        "seats in use",
        f"{week.active_users} of {week.seats} ({share}), week of {format_date(week.week_starts_on)}" if week else None,
    )
    yield "signals", " ".join(signal.sentence for signal in account.signals) or None


def _list_contact_facts(account: Account) -> Iterator[tuple[str, str | None]]:
    for contact in list_remaining_contacts(account)[:MAX_PER_KIND]:
        yield f"contact {single_line(contact.name, max_length=80)}", _format_contact_fact(contact)
    for contact in list_departed_contacts(account)[:MAX_PER_KIND]:
        yield (
            f"left: {single_line(contact.name, max_length=80)}",
            f"{_format_contact_fact(contact)}, left {format_date(contact.left_on)}",
        )


def _format_contact_fact(contact: Contact) -> str:
    title = f"{contact.title}, " if contact.title else ""
    mood = f", {contact.sentiment}" if contact.sentiment else ""
    influence = f", influence {contact.influence} of 5" if contact.influence else ""
    return f"{title}{humanize_code(contact.role)}{influence}{mood}, last contact {format_date(contact.last_contact_on)}"


def _list_record_facts(account: Account) -> Iterator[tuple[str, str | None]]:
    for ticket in list_open_tickets(account)[:MAX_PER_KIND]:
        number = single_line(ticket.number, max_length=60)
        yield (
            f"open ticket {number}",
            f"{ticket.priority.upper()}, {format_date(ticket.opened_on)}: {ticket.title}",
        )
    for answer in account.surveys[:3]:
        comment = f": {answer.comment}" if answer.comment else ""
        yield f"survey of {format_date(answer.responded_on)}", f"{answer.score} of 10{comment}"
    for note in account.notes[:5]:
        yield f"note {note.id}", f"{note.kind}, {format_date(note.happened_on)}, {note.author_name}: {note.body}"
    for run in account.past_runs[:3]:
        outcome = account.rules.format_outcome(run.outcome_code, otherwise="no outcome").lower()
        name = f"past run {single_line(run.workflow_name, max_length=80)}, {format_date(run.finished_on)}"
        yield (
            name,
            f"{humanize_code(run.status)}, {outcome}{f': {run.outcome_reason}' if run.outcome_reason else ''}",
        )
