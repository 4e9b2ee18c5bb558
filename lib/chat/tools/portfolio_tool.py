from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from lib.chat.chat_context import ChatContext
from lib.chat.tools.tool_parameters import ReadOnlyTool, ToolParameters
from lib.customers.model import AT_RISK_BAND
from lib.customers.own_customers import OwnCustomer, OwnCustomerRepository
from lib.customers.signal_kinds import SignalKind
from lib.llm.tools import ToolOutput
from lib.text.format import format_count, format_date, format_money, format_relative_days
from lib.text.truncate import single_line

MAX_CUSTOMERS = 10
DAYS_AHEAD = 90
SIGNALS: Mapping[str, tuple[tuple[SignalKind, ...], str]] = {
    "contact left": (("sponsor_left", "champion_left"), "lost a sponsor or a champion"),
    "urgent ticket": (("p1_open",), "have an open P1 ticket"),
    "low usage": (("low_usage",), "use few of their seats"),
    "falling usage": (("usage_falling",), "use less than before"),
    "competitor": (("competitor",), "have a competitor on record"),
    "detractor": (("detractor",), "have an influential detractor"),
    "silence": (("silence",), "have not been spoken to for long"),
}
CONDITIONS = ("all", "at risk", "deadline", "largest", "unhealthiest", *SIGNALS)


class MyCustomersParameters(ToolParameters):
    condition: Literal[
        "all", "at risk", "deadline", "largest", "unhealthiest", "contact left", "urgent ticket", "low usage",
        "falling usage", "competitor", "detractor", "silence", "unknown",
    ]  # fmt: skip
    days: int | None = Field(default=None, ge=0, le=3650, description="Deadlines within so many days")


class MyCustomers(ReadOnlyTool):
    """Reads more than the run's customer: offered to the built-in assistant only, which repeats nothing to anybody."""

    name = "my_customers"
    description = "Which of the person's own customers have something in common, a row each."
    parameters = MyCustomersParameters

    def __init__(self, context: ChatContext, customers: OwnCustomerRepository) -> None:
        super().__init__(context)
        self._customers = customers

    def run(self, arguments: MyCustomersParameters) -> ToolOutput:
        if arguments.condition == "unknown":
            known = ", ".join(condition for condition in CONDITIONS if condition != "all")
            return ToolOutput(text=f"I cannot tell which of your customers that is. I can list them by: {known}.")
        mine = self._customers.fetch_own_customers()
        if arguments.condition == "deadline":
            return ToolOutput(text=self._list_deadlines(mine, arguments.days))
        if arguments.condition in SIGNALS:
            return ToolOutput(text=self._list_signal(mine, arguments.condition))
        ranked: Mapping[str, Callable[[Sequence[OwnCustomer]], str]] = {
            "all": self._count_all,
            "at risk": self._list_at_risk,
            "largest": self._rank_by_arr,
            "unhealthiest": self._rank_by_health,
        }
        return ToolOutput(text=ranked[arguments.condition](mine))

    def _count_all(self, mine: Sequence[OwnCustomer]) -> str:
        return f"You own {format_count(len(mine), 'active customer')}."

    def _list_at_risk(self, mine: Sequence[OwnCustomer]) -> str:
        found = [each for each in mine if each.health_band == AT_RISK_BAND]
        return _list_customers(found, "are at risk", lambda each: f"health {each.health_score} of 100")

    def _list_deadlines(self, mine: Sequence[OwnCustomer], days: int | None) -> str:
        """Those ahead of this customer's own deadline, or within `days`."""
        contract = self.account.contract
        limit, until = DAYS_AHEAD, f"in the next {DAYS_AHEAD} days"
        if days is not None:
            limit, until = days, f"in the next {format_count(days, 'day')}"
        elif contract is not None and contract.notice_deadline >= self.account.today:
            limit = (contract.notice_deadline - self.account.today).days - 1
            until = f"before {format_date(contract.notice_deadline)}"
        found = [each for each in mine if each.days_left is not None and 0 <= each.days_left <= limit]
        return _list_customers(found, f"have their notice deadline {until}", _format_deadline)

    def _list_signal(self, mine: Sequence[OwnCustomer], condition: str) -> str:
        kinds, what = SIGNALS[condition]
        others = [each for each in mine if each.id != self.account.customer.id]
        found = [each for each in others if each.signals.keys() & set(kinds)]
        return _list_customers(
            found, what, lambda each: next(each.signals[kind] for kind in kinds if kind in each.signals), noun="other"
        )

    def _rank_by_arr(self, mine: Sequence[OwnCustomer]) -> str:
        known = sorted((each for each in mine if each.arr), key=lambda each: -(each.arr or 0))
        return _list_ranked(known, "By ARR", lambda each: f"{format_money(each.arr)} a year")

    def _rank_by_health(self, mine: Sequence[OwnCustomer]) -> str:
        known = sorted(
            (each for each in mine if each.health_score is not None), key=lambda each: each.health_score or 0
        )
        return _list_ranked(known, "By health, lowest first", lambda each: f"{each.health_score} of 100")


def _format_deadline(customer: OwnCustomer) -> str:
    return f"{format_date(customer.notice_deadline)}, {format_relative_days(customer.days_left)}"


def _list_customers(
    found: Sequence[OwnCustomer], what: str, evidence: Callable[[OwnCustomer], str], *, noun: str = ""
) -> str:
    if not found:
        return f"None of your {noun + ' ' if noun else ''}customers {what}, as far as the records say."
    counted = format_count(len(found), f"{noun} customer".strip())
    return f"{counted} of yours {what}: {_join_rows(found, evidence)}."


def _list_ranked(found: Sequence[OwnCustomer], how: str, evidence: Callable[[OwnCustomer], str]) -> str:
    return f"{how}: {_join_rows(found[:3], evidence)}." if found else "There is no such figure on record: no data."


def _join_rows(found: Sequence[OwnCustomer], evidence: Callable[[OwnCustomer], str]) -> str:
    shown = [
        f"{single_line(each.name, max_length=120)} ({single_line(evidence(each), max_length=200).rstrip('.')})"
        for each in found[:MAX_CUSTOMERS]
    ]
    more = f"; and {len(found) - MAX_CUSTOMERS} more" if len(found) > MAX_CUSTOMERS else ""
    return "; ".join(shown) + more
