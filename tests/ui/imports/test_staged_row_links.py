"""A row of an import leads to the customer it is or hangs on, once there is one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lib.imports.model import StagedRow, Verdict
from lib.imports.record_kinds import ImportKind
from lib.ui.imports.staged_row_html import build_changed_row_html, build_new_row_html
from lib.ui.imports.staged_rows import find_customer_id

CUSTOMER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
APPLIED = datetime(2026, 11, 30, tzinfo=UTC)


def stage(kind: ImportKind, verdict: Verdict, **values: Any) -> StagedRow:
    return StagedRow(id="r", kind=kind, line=2, cells=(), verdict=verdict, **values)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (stage(ImportKind.CUSTOMERS, Verdict.CHANGED, row_id=CUSTOMER), CUSTOMER),
        (stage(ImportKind.CUSTOMERS, Verdict.NEW, row_id=CUSTOMER), None),
        (stage(ImportKind.CUSTOMERS, Verdict.NEW, row_id=CUSTOMER, applied_at=APPLIED), CUSTOMER),
        (stage(ImportKind.CONTRACTS, Verdict.CHANGED, row_id="k", record={"customer_id": CUSTOMER}), CUSTOMER),
        (stage(ImportKind.CONTRACTS, Verdict.NEW, record={"customer_id": CUSTOMER}), None),
        (stage(ImportKind.MODULES, Verdict.CHANGED, row_id="m"), None),
    ],
)
def test_a_row_is_about_a_customer_that_is_there(row: StagedRow, expected: str | None) -> None:
    assert find_customer_id(row) == expected


def test_the_name_is_a_link_and_stays_text_without_a_customer() -> None:
    link = f'<a class="zen-link" href="/customer?id={CUSTOMER}" target="_self">Bolt &amp; Co</a>'
    values = {"name": "Bolt & Co", "industry": "Studio"}
    assert link in build_new_row_html(2, "customers", values, CUSTOMER)
    assert link in build_changed_row_html(2, "customers", values, {"industry": ("Retail", "Studio")}, CUSTOMER)
    assert "<a" not in build_new_row_html(2, "customers", values)
