"""What Zen knows of an account, in flat sentences by name: given to a model with a question, and compared with later.

No fact counts days from today: tomorrow it would have changed without anything having happened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lib.accounts.model import Account, Contact, Contract
from lib.accounts.reading import departures, open_tickets, remaining
from lib.slides import words

LONGEST_FACT = 600
MOST_OF_A_KIND = 12


@dataclass(frozen=True, kw_only=True)
class Change:
    """A fact that is not what it was when the model was given it. None: it was not there."""

    fact: str
    then: str | None
    now: str | None


def facts_of(account: Account) -> dict[str, str]:
    """Every fact by its name, plain text on one line each, untrusted where it came from people."""
    told = (*_customer(account), *_contract(account.contract), *_state(account), *_people(account), *_records(account))
    return {name: words.plain(fact, most=LONGEST_FACT) for name, fact in told if fact}


def changes(then: Mapping[str, object], now: Mapping[str, str]) -> tuple[Change, ...]:
    """What is different, in the order of the facts as they are now, then what is gone."""
    names = (*now, *(name for name in then if name not in now))
    return tuple(
        Change(fact=name, then=_told(then.get(name)), now=now.get(name))
        for name in names
        if _told(then.get(name)) != now.get(name)
    )


def _told(value: object) -> str | None:
    return None if value is None else str(value)


def _customer(account: Account) -> Iterator[tuple[str, str | None]]:
    customer = account.customer
    yield "customer", customer.name
    yield "segment", customer.segment
    yield "industry", customer.industry
    yield "country", customer.country
    yield "customer since", words.day(customer.customer_since)
    yield "uses us for", customer.summary
    yield "competitor", customer.competitor
    yield "owner", customer.owner_name


def _contract(contract: Contract | None) -> Iterator[tuple[str, str | None]]:
    if contract is None:
        yield "contract", "none on record"
        return
    yield "ARR", f"{words.money(contract.arr)} a year"
    yield "seats bought", words.count(contract.seats)
    yield "list price", f"{words.money(contract.annual_price_per_seat)} per seat and year"
    yield "discount", words.percent(contract.discount_percent)
    cap = contract.uplift_cap_percent
    yield "uplift cap", words.percent(cap) if cap is not None else "not capped"
    yield "notice deadline", f"{words.day(contract.notice_deadline)} (the last day either side can act)"
    yield "renewal date", words.day(contract.ends_on)
    yield "term", f"{words.count(contract.term_months, 'month')}, notice {words.days(contract.notice_days)}"
    yield "renews by itself", words.yes_no(contract.auto_renews)
    yield "modules", words.listed(contract.modules)


def _state(account: Account) -> Iterator[tuple[str, str | None]]:
    health = account.health
    yield "health", f"{health.score} of 100, {health.band}" if health.score is not None else "not judged"
    for part in account.health.parts:
        points = f"{part.points} of {part.out_of}" if part.points is not None else "no data"
        yield f"health, {words.spoken(part.key)}", f"{points}: {part.sentence}"
    week = account.latest_usage
    share = words.percent(round(100 * week.utilisation)) if week else ""
    yield (
        "seats in use",
        f"{week.active_users} of {week.seats} ({share}), week of {words.day(week.week_starts_on)}" if week else None,
    )
    yield "signals", " ".join(signal.sentence for signal in account.signals) or None


def _people(account: Account) -> Iterator[tuple[str, str | None]]:
    for contact in remaining(account)[:MOST_OF_A_KIND]:
        yield f"contact {words.plain(contact.name, most=80)}", _contact(contact)
    for contact in departures(account)[:MOST_OF_A_KIND]:
        yield f"left: {words.plain(contact.name, most=80)}", f"{_contact(contact)}, left {words.day(contact.left_on)}"


def _contact(contact: Contact) -> str:
    title = f"{contact.title}, " if contact.title else ""
    mood = f", {contact.sentiment}" if contact.sentiment else ""
    influence = f", influence {contact.influence} of 5" if contact.influence else ""
    return f"{title}{words.spoken(contact.role)}{influence}{mood}, last contact {words.day(contact.last_contact_on)}"


def _records(account: Account) -> Iterator[tuple[str, str | None]]:
    for ticket in open_tickets(account)[:MOST_OF_A_KIND]:
        number = words.plain(ticket.number, most=60)
        yield f"open ticket {number}", f"{ticket.priority.upper()}, {words.day(ticket.opened_on)}: {ticket.title}"
    for answer in account.surveys[:3]:
        comment = f": {answer.comment}" if answer.comment else ""
        yield f"survey of {words.day(answer.responded_on)}", f"{answer.score} of 10{comment}"
    for note in account.notes[:5]:
        yield f"note {note.id}", f"{note.kind}, {words.day(note.happened_on)}, {note.author_name}: {note.body}"
    for run in account.past_runs[:3]:
        outcome = words.spoken(run.outcome_code) if run.outcome_code else "no outcome"
        name = f"past run {words.plain(run.workflow_name, most=80)}, {words.day(run.finished_on)}"
        yield name, f"{words.spoken(run.status)}, {outcome}{f': {run.outcome_reason}' if run.outcome_reason else ''}"
