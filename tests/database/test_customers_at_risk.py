"""A customer at risk is one whose health is red, by the company's rules, on every page."""

import re
from datetime import date

import pytest

from lib.forecasts.model import CATEGORY_LABELS
from tests.database.factories import AccountFactory
from tests.database.rpc import call_rpc
from tests.support.pages import REPOSITORY

ACTIVE_USERS = {"red": 5, "yellow": 40, "green": 95}
KNOWN_BANDS = re.compile(r"check \((health_)?band in \('green', 'yellow', 'red'\)\)")
BAND_COMPARED = re.compile(r"band\w*\s*(=|<>|in\s*\(|is (not )?distinct from)\s*[^;\n]*'(red|yellow|green)'")


@pytest.fixture
def company(new_company, sql):
    """Three customers of the CSM, 1,000 a year each in another band, and one of 100 without a score."""
    company = new_company()
    today = date.fromisoformat(call_rpc(company.csm, "book")["today"])
    for active in (*ACTIVE_USERS.values(), None):
        account = AccountFactory(sql, company.id, company.csm.id, day=today)
        account.insert_contract(notice_in=40, seats=1, annual_price_per_seat=1000 if active else 100)
        if active is not None:
            account.insert_usage(active)
    return company


def test_every_page_counts_the_same_customers_as_at_risk(company):
    book = call_rpc(company.csm, "book")
    bands = sorted(str(row["health_band"]) for row in book["rows"])
    assert {"red", "yellow", "green"} <= set(bands)
    red = bands.count("red")
    expected = (red, sum(row["arr"] for row in book["rows"] if row["health_band"] == "red"))
    assert (book["at_risk"], book["arr_at_risk"]) == expected
    assert call_rpc(company.csm, "book", p_filter={"bands": ["red"]})["total"] == red
    months = call_rpc(company.csm, "book_renewals")["months"]
    for side in ("deadlines", "ends"):
        counted = [month[side] for month in months if month[side]]
        assert (sum(each["at_risk"] for each in counted), sum(each["arr_at_risk"] for each in counted)) == expected
    members = call_rpc(company.manager, "team_overview")["members"]
    csm = next(each for each in members if each["id"] == str(company.csm.id))
    assert (csm["at_risk"], csm["arr_at_risk"]) == expected
    team = call_rpc(company.manager, "zen_dashboard")["team"]
    assert (team["at_risk"], team["arr_at_risk"]) == expected
    today = call_rpc(company.csm, "zen_dashboard")
    assert today["trend"][-1]["arr_at_risk"] == expected[1]
    assert sum(bar["arr"] for bar in today["renewals"] if bar["band"] == "red") == expected[1]


def test_no_migration_says_itself_which_band_is_at_risk():
    found = [
        f"{path.name}: {match.group(0)}"
        for path in sorted((REPOSITORY / "supabase/migrations").glob("*.sql"))
        for match in BAND_COMPARED.finditer(KNOWN_BANDS.sub("", path.read_text(encoding="utf-8")))
    ]
    assert found == [], "compare with private.at_risk_band()"


def test_no_call_on_a_renewal_is_named_at_risk_beside_the_health():
    assert "doubtful" in CATEGORY_LABELS
    assert not [label for name, label in CATEGORY_LABELS.items() if "risk" in f"{name} {label}".casefold()]
