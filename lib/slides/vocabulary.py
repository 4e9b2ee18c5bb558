"""The words a template may use. Each reads one thing about the account; there is no way from a word to anything else.

Adding one costs an entry here. A word that has nothing to say is None and reads "no data".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from lib.accounts.model import Account, Contact, Contract, UsageWeek
from lib.accounts.reading import modules_not_bought, notable_departure, open_tickets, weakest_part
from lib.slides import words

Value = str | int | float | Decimal | date | bool | None


class Kind(StrEnum):
    """How a word reads when no filter says otherwise."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"
    YES_NO = "yes_no"


@dataclass(frozen=True, kw_only=True)
class Word:
    """`meaning` is shown to whoever writes a template."""

    meaning: str
    kind: Kind
    read: Callable[[Account], Value]


def _contract(meaning: str, kind: Kind, read: Callable[[Contract], Value]) -> Word:
    return Word(meaning=meaning, kind=kind, read=lambda account: read(account.contract) if account.contract else None)


def _usage(meaning: str, kind: Kind, read: Callable[[UsageWeek], Value]) -> Word:
    return Word(
        meaning=meaning, kind=kind, read=lambda account: read(account.latest_usage) if account.latest_usage else None
    )


def _person(who: str, find: Callable[[Account], Contact | None]) -> dict[str, Word]:
    def about(meaning: str, kind: Kind, read: Callable[[Contact], Value]) -> Word:
        def of_account(account: Account) -> Value:
            contact = find(account)
            return read(contact) if contact else None

        return Word(meaning=f"{meaning} of the {who}", kind=kind, read=of_account)

    return {
        "name": about("Name", Kind.TEXT, lambda contact: contact.name),
        "title": about("Job title", Kind.TEXT, lambda contact: contact.title),
        "sentiment": about("Sentiment", Kind.TEXT, lambda contact: contact.sentiment),
        "last_contact": about("Day of the last contact", Kind.DATE, lambda contact: contact.last_contact_on),
    }


def _people() -> dict[str, Word]:
    found: dict[str, dict[str, Word]] = {
        "sponsor": _person("executive sponsor", lambda account: account.contact("executive_sponsor")),
        "champion": _person("champion", lambda account: account.contact("champion")),
        "buyer": _person("economic buyer", lambda account: account.contact("economic_buyer")),
        "departed": _person("person who left last and mattered most", notable_departure),
    }
    return {f"{who}.{what}": word for who, about in found.items() for what, word in about.items()}


def _names(names: Iterable[str]) -> str | None:
    known = tuple(names)
    return words.listed(known) if known else None


def _unused(week: UsageWeek) -> int:
    return max(0, week.seats - week.active_users)


WORDS: Mapping[str, Word] = MappingProxyType(
    {
        "today": Word(meaning="Today", kind=Kind.DATE, read=lambda account: account.today),
        "company.name": Word(meaning="Our company", kind=Kind.TEXT, read=lambda account: account.company_name),
        "person.name": Word(meaning="Whoever is working on this", kind=Kind.TEXT, read=lambda _: None),
        "customer.name": Word(meaning="Customer", kind=Kind.TEXT, read=lambda account: account.customer.name),
        "customer.industry": Word(meaning="Industry", kind=Kind.TEXT, read=lambda account: account.customer.industry),
        "customer.country": Word(meaning="Country", kind=Kind.TEXT, read=lambda account: account.customer.country),
        "customer.segment": Word(meaning="Segment", kind=Kind.TEXT, read=lambda account: account.customer.segment),
        "customer.since": Word(
            meaning="First day as a customer", kind=Kind.DATE, read=lambda account: account.customer.customer_since
        ),
        "customer.summary": Word(
            meaning="What they use us for", kind=Kind.TEXT, read=lambda account: account.customer.summary
        ),
        "customer.competitor": Word(
            meaning="Competitor under evaluation", kind=Kind.TEXT, read=lambda account: account.customer.competitor
        ),
        "customer.time_zone": Word(
            meaning="Time zone", kind=Kind.TEXT, read=lambda account: account.customer.time_zone
        ),
        "owner.name": Word(meaning="CSM who owns the account", kind=Kind.TEXT, read=lambda a: a.customer.owner_name),
        "contract.arr": _contract("Annual recurring revenue", Kind.MONEY, lambda contract: contract.arr),
        "contract.notice_deadline": _contract("Last day to act", Kind.DATE, lambda contract: contract.notice_deadline),
        "contract.notice_days": _contract("Notice period", Kind.DAYS, lambda contract: contract.notice_days),
        "contract.days_to_notice": Word(
            meaning="Days to the notice deadline, negative once passed",
            kind=Kind.DAYS,
            read=lambda account: account.days_to_notice,
        ),
        "contract.renewal_date": _contract("Renewal date", Kind.DATE, lambda contract: contract.ends_on),
        "contract.days_to_renewal": Word(
            meaning="Days to the renewal date",
            kind=Kind.DAYS,
            read=lambda account: (account.contract.ends_on - account.today).days if account.contract else None,
        ),
        "contract.start_date": _contract("First day of the term", Kind.DATE, lambda contract: contract.starts_on),
        "contract.term_months": _contract("Term in months", Kind.NUMBER, lambda contract: contract.term_months),
        "contract.seats": _contract("Seats bought", Kind.NUMBER, lambda contract: contract.seats),
        "contract.price_per_seat": _contract(
            "List price per seat and year", Kind.MONEY, lambda contract: contract.annual_price_per_seat
        ),
        "contract.discount": _contract("Discount today", Kind.PERCENT, lambda contract: contract.discount_percent),
        "contract.uplift_cap": _contract(
            "Most the price may rise", Kind.PERCENT, lambda contract: contract.uplift_cap_percent
        ),
        "contract.auto_renews": _contract("Renews by itself", Kind.YES_NO, lambda contract: contract.auto_renews),
        "contract.modules": _contract("Modules bought", Kind.TEXT, lambda contract: _names(contract.modules)),
        "modules.not_bought": Word(
            meaning="Modules on the price list they do not have",
            kind=Kind.TEXT,
            read=lambda account: _names(module.name for module in modules_not_bought(account)),
        ),
        "usage.percent": _usage("Seats in use, 28 days", Kind.PERCENT, lambda week: round(100 * week.utilisation)),
        "usage.active_users": _usage("Active users, 28 days", Kind.NUMBER, lambda week: week.active_users),
        "usage.seats": _usage("Seats when measured", Kind.NUMBER, lambda week: week.seats),
        "usage.unused_seats": _usage("Seats nobody uses", Kind.NUMBER, _unused),
        "usage.logins": _usage("Sign-ins in the latest week", Kind.NUMBER, lambda week: week.logins),
        "usage.week": _usage("Week of the latest figures", Kind.DATE, lambda week: week.week_starts_on),
        "health.score": Word(meaning="Health, 0-100", kind=Kind.NUMBER, read=lambda account: account.health.score),
        "health.band": Word(meaning="Health in a word", kind=Kind.TEXT, read=lambda account: account.health.band),
        "health.weakest": Word(
            meaning="The part of health that costs most",
            kind=Kind.TEXT,
            read=lambda account: part.sentence if (part := weakest_part(account)) else None,
        ),
        "priority.score": Word(
            meaning="Priority, 0-100", kind=Kind.NUMBER, read=lambda account: account.priority.score
        ),
        "signals.strongest": Word(
            meaning="The strongest signal",
            kind=Kind.TEXT,
            read=lambda account: max(account.signals, key=lambda s: s.points).sentence if account.signals else None,
        ),
        "signals.count": Word(meaning="Number of signals", kind=Kind.NUMBER, read=lambda account: len(account.signals)),
        "tickets.open": Word(meaning="Open tickets", kind=Kind.NUMBER, read=lambda account: len(open_tickets(account))),
        "tickets.p1_open": Word(
            meaning="Open P1 tickets", kind=Kind.NUMBER, read=lambda account: len(open_tickets(account, "p1"))
        ),
        "survey.score": Word(
            meaning="Latest survey answer, 0-10",
            kind=Kind.NUMBER,
            read=lambda account: account.surveys[0].score if account.surveys else None,
        ),
        "survey.answers": Word(
            meaning="Number of survey answers", kind=Kind.NUMBER, read=lambda account: len(account.surveys) or None
        ),
        **_people(),
    }
)


@dataclass(frozen=True)
class Vocabulary:
    """What the words say about one account: flat, frozen, and all a template ever sees."""

    values: Mapping[str, Value]

    @classmethod
    def of(cls, account: Account, *, person_name: str | None = None) -> "Vocabulary":
        read = {name: word.read(account) for name, word in WORDS.items()}
        return cls(MappingProxyType(read | {"person.name": person_name}))


SAMPLES: Mapping[Kind, Value] = {
    Kind.TEXT: "text",
    Kind.NUMBER: 1,
    Kind.MONEY: 1,
    Kind.PERCENT: 1,
    Kind.DAYS: 1,
    Kind.DATE: date(2027, 1, 31),
    Kind.YES_NO: True,
}
SAMPLE = Vocabulary({name: SAMPLES[word.kind] for name, word in WORDS.items()})
"""A value for every word: what a template is tried against before anybody's account is."""
