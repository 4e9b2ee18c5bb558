"""Versions of the rules of health and priority: who saves them, what they change, and what a preview says before."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc

HEALTH = {
    "weights": {"usage": 40, "engagement": 25, "support": 20, "voice": 15}, "green": 70, "yellow": 45, "segments": {},
}  # fmt: skip
PRIORITY = {"weights": {"arr": 30, "deadline": 40, "signals": 30}, "today_from": 40}


def weights(usage: int, engagement: int, support: int, voice: int) -> dict[str, Any]:
    return {"weights": {"usage": usage, "engagement": engagement, "support": support, "voice": voice}}


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def customer(company, sql, today) -> uuid.UUID:
    """Half of the seats used where 80% is the aim, a call today, no tickets, no answers: 25 + 25 + 20 of 85."""
    customer = insert_customer(sql, company.id, company.csm.id, customer_since=today - timedelta(days=700))
    of = {"company_id": company.id, "customer_id": customer}
    week = {"week_starts_on": today - timedelta(days=3), "active_users": 50, "seats": 100, "logins": 0}
    insert_row(sql, "usage_weeks", **of, **week, key_actions=0)
    insert_row(sql, "notes", **of, author_id=company.csm.id, kind="call", body="Well.", happened_on=today)
    return customer


def save(member, kind: str, rules: dict[str, Any], version: int = 1, note: str | None = None) -> dict[str, Any]:
    return call_rpc(member, "save_score_rules", p_kind=kind, p_rules=rules, p_note=note, p_version=version)


def health_of(member, customer, **version: int) -> dict[str, Any]:
    (health,) = call_rpc(member, "customer_health", among=[str(customer)], **version)
    return health


def test_a_company_begins_with_the_rules_of_stock(company):
    rules = call_rpc(company.csm, "score_rules")
    assert (rules["health"]["rules"], rules["priority"]["rules"]) == (HEALTH, PRIORITY)
    assert {(rule["version"], rule["is_stock"]) for rule in rules.values()} == {(1, True)}


def test_a_score_says_by_which_version_and_every_version_can_still_be_asked(company, customer):
    before = health_of(company.csm, customer)
    assert (before["score"], before["band"], before["rule_version"]) == (82, "green", 1)
    saved = save(company.admin, "health", HEALTH | weights(70, 10, 20, 0), note="Usage is what counts.")
    assert (saved["version"], saved["is_stock"], saved["note"]) == (2, False, "Usage is what counts.")
    assert saved["created_by_name"]
    after = health_of(company.csm, customer)
    assert (after["score"], after["band"], after["rule_version"]) == (74, "green", 2)
    assert [after[f"{part}_out_of"] for part in ("usage", "engagement", "support", "voice")] == [70, 10, 20, None]
    assert health_of(company.csm, customer, by_version=1) == before


def test_a_part_without_weight_is_left_out(company, customer):
    save(company.admin, "health", HEALTH | weights(100, 0, 0, 0))
    health = health_of(company.csm, customer)
    assert (health["score"], health["usage_points"], health["support_points"]) == (63, 63, None)
    account = call_rpc(company.csm, "customer_account", p_customer_id=str(customer))
    assert account["health"]["rule_version"] == 2


def test_a_segment_may_have_its_own_thresholds(company, customer, sql):
    save(company.admin, "health", HEALTH | {"segments": {"mid": {"green": 90, "yellow": 83}}})
    assert health_of(company.csm, customer)["band"] == "red"
    sql.execute("update public.customers set segment = 'smb' where id = %s", [customer])
    assert health_of(company.csm, customer)["band"] == "green"


def test_the_rules_of_a_company_are_its_own(company, customer, new_company, sql, today):
    save(company.admin, "health", HEALTH | {"green": 99, "yellow": 98})
    other = new_company()
    theirs = insert_customer(sql, other.id, other.csm.id, customer_since=today - timedelta(days=700))
    insert_row(
        sql, "notes", company_id=other.id, customer_id=theirs, author_id=other.csm.id, kind="call", body="Well.",
        happened_on=today,
    )  # fmt: skip
    assert health_of(other.csm, theirs)["rule_version"] == 1
    both = fetch_rows(sql, "select * from public.customer_health(among => %s)", [customer, theirs])
    assert {row["customer_id"]: row["rule_version"] for row in both} == {customer: 2, theirs: 1}


@pytest.mark.parametrize(
    ("kind", "wrong", "words"),
    [
        ("health", HEALTH | weights(40, 25, 20, 16), "add up to 101"),
        ("health", HEALTH | weights(140, -40, 0, 0), "from 0 to 100"),
        ("health", HEALTH | {"weights": {"usage": 100}}, "from 0 to 100"),
        ("health", HEALTH | {"weights": HEALTH["weights"] | {"mood": 0}}, "from 0 to 100"),
        ("health", HEALTH | {"weights": None}, "from 0 to 100"),
        ("health", HEALTH | weights(0, 0, 100, 0), "Support alone"),
        ("health", HEALTH | {"green": 45}, "above yellow"),
        ("health", HEALTH | {"yellow": "x"}, "above yellow"),
        ("health", HEALTH | {"segments": {"mid": {"green": 10, "yellow": 20}}}, "above yellow"),
        ("health", HEALTH | {"segments": {"huge": {"green": 20, "yellow": 10}}}, "cannot be read"),
        ("health", HEALTH | {"segments": {"mid": {"green": 60, "yellow": 40, "x": "y" * 900_000}}}, "nothing else"),
        ("health", HEALTH | {"segments": {"mid": "x" * 900_000}}, "nothing else"),
        ("health", HEALTH | {"segments": {"mid": None}}, "nothing else"),
        ("health", HEALTH | {"segments": []}, "cannot be read"),
        ("health", HEALTH | {"extra": 1}, "cannot be read"),
        ("priority", PRIORITY | {"padding": "x" * 900_000}, "cannot be read"),
        ("health", [], "cannot be read"),
        ("priority", PRIORITY | {"today_from": 0}, "between 1 and 100"),
        ("priority", PRIORITY | {"weights": {"arr": 30, "deadline": 40, "signals": 31}}, "add up to 101"),
        ("mood", PRIORITY, "Choose the rules"),
    ],
)
def test_rules_that_make_no_sense_are_refused_in_words(company, kind, wrong, words):
    for function, more in (("save_score_rules", {"p_note": None, "p_version": 1}), ("preview_score_rules", {})):
        with assert_refused("PT400", words):
            call_rpc(company.admin, function, p_kind=kind, p_rules=wrong, **more)


def test_only_an_admin_saves_and_only_leaders_try(company):
    for member in (company.csm, company.manager):
        with assert_refused("PT403", "Only an admin can change the rules."):
            save(member, "health", HEALTH)
    with assert_refused("PT403", "Only a manager or an admin can try other rules."):
        call_rpc(company.csm, "preview_score_rules", p_kind="health", p_rules=HEALTH)
    assert call_rpc(company.manager, "preview_score_rules", p_kind="health", p_rules=HEALTH)["changed_count"] == 0


def test_rules_that_somebody_else_changed_meanwhile_are_not_replaced(company):
    save(company.admin, "priority", PRIORITY | {"today_from": 50})
    with assert_refused("PT409", "Somebody else changed these rules meanwhile."):
        save(company.admin, "priority", PRIORITY | {"today_from": 60})


def test_a_new_version_is_in_the_history(company, sql):
    save(company.admin, "health", HEALTH | {"green": 80})
    (change,) = fetch_rows(
        sql, "select * from public.row_changes where company_id = %s and table_name = 'score_rules'", company.id
    )
    assert (change["operation"], change["changed_by"], change["source"]) == ("insert", company.admin.id, "settings")
    assert change["after"]["rules"]["green"] == 80


def test_weights_of_priority_and_the_line_of_today(company, customer, sql, today):
    terms = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 100, "annual_price_per_seat": 100}
    began, ends = today - timedelta(days=200), today + timedelta(days=90)
    insert_row(sql, "contracts", company_id=company.id, customer_id=customer, starts_on=began, ends_on=ends, **terms)
    (before,) = call_rpc(company.csm, "customer_priorities", among=[str(customer)])
    assert (before["score"], before["rule_version"], before["deadline_points"]) == (36, 1, 30)
    assert waiting(company) == set()
    save(company.admin, "priority", PRIORITY | {"weights": {"arr": 0, "deadline": 100, "signals": 0}})
    (after,) = call_rpc(company.csm, "customer_priorities", among=[str(customer)])
    assert (after["score"], after["rule_version"], after["deadline_points"]) == (75, 2, 30)
    assert sum(reason["points"] for reason in after["reasons"]) == 75
    assert waiting(company) == {str(customer)}
    save(company.admin, "priority", PRIORITY | {"today_from": 36}, version=2)
    assert waiting(company) == {str(customer)}
    save(company.admin, "priority", PRIORITY | {"today_from": 37}, version=3)
    assert waiting(company) == set()


def waiting(company) -> set[str]:
    today, more = call_rpc(company.csm, "zen_dashboard"), call_rpc(company.csm, "today_more")
    return {item["customer_id"] for item in [*today["items"], *more["items"]]}


def test_a_preview_names_who_changes_colour_and_saves_nothing(company, customer):
    preview = call_rpc(company.admin, "preview_score_rules", p_kind="health", p_rules=HEALTH | {"green": 90})
    (changed,) = preview["changed"]
    assert changed == {
        "customer_id": str(customer), "customer_name": "Acme", "score_before": 82, "band_before": "green",
        "score_after": 82, "band_after": "yellow",
    }  # fmt: skip
    assert (preview["customer_count"], preview["changed_count"]) == (1, 1)
    assert (preview["bands_before"], preview["bands_after"]) == ({"green": 1}, {"yellow": 1})
    assert call_rpc(company.admin, "score_rules")["health"]["version"] == 1


def insert_closed_renewal(sql, company, version: uuid.UUID, today, *, outcome: str, active: int) -> None:
    """A renewal that ended 30 days ago, of a customer with `active` of 100 seats in use sixty days before."""
    ended = today - timedelta(days=30)
    of = {"company_id": company.id, "customer_id": insert_customer(sql, company.id, company.csm.id)}
    week = {"week_starts_on": ended - timedelta(days=65), "active_users": active, "seats": 100, "logins": 0}
    insert_row(sql, "usage_weeks", **of, **week, key_actions=0)
    run = {"workflow_id": "renewal-run", "definition_version_id": version, "current_slide": "summary"}
    end = {
        "status": "completed",
        "outcome_code": outcome,
        "outcome_amount": 1,
        "outcome_reason": "So.",
        "ended_at": ended,
    }
    insert_row(sql, "workflow_executions", **of, **run, **end, owner_id=company.csm.id)
    if outcome == "churned":
        sql.execute("update public.customers set status = 'churned' where id = %s", [of["customer_id"]])


def test_a_back_test_says_what_rules_would_have_said_of_closed_renewals(company, sql, today):
    definition = publish_workflow(sql, company.id, "renewal-run", category="renewal")
    of_definition = "select id from public.workflow_definition_versions where definition_id = %s"
    version = fetch_value(sql, of_definition, definition)
    for outcome, active in (("churned", 0), ("churned", 30), ("renewed", 25), ("expanded", 80), ("no_decision", 0)):
        insert_closed_renewal(sql, company, version, today, outcome=outcome, active=active)
    strict = HEALTH | {"green": 99, "yellow": 60}
    preview = call_rpc(company.admin, "preview_score_rules", p_kind="health", p_rules=strict)
    assert preview["back_test_before"] == {"n": 4, "losses": 2, "flagged_losses": 1, "false_alarms": 0}
    assert preview["back_test_after"] == {"n": 4, "losses": 2, "flagged_losses": 2, "false_alarms": 1}
    assert preview["days_ahead"] == 60
    priority = call_rpc(company.admin, "preview_score_rules", p_kind="priority", p_rules=PRIORITY | {"today_from": 1})
    assert (priority["back_test_after"]["n"], priority["back_test_after"]["losses"]) == (4, 2)
