"""Settings of a company, its limits and codes. Each method of the repository is one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from lib.companies.settings_previews import CodePreview, LimitPreview
from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row


@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day on which the company does not work."""

    day: date
    name: str


@dataclass(frozen=True, kw_only=True)
class CompanySettings:
    """`working_weekdays` are ISO numbers (Monday is 1); `chat_retention_days` is None to keep chats for good.

    Budgets of the model are for a calendar month in `time_zone`, in `model_budget_unit` (tokens, usd); None: no limit.
    """

    currency: str
    locale: str
    fiscal_year_start_month: int
    working_weekdays: tuple[int, ...]
    chat_retention_days: int | None
    holidays: tuple[Holiday, ...]
    revision: int
    time_zone: str = "UTC"
    model_budget_unit: str = "tokens"
    model_budget_per_person: Decimal | None = None
    model_budget_of_company: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class ModelUseOfCompany:
    """What a company used of the model this month. `tokens_without_cost` are those whose price was not known."""

    tokens: int
    usd: Decimal
    tokens_without_cost: int


class CompanySettingsRepository:
    """Settings, limits and codes of the company of the client's token, with that person's rights."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_settings(self) -> CompanySettings:
        return parse_row(CompanySettings, execute_read(self._client.rpc("company_settings", {})))

    def save_settings(self, values: Mapping[str, Any], *, revision: int) -> CompanySettings:
        """Replace all of them, for admins. Raises InvalidInput with all errors, Conflict if saved meanwhile."""
        arguments = {"p_settings": dict(values), "p_revision": revision}
        return parse_row(CompanySettings, execute_write(self._client.rpc("save_company_settings", arguments)))

    def save_model_budgets(self, budgets: Mapping[str, Any], *, revision: int) -> CompanySettings:
        """Set unit, per_person, of_company and time_zone, for admins. Raises InvalidInput with all errors, Conflict."""
        arguments = {"p_budgets": dict(budgets), "p_revision": revision}
        return parse_row(CompanySettings, execute_write(self._client.rpc("save_model_budgets", arguments)))

    def fetch_model_use(self) -> ModelUseOfCompany:
        """What the company used of the model this month, for admins."""
        return parse_row(ModelUseOfCompany, execute_read(self._client.rpc("model_use_of_company", {})))

    def save_limits(self, limits: Mapping[str, Any], *, revision: int) -> None:
        """Set approval limits of roles and persons, and severities, for admins. Raises InvalidInput, Conflict."""
        arguments = {"p_limits": dict(limits), "p_revision": revision}
        execute_write(self._client.rpc("save_company_limits", arguments))

    def preview_limits(self, limits: Mapping[str, Any]) -> LimitPreview:
        """What these limits would change, for managers and admins. Raises InvalidInput with all errors."""
        arguments = {"p_limits": dict(limits)}
        return parse_row(LimitPreview, execute_read(self._client.rpc("preview_company_limits", arguments)))

    def preview_codes(self, codes: Mapping[str, Any]) -> CodePreview:
        """What these reasons and outcomes would change, for managers and admins. Raises InvalidInput."""
        return parse_row(CodePreview, execute_read(self._client.rpc("preview_company_codes", {"p_codes": dict(codes)})))

    def save_codes(self, codes: Mapping[str, Any], *, revision: int) -> None:
        """Replace reasons and outcomes, for admins; one without a code is new. Raises InvalidInput, Conflict."""
        execute_write(self._client.rpc("save_company_codes", {"p_codes": dict(codes), "p_revision": revision}))
