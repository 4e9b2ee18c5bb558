"""When a company wants each workflow suggested. Each method of the repository is one request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row

SuggestionValues = Mapping[str, Any]
"""`workflow_id`, `is_suggested` and `rule`, as `save_suggestion_rules` takes them."""


@dataclass(frozen=True, kw_only=True)
class WorkflowSuggestion:
    """When a workflow is suggested, and when it would be by its definition.

    `rule` is a SuggestionRule as JSON without its rank, which is the place in the list.
    """

    workflow_id: str
    name: str
    category: str
    is_stock: bool
    is_suggested: bool
    rule: dict[str, Any]
    is_suggested_by_definition: bool
    definition_rule: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SuggestionRules:
    """The workflows a company offers, in the order they are suggested in, as of a revision of its settings."""

    revision: int
    rules: tuple[WorkflowSuggestion, ...]


@dataclass(frozen=True, kw_only=True)
class ChangedSuggestion:
    """A customer that would get another workflow suggested; None for no workflow."""

    customer_id: UUID
    customer_name: str
    workflow_before: str | None
    workflow_after: str | None


@dataclass(frozen=True, kw_only=True)
class SuggestionCount:
    """Customers a workflow is, and would be, suggested for; without a name those without a suggestion."""

    name: str | None
    before: int
    after: int


@dataclass(frozen=True, kw_only=True)
class SuggestionPreview:
    """What rules would change before they are saved. `changed` has at most 200 of `changed_count`."""

    customer_count: int
    changed_count: int
    changed: tuple[ChangedSuggestion, ...]
    workflows: tuple[SuggestionCount, ...]


class SuggestionRuleRepository:
    """Suggestion rules of the company of the client's token, with that person's rights."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_rules(self) -> SuggestionRules:
        return parse_row(SuggestionRules, execute_read(self._client.rpc("suggestion_rules", {})))

    def preview_rules(self, rules: Sequence[SuggestionValues]) -> SuggestionPreview:
        """What these rules would change, for managers and admins. Raises InvalidInput with all errors, Conflict."""
        arguments = {"p_rules": [dict(each) for each in rules]}
        return parse_row(SuggestionPreview, execute_read(self._client.rpc("preview_suggestion_rules", arguments)))

    def save_rules(self, rules: Sequence[SuggestionValues], *, revision: int) -> SuggestionRules:
        """Replace all of them, in this order, for admins. Raises InvalidInput with all errors, Conflict."""
        arguments = {"p_rules": [dict(each) for each in rules], "p_revision": revision}
        return parse_row(SuggestionRules, execute_write(self._client.rpc("save_suggestion_rules", arguments)))
