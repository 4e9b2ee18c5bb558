"""Which workflow is suggested for which customer, as an admin changes it for their company."""

from typing import Any

import pytest
from psycopg.types.json import Json

from lib.customers.signal_kinds import SIGNAL_KINDS
from lib.ui.settings.suggestion_rows import MOST_DEADLINE_POINTS, convert_points_to_days
from tests.database.factories import AccountFactory, fetch_rows, fetch_value, publish_workflow
from tests.database.rpc import assert_refused, call_rpc

STANDARD = "standard-renewal"
LARGE = "obsidian-black-renewal"
EXPANSION = "expansion-opportunity-for-obsidian-black"
PLAN = "complete-strategic-account-plan-for-obsidian-black"
STOCK_ORDER = [
    "executive-contact-lost", EXPANSION, LARGE, "executive-engagement-with-obsidian-black", STANDARD, PLAN,
]  # fmt: skip
UNREADABLE = "The suggestions cannot be read."


@pytest.fixture
def company(new_company):
    return new_company()


@pytest.fixture
def customer(company, sql, today):
    """A customer of the csm's whose notice deadline is near, with an ARR of 300,000."""
    account = AccountFactory(sql, company.id, company.csm.id, day=today)
    account.insert_contract(notice_in=30, seats=3000)
    return account


def rules_of(member) -> list[dict[str, Any]]:
    """The rules as they are saved: workflow, suggested or not, rule."""
    return [
        {key: each[key] for key in ("workflow_id", "is_suggested", "rule")}
        for each in call_rpc(member, "suggestion_rules")["rules"]
    ]


def with_rule(rules: list[dict[str, Any]], workflow_id: str, **changes: Any) -> list[dict[str, Any]]:
    return [each | (changes if each["workflow_id"] == workflow_id else {}) for each in rules]


def moved_first(rules: list[dict[str, Any]], workflow_id: str) -> list[dict[str, Any]]:
    return sorted(rules, key=lambda each: each["workflow_id"] != workflow_id)


def save(member, rules: Any, revision: int = 1) -> Any:
    return call_rpc(member, "save_suggestion_rules", p_rules=rules, p_revision=revision)


def preview(member, rules: Any) -> Any:
    return call_rpc(member, "preview_suggestion_rules", p_rules=rules)


def suggested(member) -> str | None:
    """What Today suggests for the one customer there is."""
    return call_rpc(member, "zen_dashboard")["items"][0]["workflow_id"]


def own_rows(sql, company) -> dict[str, int]:
    question = "select workflow_id, (rule ->> 'rank')::int as rank from public.suggestion_rules where company_id = %s"
    return {row["workflow_id"]: row["rank"] for row in fetch_rows(sql, question, company.id)}


def test_a_company_begins_with_the_rules_of_its_workflows(company):
    found = call_rpc(company.csm, "suggestion_rules")
    rules = [each for each in found["rules"] if each["workflow_id"] in STOCK_ORDER]
    assert [each["workflow_id"] for each in rules] == STOCK_ORDER
    assert [each["is_suggested"] for each in rules] == [True] * 5 + [False]
    assert rules[2]["rule"] == {"arr_from": 400_000, "deadline_points_from": 1} == rules[2]["definition_rule"]
    assert (rules[5]["rule"], rules[5]["is_suggested_by_definition"]) == ({}, False)
    assert found["revision"] == 1


def test_saving_what_is_there_changes_nothing(company, sql):
    save(company.admin, rules_of(company.admin))
    assert own_rows(sql, company) == {}


def test_a_changed_rule_decides_what_is_suggested_and_stock_stays(company, customer, sql, new_company):
    assert suggested(company.csm) == STANDARD
    stock = "select md5(array_agg(d.suggested_when order by id)::text) from public.workflow_definitions d"
    before = fetch_value(sql, f"{stock} where company_id is null")
    save(company.admin, with_rule(rules_of(company.admin), LARGE, rule={"arr_from": 300_000}))
    assert own_rows(sql, company) == {LARGE: 30}
    assert suggested(company.csm) == LARGE
    assert fetch_value(sql, f"{stock} where company_id is null") == before
    assert rules_of(new_company().admin)[2]["rule"]["arr_from"] == 400_000
    page = call_rpc(company.csm, "customer_page", p_customer_id=str(customer.id))
    assert page["suggested_workflow_id"] == LARGE


def test_a_workflow_is_switched_off_and_on_again(company, customer, sql):
    rules = rules_of(company.admin)
    save(company.admin, with_rule(rules, STANDARD, is_suggested=False))
    assert suggested(company.csm) is None
    assert rules_of(company.csm) == with_rule(rules, STANDARD, is_suggested=False)
    save(company.admin, rules, 2)
    assert suggested(company.csm) == STANDARD
    assert own_rows(sql, company) == {}, "what the definition says is not kept a second time"


def test_a_workflow_that_no_rule_suggested_can_be_suggested(company, customer):
    rules = with_rule(rules_of(company.admin), PLAN, is_suggested=True, rule={"arr_from": 300_000})
    save(company.admin, rules)
    assert suggested(company.csm) == STANDARD, "it stands after the one that always fits"
    save(company.admin, moved_first(rules, PLAN), 2)
    assert suggested(company.csm) == PLAN
    assert rules_of(company.csm)[0]["workflow_id"] == PLAN


def test_the_order_decides_between_rules_that_fit(company, customer, sql, today):
    save(company.admin, moved_first(rules_of(company.admin), STANDARD))
    assert [each["workflow_id"] for each in rules_of(company.csm)][:2] == [STANDARD, STOCK_ORDER[0]]
    assert own_rows(sql, company)[STANDARD] == 10
    AccountFactory(sql, company.id, company.csm.id, day=today).insert_contract(notice_in=30, seats=9000)
    assert preview(company.admin, rules_of(company.admin))["workflows"] == [
        {"name": "Standard renewal", "before": 2, "after": 2}
    ]


def test_a_companys_own_workflow_has_its_rule_changed(company, customer, sql):
    definition = publish_workflow(sql, company.id, "our-renewal")
    rule = {"rank": 1, "deadline_points_from": 10}
    sql.execute("update public.workflow_definitions set suggested_when = %s where id = %s", [Json(rule), definition])
    assert suggested(company.csm) == "our-renewal"
    rules = with_rule(rules_of(company.admin), "our-renewal", rule={"deadline_points_from": 39})
    save(company.admin, rules)
    assert suggested(company.csm) == STANDARD
    assert own_rows(sql, company) == {"our-renewal": 1}


def test_a_change_is_shown_before_it_is_saved_and_is_what_saving_does(company, customer, sql, today):
    AccountFactory(sql, company.id, company.csm.id, day=today).insert_contract(notice_in=40, seats=1)
    rules = with_rule(rules_of(company.admin), LARGE, rule={"arr_from": 300_000})
    seen = preview(company.manager, rules)
    assert (seen["customer_count"], seen["changed_count"]) == (2, 1)
    (change,) = seen["changed"]
    assert change["customer_id"] == str(customer.id)
    assert (change["workflow_before"], change["workflow_after"]) == ("Standard renewal", "Large account renewal")
    counts = {each["name"]: (each["before"], each["after"]) for each in seen["workflows"]}
    assert counts == {"Standard renewal": (2, 1), "Large account renewal": (0, 1)}
    assert own_rows(sql, company) == {}
    save(company.admin, rules)
    assert preview(company.admin, rules)["changed_count"] == 0


def test_the_preview_counts_customers_without_a_suggestion(company, customer):
    seen = preview(company.admin, with_rule(rules_of(company.admin), STANDARD, is_suggested=False))
    assert seen["changed"][0]["workflow_after"] is None
    assert seen["workflows"][-1] == {"name": None, "before": 0, "after": 1}


def test_every_change_is_in_the_history_with_before_and_after(company, sql):
    rules = rules_of(company.admin)
    save(company.admin, with_rule(rules, LARGE, rule={"arr_from": 300_000}))
    save(company.admin, with_rule(rules, LARGE, rule={"arr_from": 200_000}), 2)
    save(company.admin, rules, 3)
    question = """
        select operation, source, changed_by, before -> 'rule' ->> 'arr_from' as before,
          after -> 'rule' ->> 'arr_from' as after
        from public.row_changes where company_id = %s and table_name = 'suggestion_rules' order by number"""
    found = fetch_rows(sql, question, company.id)
    assert {(row["source"], row["changed_by"]) for row in found} == {("settings", company.admin.id)}
    assert [(row["operation"], row["before"], row["after"]) for row in found] == [
        ("insert", None, "300000"), ("update", "300000", "200000"), ("delete", "200000", None),
    ]  # fmt: skip
    shown = call_rpc(company.admin, "read_row_changes", p_table="suggestion_rules")["changes"]
    assert {each["label"] for each in shown} == {LARGE}, "an update names the workflow too"


def test_an_earlier_revision_is_a_conflict(company, sql):
    rules = rules_of(company.admin)
    save(company.admin, with_rule(rules, LARGE, is_suggested=False))
    with assert_refused("PT409", "Somebody else saved the settings meanwhile."):
        save(company.admin, with_rule(rules, STANDARD, is_suggested=False), 1)
    assert list(own_rows(sql, company)) == [LARGE]


def test_other_workflows_than_those_offered_are_a_conflict(company, sql):
    rules = rules_of(company.admin)
    publish_workflow(sql, company.id, "our-renewal")
    stranger = {"workflow_id": "no-such-workflow", "is_suggested": True, "rule": {}}
    for stale in (rules, rules_of(company.admin)[:-1], [*rules_of(company.admin), stranger]):
        for call in (save, preview):
            with assert_refused("PT409", "A workflow was published or archived meanwhile."):
                call(company.admin, stale)
    assert own_rows(sql, company) == {}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"arr_from": -1}, "Large account renewal: The ARR is a whole number below a trillion."),
        ({"arr_from": 10**12}, "The ARR is a whole number below a trillion."),
        ({"arr_from": "400000"}, "The ARR is a whole number below a trillion."),
        ({"arr_from": 1.5}, "The ARR is a whole number below a trillion."),
        ({"deadline_points_from": 41}, "Deadline points are whole numbers from 0 to 40."),
        ({"deadline_points_below": []}, "Deadline points are whole numbers from 0 to 40."),
        ({"deadline_points_from": 20, "deadline_points_below": 20}, "needs more days than"),
        ({"signals": []}, "Choose signals from the list."),
        ({"signals": ["rain"]}, "Choose signals from the list."),
        ({"signals": ["silence", "silence"]}, "Choose signals from the list."),
        ({"signals": {"silence": True}}, "Choose signals from the list."),
        ({"only_leading": 1}, "The rule cannot be read."),
        ({"segment": "smb"}, "The rule cannot be read."),
        ({"rank": 3}, UNREADABLE),
        ([], UNREADABLE),
        (None, UNREADABLE),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_in_words(company, sql, rule, words):
    for call in (save, preview):
        with assert_refused("PT400", words):
            call(company.admin, with_rule(rules_of(company.admin), LARGE, rule=rule))
    assert own_rows(sql, company) == {}


@pytest.mark.parametrize(
    "rules",
    [
        None, {}, [], [None], "x", 7, [{}], [{"workflow_id": LARGE, "is_suggested": True}],
        [{"workflow_id": LARGE, "is_suggested": "yes", "rule": {}}],
        [{"workflow_id": None, "is_suggested": True, "rule": {}}],
        [{"workflow_id": LARGE, "is_suggested": True, "rule": {}, "note": "x"}],
        [{"workflow_id": LARGE, "is_suggested": True, "rule": {}}] * 1001,
    ],
)  # fmt: skip
def test_a_list_that_is_none_is_refused(company, rules):
    for call in (save, preview):
        with assert_refused("PT400", UNREADABLE):
            call(company.admin, rules)


def test_a_rule_may_ask_for_each_signal_there_is(company):
    rules = with_rule(rules_of(company.admin), LARGE, rule={"signals": sorted(SIGNAL_KINDS)})
    save(company.admin, rules)
    assert rules_of(company.csm) == rules


def test_a_workflow_stands_once(company):
    rules = rules_of(company.admin)
    with assert_refused("PT400", "Each workflow stands once."):
        save(company.admin, [*rules, rules[0]])


def test_only_admins_save_and_only_leaders_try(company):
    rules = rules_of(company.csm)
    for member in (company.csm, company.manager):
        with assert_refused("PT403", "Only an admin can change the suggestions."):
            save(member, rules)
    with assert_refused("PT403", "Only a manager or an admin can try other suggestions."):
        preview(company.csm, rules)


@pytest.mark.parametrize("rule", [{"rank": 10**9}, {"rank": 1, "x": 1}, {"rank": 1, "signals": "all"}, {}])
def test_a_draft_holds_no_rule_that_cannot_be_read(company, sql, rule):
    draft = {"company_id": str(company.id), "author_id": str(company.csm.id), "workflow_id": "ours", "name": "Ours"}
    words = {"category": "renewal", "slide_sequence": ["greeting", "summary"], "suggested_when": rule}
    with assert_refused("23514"):
        company.csm.client.table("workflow_drafts").insert(draft | words).execute()


def test_days_of_a_rule_are_those_the_database_gives_its_points_for(sql):
    points = range(MOST_DEADLINE_POINTS + 1)
    days = [convert_points_to_days(each) for each in points]
    query = """select private.deadline_points(d.days, 1000, false) as points
      from unnest(%s::int[]) with ordinality d (days, number) order by d.number"""
    assert [row["points"] for row in fetch_rows(sql, query, days)] == list(points)
