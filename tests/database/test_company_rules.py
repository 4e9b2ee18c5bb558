"""The codes and limits of a company: stock's, its own before them, and nobody else's."""

from lib.actions.handler import build_rule_choices
from lib.customers.account_repository import AccountRepository
from tests.database.action_calls import escalate, skip
from tests.database.factories import fetch_value, work_every_day
from tests.database.rpc import assert_refused
from tests.support.company_rules import STOCK_RULES


def rules_of(member):
    return AccountRepository(member.client).fetch_company_rules()


def test_stock_rules_are_those_the_tests_of_slides_use(company):
    assert rules_of(company.csm) == STOCK_RULES


def test_the_choices_of_the_dialogs_are_the_companys_codes(company, sql):
    insert_own_codes(sql, company)
    choices = build_rule_choices(rules_of(company.csm))
    assert ("merger", "They merge") in {(each.value, each.label) for each in choices["skip_reasons"]}
    assert ("someday", "Some day") in {(each.value, each.label) for each in choices["severities"]}
    stock = build_rule_choices(STOCK_RULES)
    assert [each.value for each in stock["severities"]] == ["critical", "high", "medium", "low"]
    assert stock["skip_reasons"][-1].label == "Something else"


def test_a_companys_own_codes_are_accepted_and_another_companys_are_refused(company, new_company, sql, new_run):
    insert_own_codes(sql, company)
    work_every_day(sql, company.id)
    run, other = new_run(company), new_company()
    theirs = new_run(other)
    with assert_refused("PT400", "Say why, in your own words."):
        skip(company.csm, run, slide="greeting", reason="merger")
    skip(company.csm, run, slide="greeting", reason="merger", words="With Borealis.")
    escalate(company.csm, run, company.manager, severity="someday")
    days = "select extract(day from respond_by - created_at) from public.workflow_escalations where execution_id = %s"
    assert fetch_value(sql, days, run) == 60
    with assert_refused("PT400", "Choose a reason."):
        skip(other.csm, theirs, slide="greeting", reason="merger")
    with assert_refused("PT400", "Choose a severity."):
        escalate(other.csm, theirs, other.manager, severity="someday")


def insert_own_codes(sql, company):
    sql.execute(
        """
        insert into public.severities (company_id, code, label, response_days, position)
        values (%(company)s, 'someday', 'Some day', 60, 9);
        insert into public.skip_reasons (company_id, code, label, needs_words, position)
        values (%(company)s, 'merger', 'They merge', true, 0)""".replace("%(company)s", f"'{company.id}'")
    )


def test_a_companys_own_code_stands_before_the_stock_one_and_only_there(company, new_company, sql):
    sql.execute(
        """
        insert into public.severities (company_id, code, label, response_days, position) values
          (%(company)s, 'critical', 'Critical: today', 2, 1), (%(company)s, 'someday', 'Some day', 60, 9)""",
        {"company": company.id},
    )
    own = {severity.code: severity.response_days for severity in rules_of(company.csm).severities}
    assert own == {"critical": 2, "high": 2, "medium": 7, "low": 14, "someday": 60}
    assert rules_of(new_company().csm) == STOCK_RULES
    assert fetch_value(sql, "select extract(day from private.response_time(%s, 'critical'))", company.id) == 2


def test_a_companys_own_approval_bands_replace_all_of_stocks(company, sql):
    sql.execute(
        """
        insert into public.approval_bands (company_id, approver_role, approver_id, up_to_percent) values
          (%(company)s, 'csm', null, 5), (%(company)s, null, %(boss)s, 60)""",
        {"company": company.id, "boss": company.admin.id},
    )
    bands = rules_of(company.csm).approval_bands
    assert [(band.approver, band.up_to_percent) for band in bands] == [("CSM", 5), (company.admin.full_name, 60)]
    limits = [rules_of(who).own_discount_limit for who in (company.csm, company.manager, company.admin)]
    assert limits == [5, 5, 60]
    assert fetch_value(sql, "select private.csm_discount_limit(%s)", company.id) == 5


def test_the_rules_of_another_company_are_not_given(company, new_company, sql):
    other = new_company()
    sql.execute(
        "insert into public.skip_reasons (company_id, code, label, position) values (%s, 'secret', 'Theirs', 1)",
        [other.id],
    )
    given = company.csm.client.rpc("company_rules", {"p_company_id": str(other.id)}).execute().data
    assert "secret" not in {reason["code"] for reason in given["skip_reasons"]}
