"""The words a template may use. Each reads one thing about the account; there is no way from a word to anything else.

Adding one costs an entry here. A word that has nothing to say is None and reads "no data".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from lib.accounts.account_queries import (
    find_notable_departure,
    find_weakest_health_part,
    list_open_tickets,
    list_unbought_modules,
)
from lib.accounts.model import Account, Contact, Contract, UsageWeek
from lib.text.format import join_names

VariableValue = str | int | float | Decimal | date | bool | None


class VariableKind(StrEnum):
    """How a word reads when no filter says otherwise."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"
    YES_NO = "yes_no"


@dataclass(frozen=True, kw_only=True)
class TemplateVariable:
    """`meaning` is shown to whoever writes a template."""

    meaning: str
    kind: VariableKind
    read: Callable[[Account], VariableValue]


def _contract_variable(meaning: str, kind: VariableKind, read: Callable[[Contract], VariableValue]) -> TemplateVariable:
    return TemplateVariable(
        meaning=meaning, kind=kind, read=lambda account: read(account.contract) if account.contract else None
    )


def _usage_variable(meaning: str, kind: VariableKind, read: Callable[[UsageWeek], VariableValue]) -> TemplateVariable:
    return TemplateVariable(
        meaning=meaning, kind=kind, read=lambda account: read(account.latest_usage) if account.latest_usage else None
    )


def _contact_variables(who: str, find: Callable[[Account], Contact | None]) -> dict[str, TemplateVariable]:
    def about(meaning: str, kind: VariableKind, read: Callable[[Contact], VariableValue]) -> TemplateVariable:
        def of_account(account: Account) -> VariableValue:
            contact = find(account)
            return read(contact) if contact else None

        return TemplateVariable(meaning=f"{meaning} of the {who}", kind=kind, read=of_account)

    return {
        "name": about("Name", VariableKind.TEXT, lambda contact: contact.name),
        "first_name": about("First name", VariableKind.TEXT, lambda contact: contact.name.partition(" ")[0]),
        "title": about("Job title", VariableKind.TEXT, lambda contact: contact.title),
        "sentiment": about("Sentiment", VariableKind.TEXT, lambda contact: contact.sentiment),
        "last_contact": about("Day of the last contact", VariableKind.DATE, lambda contact: contact.last_contact_on),
    }


def _all_contact_variables() -> dict[str, TemplateVariable]:
    found: dict[str, dict[str, TemplateVariable]] = {
        "sponsor": _contact_variables("executive sponsor", lambda account: account.find_contact("executive_sponsor")),
        "champion": _contact_variables("champion", lambda account: account.find_contact("champion")),
        "buyer": _contact_variables("economic buyer", lambda account: account.find_contact("economic_buyer")),
        "departed": _contact_variables("person who left last and mattered most", find_notable_departure),
    }
    return {f"{who}.{what}": word for who, about in found.items() for what, word in about.items()}


def _join_names_or_none(names: Iterable[str]) -> str | None:
    known = tuple(names)
    return join_names(known) if known else None


def _count_unused_seats(week: UsageWeek) -> int:
    return max(0, week.seats - week.active_users)


VARIABLES: Mapping[str, TemplateVariable] = MappingProxyType(
    {
        "today": TemplateVariable(meaning="Today", kind=VariableKind.DATE, read=lambda account: account.today),
        "company.name": TemplateVariable(
            meaning="Our company", kind=VariableKind.TEXT, read=lambda account: account.company_name
        ),
        "person.name": TemplateVariable(
            meaning="Whoever is working on this", kind=VariableKind.TEXT, read=lambda _: None
        ),
        "customer.name": TemplateVariable(
            meaning="Customer", kind=VariableKind.TEXT, read=lambda account: account.customer.name
        ),
        "customer.industry": TemplateVariable(
            meaning="Industry", kind=VariableKind.TEXT, read=lambda account: account.customer.industry
        ),
        "customer.country": TemplateVariable(
            meaning="Country", kind=VariableKind.TEXT, read=lambda account: account.customer.country
        ),
        "customer.segment": TemplateVariable(
            meaning="Segment", kind=VariableKind.TEXT, read=lambda account: account.customer.segment
        ),
        "customer.since": TemplateVariable(
            meaning="First day as a customer",
            kind=VariableKind.DATE,
            read=lambda account: account.customer.customer_since,
        ),
        "customer.summary": TemplateVariable(
            meaning="What they use us for", kind=VariableKind.TEXT, read=lambda account: account.customer.summary
        ),
        "customer.competitor": TemplateVariable(
            meaning="Competitor under evaluation",
            kind=VariableKind.TEXT,
            read=lambda account: account.customer.competitor,
        ),
        "customer.time_zone": TemplateVariable(
            meaning="Time zone", kind=VariableKind.TEXT, read=lambda account: account.customer.time_zone
        ),
        "owner.name": TemplateVariable(
            meaning="CSM who owns the account", kind=VariableKind.TEXT, read=lambda a: a.customer.owner_name
        ),
        "contract.arr": _contract_variable(
            "Annual recurring revenue", VariableKind.MONEY, lambda contract: contract.arr
        ),
        "contract.notice_deadline": _contract_variable(
            "Last day to act", VariableKind.DATE, lambda contract: contract.notice_deadline
        ),
        "contract.notice_days": _contract_variable(
            "Notice period", VariableKind.DAYS, lambda contract: contract.notice_days
        ),
        "contract.days_to_notice": TemplateVariable(
            meaning="Days to the notice deadline, negative once passed",
            kind=VariableKind.DAYS,
            read=lambda account: account.days_to_notice,
        ),
        "contract.renewal_date": _contract_variable(
            "Renewal date", VariableKind.DATE, lambda contract: contract.ends_on
        ),
        "contract.days_to_renewal": TemplateVariable(
            meaning="Days to the renewal date",
            kind=VariableKind.DAYS,
            read=lambda account: (account.contract.ends_on - account.today).days if account.contract else None,
        ),
        "contract.start_date": _contract_variable(
            "First day of the term", VariableKind.DATE, lambda contract: contract.starts_on
        ),
        "contract.term_months": _contract_variable(
            "Term in months", VariableKind.NUMBER, lambda contract: contract.term_months
        ),
        "contract.seats": _contract_variable("Seats bought", VariableKind.NUMBER, lambda contract: contract.seats),
        "contract.price_per_seat": _contract_variable(
            "List price per seat and year", VariableKind.MONEY, lambda contract: contract.annual_price_per_seat
        ),
        "contract.discount": _contract_variable(
            "Discount today", VariableKind.PERCENT, lambda contract: contract.discount_percent
        ),
        "contract.uplift_cap": _contract_variable(
            "Most the price may rise", VariableKind.PERCENT, lambda contract: contract.uplift_cap_percent
        ),
        "contract.auto_renews": _contract_variable(
            "Renews by itself", VariableKind.YES_NO, lambda contract: contract.auto_renews
        ),
        "contract.modules": _contract_variable(
            "Modules bought", VariableKind.TEXT, lambda contract: _join_names_or_none(contract.modules)
        ),
        "modules.not_bought": TemplateVariable(
            meaning="Modules on the price list they do not have",
            kind=VariableKind.TEXT,
            read=lambda account: _join_names_or_none(module.name for module in list_unbought_modules(account)),
        ),
        "usage.percent": _usage_variable(
            "Seats in use, 28 days", VariableKind.PERCENT, lambda week: round(100 * week.utilisation)
        ),
        "usage.active_users": _usage_variable(
            "Active users, 28 days", VariableKind.NUMBER, lambda week: week.active_users
        ),
        "usage.seats": _usage_variable("Seats when measured", VariableKind.NUMBER, lambda week: week.seats),
        "usage.unused_seats": _usage_variable("Seats nobody uses", VariableKind.NUMBER, _count_unused_seats),
        "usage.logins": _usage_variable("Sign-ins in the latest week", VariableKind.NUMBER, lambda week: week.logins),
        "usage.week": _usage_variable(
            "Week of the latest figures", VariableKind.DATE, lambda week: week.week_starts_on
        ),
        "health.score": TemplateVariable(
            meaning="Health, 0-100", kind=VariableKind.NUMBER, read=lambda account: account.health.score
        ),
        "health.band": TemplateVariable(
            meaning="Health in a word", kind=VariableKind.TEXT, read=lambda account: account.health.band
        ),
        "health.weakest": TemplateVariable(
            meaning="The part of health that costs most",
            kind=VariableKind.TEXT,
            read=lambda account: part.sentence if (part := find_weakest_health_part(account)) else None,
        ),
        "priority.score": TemplateVariable(
            meaning="Priority, 0-100", kind=VariableKind.NUMBER, read=lambda account: account.priority.score
        ),
        "signals.strongest": TemplateVariable(
            meaning="The strongest signal",
            kind=VariableKind.TEXT,
            read=lambda account: max(account.signals, key=lambda s: s.points).sentence if account.signals else None,
        ),
        "signals.count": TemplateVariable(
            meaning="Number of signals", kind=VariableKind.NUMBER, read=lambda account: len(account.signals)
        ),
        "tickets.open": TemplateVariable(
            meaning="Open tickets", kind=VariableKind.NUMBER, read=lambda account: len(list_open_tickets(account))
        ),
        "tickets.p1_open": TemplateVariable(
            meaning="Open P1 tickets",
            kind=VariableKind.NUMBER,
            read=lambda account: len(list_open_tickets(account, "p1")),
        ),
        "survey.score": TemplateVariable(
            meaning="Latest survey answer, 0-10",
            kind=VariableKind.NUMBER,
            read=lambda account: account.surveys[0].score if account.surveys else None,
        ),
        "survey.answers": TemplateVariable(
            meaning="Number of survey answers",
            kind=VariableKind.NUMBER,
            read=lambda account: len(account.surveys) or None,
        ),
        **_all_contact_variables(),
    }
)


@dataclass(frozen=True)
class TemplateValues:
    """What the words say about one account: flat, frozen, and all a template ever sees."""

    values: Mapping[str, VariableValue]

    @classmethod
    def for_account(cls, account: Account, *, person_name: str | None = None) -> "TemplateValues":
        read = {name: word.read(account) for name, word in VARIABLES.items()}
        return cls(MappingProxyType(read | {"person.name": person_name}))


SAMPLE_OF_KIND: Mapping[VariableKind, VariableValue] = {
    VariableKind.TEXT: "text",
    VariableKind.NUMBER: 1,
    VariableKind.MONEY: 1,
    VariableKind.PERCENT: 1,
    VariableKind.DAYS: 1,
    VariableKind.DATE: date(2027, 1, 31),
    VariableKind.YES_NO: True,
}
SAMPLE_VALUES = TemplateValues({name: SAMPLE_OF_KIND[word.kind] for name, word in VARIABLES.items()})
"""A value for every word: what a template is tried against before anybody's account is."""
