"""Budgets of a calendar month: what a person and a company may use of the model, and what they used.

The database adds up; this says how full a budget is and how many tokens are left of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from lib.llm.events import TokenUsage
from lib.llm.model_settings import ModelPrice

WARNING_SHARE = Decimal("0.8")


class BudgetUnit(StrEnum):
    TOKENS = "tokens"
    USD = "usd"


class BudgetScope(StrEnum):
    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True, kw_only=True)
class ModelUse:
    """What was used of a model. `tokens_without_cost` are those of `tokens` whose price was not known."""

    tokens: int = 0
    usd: Decimal = Decimal(0)
    tokens_without_cost: int = 0

    def add(self, tokens: int, usd: Decimal | None) -> "ModelUse":
        return ModelUse(
            tokens=self.tokens + tokens,
            usd=self.usd + (usd or 0),
            tokens_without_cost=self.tokens_without_cost + (tokens if usd is None else 0),
        )


@dataclass(frozen=True, kw_only=True)
class BudgetLevel:
    """How much of a budget is used, in its unit."""

    scope: BudgetScope
    used: Decimal
    limit: Decimal

    @property
    def share(self) -> Decimal:
        """1 is all of it."""
        return self.used / self.limit

    @property
    def left(self) -> Decimal:
        return max(Decimal(0), self.limit - self.used)


@dataclass(frozen=True, kw_only=True)
class ModelBudget:
    """The budgets of a month with what was used of them; None: no limit, and nothing was added up.

    Tokens whose cost is not known count in dollars at the dearer of the model's two prices, so that a server that
    reports nothing is not free.
    """

    unit: BudgetUnit
    per_person: Decimal | None = None
    of_company: Decimal | None = None
    person_use: ModelUse | None = None
    company_use: ModelUse | None = None

    def add_use(self, usage: TokenUsage, tokens: int, usd: Decimal | None) -> "ModelBudget":
        """With an answer of the person added: the next question is measured without a request."""
        if not tokens and not usage.is_reported:
            return self
        return replace(
            self,
            person_use=self.person_use.add(tokens, usd) if self.person_use else None,
            company_use=self.company_use.add(tokens, usd) if self.company_use else None,
        )

    def find_fullest(self, price: ModelPrice | None) -> BudgetLevel | None:
        """The budget with the largest share used; None without one."""
        return max(self._list_levels(price), key=lambda level: level.share, default=None)

    def find_exhausted(self, price: ModelPrice | None) -> BudgetScope | None:
        """Whose budget is used up; None if the model may answer."""
        fullest = self.find_fullest(price)
        return fullest.scope if fullest and fullest.share >= 1 else None

    def count_tokens_left(self, price: ModelPrice | None) -> tuple[int, BudgetScope] | None:
        """The tokens that may still be used, and by whose budget; None where tokens cannot be counted."""
        levels = list(self._list_levels(price))
        dearest = _dearest_price(price)
        if self.unit is BudgetUnit.USD and not dearest:
            return (0, levels[0].scope) if (levels := [level for level in levels if level.share >= 1]) else None
        least = min(levels, key=lambda level: level.left, default=None)
        if least is None:
            return None
        return int(least.left if self.unit is BudgetUnit.TOKENS else least.left / dearest), least.scope

    def _list_levels(self, price: ModelPrice | None) -> Iterator[BudgetLevel]:
        for scope, limit, use in (
            (BudgetScope.PERSON, self.per_person, self.person_use),
            (BudgetScope.COMPANY, self.of_company, self.company_use),
        ):
            if limit is not None and use is not None:
                yield BudgetLevel(scope=scope, used=compute_use(use, self.unit, price), limit=limit)


def compute_use(use: ModelUse, unit: BudgetUnit, price: ModelPrice | None) -> Decimal:
    """What was used, in the unit of a budget."""
    if unit is BudgetUnit.TOKENS:
        return Decimal(use.tokens)
    return use.usd + use.tokens_without_cost * _dearest_price(price)


def _dearest_price(price: ModelPrice | None) -> Decimal:
    """USD of a token, read or written, whichever is more; 0 if it is not known."""
    return max(price.input, price.output) / 1_000_000 if price else Decimal(0)


BUILT_IN_GOES_ON = "The built-in assistant, written answers and actions still work."
EXHAUSTED_MESSAGES: dict[BudgetScope, str] = {
    BudgetScope.PERSON: "Your model budget for this month is used up, so no model is asked. " + BUILT_IN_GOES_ON,
    BudgetScope.COMPANY: "Your company's model budget for this month is used up, so no model is asked. "
    + BUILT_IN_GOES_ON,
}


def describe_budget_warning(budget: ModelBudget | None, price: ModelPrice | None) -> str | None:
    """A sentence once 80% of a budget are used; None before."""
    level = budget.find_fullest(price) if budget else None
    if level is None or level.share < WARNING_SHARE:
        return None
    if level.share >= 1:
        return EXHAUSTED_MESSAGES[level.scope]
    whose = "Your model budget" if level.scope is BudgetScope.PERSON else "Your company's model budget"
    share = int(level.share * 100)
    return f"{whose} for this month is {share}% used. At 100% the built-in assistant answers."
