"""Reasons to skip and outcomes as rows to edit, and as they are saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from lib.customers.company_codes_and_limits import CompanyRules

CodeRow = dict[str, Any]


@dataclass(kw_only=True, eq=False)
class EditedCode:
    """A row being edited. Its fields on the page are named by `id`, whatever row is removed above it."""

    values: CodeRow
    id: str = field(default_factory=lambda: uuid4().hex[:8])


def build_reasons_and_outcomes(rules: CompanyRules) -> dict[str, list[CodeRow]]:
    """Both lists as `save_company_codes` takes them."""
    return {
        "skip_reasons": [
            {
                "code": each.code,
                "label": each.label,
                "needs_words": each.needs_words,
                "is_archived": each.is_archived,
            }
            for each in rules.skip_reasons
        ],
        "outcome_codes": [
            {
                "code": each.code,
                "label": each.label,
                "categories": list(each.categories),
                "needs_amount": each.needs_amount,
                "needs_reason": each.needs_reason,
                "is_archived": each.is_archived,
            }
            for each in rules.outcome_codes
        ],
    }


def build_new_code_row(template: Mapping[str, Any], label: str = "") -> CodeRow:
    """A row without a code, which is given one when it is saved."""
    empty = {bool: False, list: []}
    return {key: empty.get(type(value)) for key, value in template.items()} | {"code": None, "label": label}
