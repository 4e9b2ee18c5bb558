"""The codes and limits of a company: stock's, its own before them, and nobody else's."""

from lib.accounts.repository import AccountRepository
from lib.actions.handlers.escalate import RESPONSE_DAYS, SEVERITY_LABELS, Severity
from lib.actions.handlers.skip import SKIP_REASON_LABELS, SkipReason
from tests.database.factories import fetch_value
from tests.support.company_rules import STOCK_RULES


def rules_of(member):
    return AccountRepository(member.client).fetch_company_rules()


def test_stock_rules_are_those_the_tests_of_slides_use(company):
    assert rules_of(company.csm) == STOCK_RULES


def test_the_choices_of_the_dialogs_are_the_stock_codes():
    severities = {each.code: (each.label, each.response_days) for each in STOCK_RULES.severities}
    assert severities == {each.value: (SEVERITY_LABELS[each], RESPONSE_DAYS[each]) for each in Severity}
    reasons = {each.code: (each.label, each.needs_words) for each in STOCK_RULES.skip_reasons}
    assert reasons == {each.value: (SKIP_REASON_LABELS[each], each is SkipReason.OTHER) for each in SkipReason}


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
        insert into public.approval_bands (company_id, approver, up_to_percent, position) values
          (%(company)s, 'the team', 5, 1), (%(company)s, 'the board', null, 2)""",
        {"company": company.id},
    )
    bands = rules_of(company.csm).approval_bands
    assert [(band.approver, band.up_to_percent) for band in bands] == [("the team", 5), ("the board", None)]
    assert fetch_value(sql, "select private.csm_discount_limit(%s)", company.id) == 5


def test_the_rules_of_another_company_are_not_given(company, new_company, sql):
    other = new_company()
    sql.execute(
        "insert into public.skip_reasons (company_id, code, label, position) values (%s, 'secret', 'Theirs', 1)",
        [other.id],
    )
    given = company.csm.client.rpc("company_rules", {"p_company_id": str(other.id)}).execute().data
    assert "secret" not in {reason["code"] for reason in given["skip_reasons"]}
