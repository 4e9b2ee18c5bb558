"""Prices in the demo book: those of past runs are decided, and one of an open run waits for the manager."""

from tests.demo.conftest import Demo


def test_a_manager_meets_one_price_that_waits(demo: Demo) -> None:
    (row,) = demo.person("carol").rpc("inbox", {}).execute().data["price_approvals"]
    assert (row["customer_name"], row["requested_by_name"], row["name"]) == (
        "Orchard & Vale Insurance",
        "Alice Moreau",
        "Two years, 15% off",
    )
    assert (row["off_list_percent"], row["can_decide"]) == (15, True)
    assert [each["id"] for each in demo.person("alice").rpc("inbox", {}).execute().data["price_approvals"]] == [
        row["id"]
    ]
    assert demo.person("bob").rpc("inbox", {}).execute().data["price_approvals"] == []


def test_prices_of_past_runs_are_decided_before_today_and_not_by_whoever_asked(demo: Demo) -> None:
    past = "from price_approvals a join workflow_executions e on e.id = a.execution_id where e.ended_at is not null"
    assert demo.count(f"select count(*) {past}") > 0
    assert demo.count(f"select count(*) {past} and a.status <> 'approved'") == 0
    assert demo.count(f"select count(*) {past} and (a.decided_at >= now() or a.decided_at < a.created_at)") == 0
