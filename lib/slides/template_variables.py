"""Variables of templates. Each reads one value of the account, and leads to nothing else.

Adding one costs an entry here. Without data it is None and reads "no data".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from lib.customers.account_rankings import (
    count_open_tickets,
    find_most_important_departed_contact,
    find_weakest_health_part,
    list_open_tickets,
    list_unbought_product_modules,
)
from lib.customers.customer_record_kinds import RecordKind, count_all_records
from lib.customers.model import Account, Contact, Contract, UsageWeek
from lib.slides.answer_meanings import ANSWER_MEANINGS, ANSWER_PREFIX
from lib.text.format import join_names
from lib.text.local_time import format_time_zone

VariableValue = str | int | float | Decimal | date | bool | None


class VariableKind(StrEnum):
    """How a variable reads without a filter."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DAYS = "days"
    DATE = "date"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class TemplateVariable:
    """A variable. `meaning` is shown to authors of templates."""

    meaning: str
    kind: VariableKind
    read: Callable[[Account], VariableValue]


def _build_contract_variable(
    meaning: str, kind: VariableKind, read: Callable[[Contract], VariableValue]
) -> TemplateVariable:
    return TemplateVariable(
        meaning=meaning, kind=kind, read=lambda account: read(account.contract) if account.contract else None
    )


def _build_usage_variable(
    meaning: str, kind: VariableKind, read: Callable[[UsageWeek], VariableValue]
) -> TemplateVariable:
    return TemplateVariable(
        meaning=meaning, kind=kind, read=lambda account: read(account.latest_usage) if account.latest_usage else None
    )


def _build_contact_variables(who: str, find: Callable[[Account], Contact | None]) -> dict[str, TemplateVariable]:
    def build_contact_variable(
        meaning: str, kind: VariableKind, read: Callable[[Contact], VariableValue]
    ) -> TemplateVariable:
        def read_contact_of_account(account: Account) -> VariableValue:
            contact = find(account)
            return read(contact) if contact else None

        return TemplateVariable(meaning=f"{meaning} of the {who}", kind=kind, read=read_contact_of_account)

    return {
        "name": build_contact_variable("Name", VariableKind.TEXT, lambda contact: contact.name),
        "first_name": build_contact_variable(
            "First name", VariableKind.TEXT, lambda contact: contact.name.partition(" ")[0]
        ),
        "title": build_contact_variable("Job title", VariableKind.TEXT, lambda contact: contact.title),
        "sentiment": build_contact_variable("Sentiment", VariableKind.TEXT, lambda contact: contact.sentiment),
        "last_contact": build_contact_variable(
            "Day of the last contact", VariableKind.DATE, lambda contact: contact.last_contact_on
        ),
    }


def _build_all_contact_variables() -> dict[str, TemplateVariable]:
    found: dict[str, dict[str, TemplateVariable]] = {
        "sponsor": _build_contact_variables(
            "executive sponsor", lambda account: account.find_contact_by_role("executive_sponsor")
        ),
        "champion": _build_contact_variables("champion", lambda account: account.find_contact_by_role("champion")),
        "buyer": _build_contact_variables(
            "economic buyer", lambda account: account.find_contact_by_role("economic_buyer")
        ),
        "departed": _build_contact_variables(
            "person who left last and mattered most", find_most_important_departed_contact
        ),
    }
    return {f"{who}.{name}": variable for who, variables in found.items() for name, variable in variables.items()}


def _join_names_or_none(names: Iterable[str]) -> str | None:
    known = tuple(names)
    return join_names(known) if known else None


def _count_unused_seats(week: UsageWeek) -> int:
    return max(0, week.seats - week.active_users)


VARIABLES: Mapping[str, TemplateVariable] = MappingProxyType(
    {
        "today": TemplateVariable("Today", VariableKind.DATE, lambda account: account.today),
        "company.name": TemplateVariable("Our company", VariableKind.TEXT, lambda account: account.company_name),
        "person.name": TemplateVariable("The person working on the run", VariableKind.TEXT, lambda _: None),
        "customer.name": TemplateVariable("Customer", VariableKind.TEXT, lambda account: account.customer.name),
        "customer.industry": TemplateVariable("Industry", VariableKind.TEXT, lambda account: account.customer.industry),
        "customer.country": TemplateVariable("Country", VariableKind.TEXT, lambda account: account.customer.country),
        "customer.segment": TemplateVariable("Segment", VariableKind.TEXT, lambda account: account.customer.segment),
        "customer.since": TemplateVariable(
            "First day as a customer", VariableKind.DATE, lambda account: account.customer.customer_since
        ),
        "customer.summary": TemplateVariable(
            "What the customer uses us for", VariableKind.TEXT, lambda account: account.customer.summary
        ),
        "customer.competitor": TemplateVariable(
            "Competitor under evaluation", VariableKind.TEXT, lambda account: account.customer.competitor
        ),
        "customer.time_zone": TemplateVariable(
            "Time zone", VariableKind.TEXT, lambda account: format_time_zone(account.customer.time_zone)
        ),
        "owner.name": TemplateVariable("CSM who owns the account", VariableKind.TEXT, lambda a: a.customer.owner_name),
        "contract.arr": _build_contract_variable(
            "Annual recurring revenue", VariableKind.MONEY, lambda contract: contract.arr
        ),
        "contract.notice_deadline": _build_contract_variable(
            "Last day to act", VariableKind.DATE, lambda contract: contract.notice_deadline
        ),
        "contract.notice_days": _build_contract_variable(
            "Notice period", VariableKind.DAYS, lambda contract: contract.notice_days
        ),
        "contract.days_to_notice": TemplateVariable(
            "Days left to the notice deadline",
            VariableKind.DAYS,
            lambda account: account.days_to_notice,
        ),
        "contract.renewal_date": _build_contract_variable(
            "Renewal date", VariableKind.DATE, lambda contract: contract.ends_on
        ),
        "contract.days_to_renewal": TemplateVariable(
            "Days to the renewal date",
            VariableKind.DAYS,
            lambda account: (account.contract.ends_on - account.today).days if account.contract else None,
        ),
        "contract.start_date": _build_contract_variable(
            "First day of the term", VariableKind.DATE, lambda contract: contract.starts_on
        ),
        "contract.term_months": _build_contract_variable(
            "Term in months", VariableKind.NUMBER, lambda contract: contract.term_months
        ),
        "contract.seats": _build_contract_variable(
            "Seats bought", VariableKind.NUMBER, lambda contract: contract.seats
        ),
        "contract.price_per_seat": _build_contract_variable(
            "List price per seat and year", VariableKind.MONEY, lambda contract: contract.annual_price_per_seat
        ),
        "contract.discount": _build_contract_variable(
            "Discount today", VariableKind.PERCENT, lambda contract: contract.discount_percent
        ),
        "contract.uplift_cap": _build_contract_variable(
            "Uplift cap", VariableKind.PERCENT, lambda contract: contract.uplift_cap_percent
        ),
        "contract.auto_renews": _build_contract_variable(
            "Auto-renews", VariableKind.YES_NO, lambda contract: contract.auto_renews
        ),
        "contract.modules": _build_contract_variable(
            "Modules bought", VariableKind.TEXT, lambda contract: _join_names_or_none(contract.modules)
        ),
        "modules.not_bought": TemplateVariable(
            "Modules on the price list they do not have",
            VariableKind.TEXT,
            lambda account: _join_names_or_none(module.name for module in list_unbought_product_modules(account)),
        ),
        "usage.percent": _build_usage_variable(
            "Seats in use, 28 days", VariableKind.PERCENT, lambda week: round(100 * week.utilisation)
        ),
        "usage.active_users": _build_usage_variable(
            "Active users, 28 days", VariableKind.NUMBER, lambda week: week.active_users
        ),
        "usage.seats": _build_usage_variable("Seats when measured", VariableKind.NUMBER, lambda week: week.seats),
        "usage.unused_seats": _build_usage_variable("Unused seats", VariableKind.NUMBER, _count_unused_seats),
        "usage.logins": _build_usage_variable(
            "Sign-ins in the latest week", VariableKind.NUMBER, lambda week: week.logins
        ),
        "usage.week": _build_usage_variable(
            "Week of the latest figures", VariableKind.DATE, lambda week: week.week_starts_on
        ),
        "health.score": TemplateVariable("Health, 0-100", VariableKind.NUMBER, lambda account: account.health.score),
        "health.band": TemplateVariable("Health band", VariableKind.TEXT, lambda account: account.health.band),
        "health.weakest": TemplateVariable(
            "The health part that costs most points",
            VariableKind.TEXT,
            lambda account: part.sentence if (part := find_weakest_health_part(account)) else None,
        ),
        "priority.score": TemplateVariable(
            "Priority, 0-100", VariableKind.NUMBER, lambda account: account.priority.score
        ),
        "signals.strongest": TemplateVariable(
            "The strongest signal",
            VariableKind.TEXT,
            lambda account: max(account.signals, key=lambda s: s.points).sentence if account.signals else None,
        ),
        "signals.count": TemplateVariable(
            "Number of signals", VariableKind.NUMBER, lambda account: len(account.signals)
        ),
        "tickets.open": TemplateVariable("Open tickets", VariableKind.NUMBER, count_open_tickets),
        "tickets.p1_open": TemplateVariable(
            "Open P1 tickets", VariableKind.NUMBER, lambda account: len(list_open_tickets(account, "p1"))
        ),
        "survey.score": TemplateVariable(
            "Latest survey answer, 0-10",
            VariableKind.NUMBER,
            lambda account: account.surveys[0].score if account.surveys else None,
        ),
        "survey.answers": TemplateVariable(
            "Number of survey answers",
            VariableKind.NUMBER,
            lambda account: count_all_records(account, RecordKind.SURVEYS) or None,
        ),
        **_build_all_contact_variables(),
        **{
            ANSWER_PREFIX + name: TemplateVariable(f"{meaning}, as answered before", VariableKind.TEXT, lambda _: None)
            for name, meaning in ANSWER_MEANINGS.items()
        },
    }
)
