import re
import statistics
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from lib.demo.archetypes import ARCHETYPES, CustomerStory
from lib.demo.customers import list_demo_customers
from lib.demo.demo_data import TABLES, DemoData, build_demo_data
from lib.demo.ids import build_person_placeholder
from lib.demo.people import DEMO_PEOPLE

DAY = date(2027, 3, 8)
CSMS = ("alice@larkfield.example", "bob@larkfield.example")
ADDRESS = re.compile(r"[\w.+-]+@([\w.-]+\w)")


@pytest.fixture(scope="module")
def book() -> DemoData:
    return build_demo_data(DAY)


def contracts_now(book: DemoData, email: str) -> dict[str, dict]:
    """The contract in force of each of a person's active customers."""
    mine = [row["id"] for row in book.tables["customers"] if row["owner_id"] == build_person_placeholder(email)]
    mine = [row["id"] for row in book.tables["customers"] if row["id"] in mine and row["status"] == "active"]
    latest = {}
    for row in sorted(book.tables["contracts"], key=lambda row: row["starts_on"]):
        if row["customer_id"] in mine and row["starts_on"] <= DAY.isoformat():
            latest[row["customer_id"]] = row
    return latest


def arr(contract: dict) -> int:
    return round(contract["seats"] * contract["annual_price_per_seat"] * (100 - contract["discount_percent"]) / 100)


def days_to_notice(contract: dict) -> int:
    return (date.fromisoformat(contract["ends_on"]) - DAY).days - contract["notice_days"]


def test_same_day_same_book(book: DemoData) -> None:
    assert build_demo_data(DAY).fingerprint == book.fingerprint


def test_a_week_later_everything_but_the_dates_is_the_same(book: DemoData) -> None:
    later = build_demo_data(DAY + timedelta(days=7))
    for table in ("tickets", "contacts", "notes", "workflow_step_executions"):
        assert [row["id"] for row in later.tables[table]] == [row["id"] for row in book.tables[table]]


def test_every_archetype_is_there() -> None:
    assert {client.story for client in list_demo_customers()} == set(CustomerStory) == set(ARCHETYPES)


def test_tables_are_loaded_in_the_order_they_refer_to_each_other(book: DemoData) -> None:
    assert tuple(book.tables) == TABLES


@pytest.mark.parametrize("email", CSMS)
def test_each_csm_has_about_two_million(book: DemoData, email: str) -> None:
    contracts = contracts_now(book, email)
    assert 24 <= len(contracts) <= 30
    assert 1_800_000 <= sum(map(arr, contracts.values())) <= 2_400_000


def test_the_neighbour_has_a_small_book(book: DemoData) -> None:
    assert 8 <= len(contracts_now(book, "erin@brindle.example")) <= 10


def test_obsidian_black_is_the_largest_and_alices(book: DemoData) -> None:
    amounts = {row["customer_id"]: arr(row) for email in CSMS for row in contracts_now(book, email).values()}
    largest = max(amounts, key=lambda customer: amounts[customer])
    row = next(row for row in book.tables["customers"] if row["id"] == largest)
    assert row["name"] == "Obsidian Black"
    assert row["owner_id"] == build_person_placeholder("alice@larkfield.example")
    assert amounts[largest] >= 400_000


@pytest.mark.parametrize("email", CSMS)
def test_deadlines_come_in_waves(book: DemoData, email: str) -> None:
    contracts = contracts_now(book, email).values()
    days = [days_to_notice(contract) for contract in contracts]
    overdue = [contract for contract in contracts if contract["ends_on"] < DAY.isoformat()]
    assert 2 <= sum(0 <= day <= 30 for day in days) <= 3
    assert 5 <= sum(31 <= day <= 90 for day in days) <= 6
    assert 5 <= sum(91 <= day <= 180 for day in days) <= 7
    assert len(overdue) == 1
    assert sum(day < 0 for day in days) - len(overdue) == 1


def test_terms_are_mostly_a_year(book: DemoData) -> None:
    terms = Counter(row["term_months"] for email in CSMS for row in contracts_now(book, email).values())
    assert 0.65 <= terms[12] / terms.total() <= 0.8
    assert terms[24] >= 4
    assert terms[36] >= 4


def test_26_weeks_of_usage_with_a_holiday_trough(book: DemoData) -> None:
    weeks = defaultdict(list)
    for row in book.tables["usage_weeks"]:
        weeks[row["customer_id"]].append(row["logins"])
    whole = [logins for logins in weeks.values() if len(logins) == 26]
    assert len(whole) > 50
    dips = [min(logins[7:9]) < 0.75 * statistics.mean(logins[3:7]) for logins in whole]
    assert sum(dips) / len(dips) > 0.9


def test_a_burst_of_tickets_is_followed_by_worse_answers() -> None:
    from lib.demo.customer_simulation import build_customer_timeline

    storm = build_customer_timeline(
        next(client for client in list_demo_customers() if client.story is CustomerStory.SUPPORT_STORM)
    )
    assert storm.mood[2] < storm.mood[12]


def test_contacts_are_four_to_twelve_and_one_left_without_a_successor(book: DemoData) -> None:
    sizes = Counter(row["customer_id"] for row in book.tables["contacts"])
    assert set(sizes.values()) <= set(range(4, 14))
    assert [row for row in book.tables["contacts"] if row["status"] == "left" and not row["replaced_by"]]
    assert [row for row in book.tables["contacts"] if row["status"] == "left" and row["replaced_by"]]
    assert [row for row in book.tables["contacts"] if row["status"] == "unknown"]


def test_some_data_is_missing_on_purpose(book: DemoData) -> None:
    everyone = {row["id"] for row in book.tables["customers"] if row["status"] == "active"}
    assert everyone - {row["customer_id"] for row in book.tables["usage_weeks"]}
    assert everyone - {row["customer_id"] for row in book.tables["survey_responses"]}


def test_the_survey_reads_like_one(book: DemoData) -> None:
    scores = defaultdict(list)
    for row in book.tables["survey_responses"]:
        scores[row["customer_id"]].append(row["score"])
    nps = [100 * (sum(s >= 9 for s in own) - sum(s <= 6 for s in own)) / len(own) for own in scores.values()]
    assert 25 <= statistics.median(nps) <= 47
    assert all(3 <= len(own) <= 13 for own in scores.values())


def test_answered_tickets_are_mostly_satisfied(book: DemoData) -> None:
    answers = [row["satisfied"] for row in book.tables["tickets"] if row["satisfied"] is not None]
    assert 0.77 <= sum(answers) / len(answers) <= 0.86


def test_some_notes_are_not_in_english(book: DemoData) -> None:
    letters = {letter for row in book.tables["notes"] for letter in row["body"]}
    assert letters >= {"ë", "Ł", "様", "ü"}


def test_notes_are_not_copies_of_each_other(book: DemoData) -> None:
    bodies = Counter(row["body"] for row in book.tables["notes"])
    assert max(bodies.values()) <= 3


def test_no_real_addresses(book: DemoData) -> None:
    written = " ".join(str(row) for rows in book.tables.values() for row in rows)
    found = {match[1] for match in ADDRESS.finditer(written + " ".join(person.email for person in DEMO_PEOPLE))}
    assert len(found) > 60
    assert [domain for domain in found if not domain.endswith(".example")] == []


def test_nothing_has_happened_today_or_later(book: DemoData) -> None:
    """Freshening counts on it: what lies after the day of the book was done by people."""
    moments = [
        value
        for rows in book.tables.values()
        for row in rows
        for name, value in row.items()
        if name.endswith("_at") and name != "until_at" and value
    ]
    assert max(moments) < DAY.isoformat()


def test_ids_are_unique(book: DemoData) -> None:
    ids = {table: [row["id"] for row in rows if "id" in row] for table, rows in book.tables.items()}
    assert sum(len(each) for each in ids.values()) > 1000
    assert [table for table, each in ids.items() if len(each) != len(set(each))] == []


def test_the_forecast_has_calls_of_both_levels_and_a_week_that_was_missed(book: DemoData) -> None:
    calls, snapshots = book.tables["forecast_calls"], book.tables["forecast_snapshots"]
    assert {row["level"] for row in calls} == {"csm", "leader"}
    assert {row["category"] for row in calls} >= {"commit", "likely", "doubtful"}
    weeks = sorted(date.fromisoformat(row["week_starts_on"]) for row in snapshots)
    assert (weeks[-1] - weeks[0]).days // 7 + 1 == len(weeks) + 1
    assert {row["snapshot_id"] for row in book.tables["forecast_snapshot_rows"]} == {row["id"] for row in snapshots}
