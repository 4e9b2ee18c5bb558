from collections import Counter
from typing import Any

import pytest

from tests.demo.conftest import Demo


def board(demo: Demo, name: str) -> dict[str, Any]:
    answer: Any = demo.person(name).rpc("zen_dashboard", {}).execute().data
    assert isinstance(answer, dict)
    return answer


def all_that_waits(demo: Demo, name: str) -> list[dict[str, Any]]:
    more: Any = demo.person(name).rpc("today_more", {"p_most": 1000}).execute().data
    return [*board(demo, name)["items"], *more["items"]]


def bands(demo: Demo, name: str) -> Counter[str]:
    rows: Any = demo.person(name).rpc("customer_health", {}).execute().data
    return Counter(row["band"] for row in rows if row["band"])


def test_alice_has_what_is_overdue_first_then_the_customer_that_matters_most(demo: Demo) -> None:
    assert [(item["customer_name"], item["kind"], item["urgency"]) for item in board(demo, "alice")["items"]] == [
        ("Copperfield Studios", "run", "overdue"),
        ("Copperfield Studios", "follow_up", "overdue"),
        ("Fennimore Logistics", "customer", None),
    ]


def test_alice_has_three_different_things_and_a_renewal_first(demo: Demo) -> None:
    things = [item for item in all_that_waits(demo, "alice") if item["kind"] == "customer"][:3]
    assert [(thing["customer_name"], thing["workflow_id"]) for thing in things] == [
        ("Fennimore Logistics", "standard-renewal"),
        ("Halvorsen Shipyards", "executive-contact-lost"),
        ("Obsidian Black", "obsidian-black-renewal"),
    ]


def test_each_of_alices_things_says_why(demo: Demo) -> None:
    first, second, third = [item for item in all_that_waits(demo, "alice") if item["kind"] == "customer"][:3]
    # An amount has no sentence: the app writes it, in the company's currency.
    says = [[reason.get("sentence", "") for reason in thing["reasons"]] for thing in (first, second, third)]
    assert "The notice deadline is in" in says[0][0]
    assert any("left" in sentence and "no successor" in sentence for sentence in says[1])
    assert any("answered" in sentence for sentence in says[2])


def test_alice_has_runs_to_resume_and_something_done_this_week(demo: Demo) -> None:
    shown = board(demo, "alice")
    runs = [*shown["open_runs"], *(item["run"] for item in shown["items"] if item["kind"] == "run")]
    assert {run["status"] for run in runs} == {"active", "escalated"}
    assert len(runs) == 3
    assert all(0 < run["slides_done"] < run["slides"] for run in runs)
    assert shown["snoozed"] == 1
    assert shown["completed_this_week"] == 2


@pytest.mark.parametrize(("name", "customers"), [("bob", 25), ("erin", 9)])
def test_everybody_has_three_things_of_their_own(demo: Demo, name: str, customers: int) -> None:
    shown = board(demo, name)
    assert len(shown["items"]) == 3
    assert shown["customers"] == customers
    assert len({thing["customer_id"] for thing in shown["items"]}) == 3


@pytest.mark.parametrize(("name", "customers"), [("carol", 52), ("dan", 52), ("frank", 9)])
def test_leaders_have_what_waits_in_their_team(demo: Demo, name: str, customers: int) -> None:
    shown = board(demo, name)
    assert (shown["customers"], shown["team"]["customers"]) == (0, customers)
    kinds = [item["kind"] for item in all_that_waits(demo, name)]
    assert kinds
    assert set(kinds) <= {"escalation", "hand_back", "price", "stuck", "renewal"}
    order = ["escalation", "hand_back", "price", "stuck", "renewal"]
    assert kinds == sorted(kinds, key=order.index)


def test_carol_sees_what_is_stuck_and_whose_it_is(demo: Demo) -> None:
    (stuck,) = [item for item in all_that_waits(demo, "carol") if item["kind"] == "stuck"]
    assert (stuck["customer_name"], stuck["stuck"]["reason"]) == ("Copperfield Studios", "overdue")
    assert stuck["stuck"]["worker_name"] == "Alice Moreau"


def test_the_book_is_mostly_green_with_some_red(demo: Demo) -> None:
    found = bands(demo, "carol")
    share = {band: count / found.total() for band, count in found.items()}
    assert 0.55 <= share["green"] <= 0.65
    assert 0.20 <= share["yellow"] <= 0.30
    assert 0.10 <= share["red"] <= 0.15


def test_a_company_sees_nothing_of_the_other(demo: Demo) -> None:
    for table in ("customers", "notes", "workflow_executions", "workflow_chat_threads"):
        rows: Any = demo.person("frank").table(table).select("company_id").limit(5000).execute().data
        assert len({row["company_id"] for row in rows}) == 1, table


def test_health_contradicts_itself_where_the_story_says_so(demo: Demo) -> None:
    rows: Any = demo.person("carol").rpc("customer_health", {}).execute().data
    signals: Any = demo.person("carol").rpc("customer_signals", {}).execute().data
    band = {row["customer_id"]: row["band"] for row in rows}
    kinds = Counter((signal["kind"], band[signal["customer_id"]]) for signal in signals)
    assert kinds["sponsor_left", "green"] >= 1
    full = {signal["customer_id"] for signal in signals if signal["kind"] == "seats_full"}
    assert full & {signal["customer_id"] for signal in signals if signal["kind"] == "p1_open"}


def test_bob_has_what_came_back_on_his_list_with_the_reason_and_an_escalation(demo: Demo) -> None:
    shown = board(demo, "bob")
    first = shown["items"][1]
    assert (first["customer_name"], first["workflow_id"]) == ("Redfern Clinics", "standard-renewal")
    assert first["woke_because"].startswith("You planned this for ")
    assert first["snooze_reason"].startswith("Two of their clinics are moving.")
    team: Any = demo.person("carol").rpc("inbox", {"p_team": True}).execute().data
    seen = next(run for run in team["woken"] if run["id"] == first["execution_id"])
    assert seen["because"].startswith("Bob Lindqvist planned this for "), "she did not choose"
    assert [asked["customer_name"] for asked in shown["escalations"]] == ["Société Bellerive"]
    assert shown["snoozed"] == 1


def test_carol_is_asked_twice_once_she_said_she_has_it(demo: Demo) -> None:
    asked = {item["customer_name"]: item["escalation"] for item in board(demo, "carol")["items"] if item["escalation"]}
    assert set(asked) == {"Brightwater Utilities", "Société Bellerive"}
    assert asked["Brightwater Utilities"]["acknowledged_at"]
    assert not asked["Société Bellerive"]["is_overdue"]


def test_the_inbox_of_each_has_something_in_it(demo: Demo) -> None:
    found: Any = {
        name: demo.person(name).rpc("inbox", {}).execute().data["counts"] for name in ("alice", "bob", "carol")
    }
    assert [found["alice"][key] for key in ("snoozed", "by_me", "follow_ups", "notices")] == [1, 1, 3, 1]
    assert [found["bob"][key] for key in ("woken", "snoozed", "by_me", "follow_ups", "notices")] == [1, 1, 1, 2, 1]
    assert [found["carol"][key] for key in ("to_me", "notices")] == [2, 1]


def test_what_sleeps_until_a_signal_sleeps_through_the_week_the_book_stays_as_it_is(demo: Demo) -> None:
    due = (
        "select string_agg(c.name, ', ') from private.due_snoozes(now() + interval '6 days', null) d "
        "join workflow_executions e on e.id = d.execution_id join customers c on c.id = e.customer_id"
    )
    assert demo.sql.execute(due).fetchone() == ("Redfern Clinics",)


def test_what_answers_cost_is_known_for_some_and_said_to_be_unknown_for_others(demo: Demo) -> None:
    rows: Any = demo.person("carol").rpc("chat_usage", {"p_days": 30}).execute().data
    assert {row["person_name"] for row in rows} == {"Alice Moreau", "Bob Lindqvist"}
    assert sum(row["input_tokens"] or 0 for row in rows) > 10_000
    assert sum(float(row["cost_usd"] or 0) for row in rows) > 0
    assert any(row["not_reported"] for row in rows)
