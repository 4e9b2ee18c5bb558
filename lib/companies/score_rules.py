"""Rules of the health and priority scores: read, tried with a back-test, saved. Each method is one request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from lib.db.client import Client
from lib.db.query_execution import execute_read, execute_write
from lib.db.row_parsing import parse_row

FEW_RUNS = 20
"""A back-test on fewer closed renewals says little."""


class ScoreKind(StrEnum):
    HEALTH = "health"
    PRIORITY = "priority"


@dataclass(frozen=True, kw_only=True)
class ScoreRule:
    """A version of the rules of health or priority, in the shape of the table `score_rules`."""

    version: int
    rules: dict[str, Any]
    is_stock: bool
    note: str | None
    created_by_name: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class ChangedCustomer:
    """A customer that other rules would move: green, yellow, red; or today, later."""

    customer_id: UUID
    customer_name: str
    score_before: int | None
    band_before: str | None
    score_after: int | None
    band_after: str | None


@dataclass(frozen=True, kw_only=True)
class BackTest:
    """Of `n` closed renewals with a score back then: lost ones, those flagged, and flagged ones that were kept."""

    n: int
    losses: int
    flagged_losses: int
    false_alarms: int

    @property
    def is_small_sample(self) -> bool:
        return self.n < FEW_RUNS


@dataclass(frozen=True, kw_only=True)
class RulePreview:
    """What rules would change before they are saved. `changed` has at most 200 of `changed_count`."""

    customer_count: int
    changed_count: int
    changed: tuple[ChangedCustomer, ...]
    bands_before: dict[str, int]
    bands_after: dict[str, int]
    days_ahead: int
    back_test_before: BackTest
    back_test_after: BackTest


class ScoreRuleRepository:
    """The score rules of the company of the client's token, with that person's rights."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def fetch_score_rules(self) -> Mapping[ScoreKind, ScoreRule]:
        rules = execute_read(self._client.rpc("score_rules", {}))
        return {kind: parse_row(ScoreRule, rules[kind]) for kind in ScoreKind}

    def preview_score_rules(self, kind: ScoreKind, rules: Mapping[str, Any]) -> RulePreview:
        """What these rules would change, for managers and admins. Raises InvalidInput with all errors."""
        arguments = {"p_kind": kind.value, "p_rules": dict(rules)}
        return parse_row(RulePreview, execute_read(self._client.rpc("preview_score_rules", arguments)))

    def save_score_rules(self, kind: ScoreKind, rules: Mapping[str, Any], *, note: str, version: int) -> ScoreRule:
        """A new version in place of `version`, for admins. Raises InvalidInput, Conflict if changed meanwhile."""
        arguments = {"p_kind": kind.value, "p_rules": dict(rules), "p_note": note, "p_version": version}
        return parse_row(ScoreRule, execute_write(self._client.rpc("save_score_rules", arguments)))
