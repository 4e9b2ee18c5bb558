"""The team as a leader reads it: what each member has, and why a run does not move."""

from datetime import date, timedelta

import pytest
from psycopg.types.json import Json

from tests.database.factories import AccountFactory, fetch_value, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company


@pytest.fixture
def team(new_company) -> Company:
    company = new_company()
    assert all((company.admin, company.manager, company.csm, company.other_csm))
    return company


@pytest.fixture
def today(team) -> date:
    return date.fromisoformat(call_rpc(team.manager, "team_overview")["today"])


@pytest.fixture
def start(sql, team, today):
    """Starts a run of a new customer of the CSM; the run's id."""

    def start_run(notice_in: int = 40) -> str:
        account = AccountFactory(sql, team.id, team.csm.id, day=today)
        account.insert_contract(notice_in=notice_in)
        begun = call_rpc(team.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=account.id)
        return str(begun["execution_id"])

    return start_run


def read_member(team, person=None) -> dict:
    read = call_rpc(team.manager, "team_overview")
    return next(each for each in read["members"] if each["id"] == str((person or team.csm).id))


def read_stuck(team) -> dict[str, dict]:
    return {each["execution_id"]: each for each in call_rpc(team.manager, "team_overview")["stuck_runs"]}


def test_a_member_is_shown_with_their_book(sql, team, today):
    for notice_in in (-5, 0, 90, 91):
        AccountFactory(sql, team.id, team.csm.id, day=today).insert_contract(notice_in=notice_in)
    seen = read_member(team)
    assert (seen["customers"], seen["arr"]) == (4, 40_000)
    assert (seen["renewals"], seen["arr_renewing"]) == (2, 20_000)
    assert read_member(team, team.other_csm)["customers"] == 0


def test_runs_count_for_whoever_works_on_them(team, start, sql):
    run = start()
    assert (read_member(team)["open_runs"], read_member(team)["overdue_runs"]) == (1, 0)
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, assigned_to = %s where id = %s",
        [team.other_csm.id, run],
    )
    assert read_member(team)["open_runs"] == 0
    assert read_member(team, team.other_csm)["open_runs"] == 1


@pytest.mark.parametrize(("due_in", "is_stuck"), [(0, False), (-1, True)])
def test_a_run_past_its_due_date_is_stuck(sql, team, start, today, due_in, is_stuck):
    run = start()
    due = today + timedelta(days=due_in)
    sql.execute("update public.workflow_executions set revision = revision + 1, due_on = %s where id = %s", [due, run])
    assert (run in read_stuck(team)) is is_stuck
    assert read_member(team)["overdue_runs"] == read_member(team)["stuck_runs"] == int(is_stuck)


@pytest.mark.parametrize(("days", "is_stuck"), [(13, False), (15, True)])
def test_a_run_nobody_touched_for_two_weeks_is_stuck(sql, team, start, days, is_stuck):
    run = start()
    sql.execute("alter table public.workflow_executions disable trigger user")
    sql.execute(
        "update public.workflow_executions set updated_at = now() - make_interval(days => %s) where id = %s",
        [days, run],
    )
    sql.execute("alter table public.workflow_executions enable trigger user")
    stuck = read_stuck(team).get(run)
    assert (stuck is not None) is is_stuck
    assert stuck is None or stuck["reason"] == "untouched"


def test_an_escalation_nobody_answered_in_time_is_the_first_reason(sql, team, start):
    run = start()
    customer = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, status = 'escalated',"
        " due_on = current_date - 3 where id = %s",
        [run],
    )
    escalation = insert_row(
        sql, "workflow_escalations", company_id=team.id, execution_id=run, customer_id=customer, raised_by=team.csm.id,
        assigned_to=team.manager.id, severity="high", ask="May we?", respond_by="2026-01-01",
    )  # fmt: skip
    stuck = read_stuck(team)[run]
    assert (stuck["reason"], stuck["about_name"]) == ("no_answer", team.manager.full_name)
    assert read_member(team, team.manager)["escalations"] == 1
    sql.execute("update public.workflow_escalations set acknowledged_at = now() where id = %s", [escalation])
    assert run not in read_stuck(team)


def test_a_snooze_beyond_the_notice_deadline_is_stuck(sql, team, start, today):
    within, beyond = start(notice_in=40), start(notice_in=20)
    for run in (within, beyond):
        customer = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)
        sql.execute(
            "update public.workflow_executions set revision = revision + 1, status = 'snoozed' where id = %s", [run]
        )
        insert_row(
            sql, "workflow_snoozes", company_id=team.id, execution_id=run, customer_id=customer,
            snoozed_by=team.csm.id, reason="Later", until_at=today + timedelta(days=30),
        )  # fmt: skip
    stuck = read_stuck(team)
    assert within not in stuck
    assert stuck[beyond]["reason"] == "snoozed_too_long"


@pytest.mark.parametrize(("hours", "is_stuck"), [(47, False), (49, True)])
def test_a_price_nobody_decided_for_two_days_is_stuck(sql, team, start, hours, is_stuck):
    run = start()
    insert_row(
        sql, "price_approvals", company_id=team.id, execution_id=run, requested_by=team.csm.id, subject="scenario",
        figures=Json({}), off_list_percent=15, total=85_000, list_total=100_000, approver_role="manager",
        created_at=fetch_value(sql, "select now() - %s * interval '1 hour'", hours),
    )  # fmt: skip
    assert [each["reason"] for each in read_stuck(team).values()] == ["approval_waits"] * is_stuck


def test_a_csm_and_a_stranger_are_refused(team, new_company):
    with assert_refused("PT403", "managers and admins"):
        call_rpc(team.csm, "team_overview")
    other = new_company()
    read = call_rpc(other.admin, "team_overview")
    assert {each["id"] for each in read["members"]} == {str(other.admin.id)}


def read_rows(who, figure, person=None, **page):
    return call_rpc(who, "team_rows", p_figure=figure, p_person_id=person and str(person.id), **page)


def test_the_rows_of_a_figure_are_as_many_as_it_counts(sql, team, start, today):
    runs = [start() for _ in range(4)]
    late, asleep, given, _ = runs
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, due_on = %s where id = %s",
        [today - timedelta(3), late],
    )
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, status = 'snoozed' where id = %s", [asleep]
    )
    sql.execute(
        "update public.workflow_executions set revision = revision + 1, assigned_to = %s where id = %s",
        [team.other_csm.id, given],
    )
    customer = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", late)
    insert_row(
        sql, "follow_ups", company_id=team.id, customer_id=customer, assigned_to=team.csm.id, created_by=team.csm.id,
        title="Call them", due_on=today - timedelta(1),
    )  # fmt: skip
    member = read_member(team)
    counts = {"open": "open_runs", "overdue": "overdue_runs", "snoozed": "snoozed_runs"}
    for figure, name in (*counts.items(), ("late_follow_ups", "late_follow_ups")):
        found = read_rows(team.manager, figure, team.csm)
        assert found["total"] == len(found["rows"]) == member[name] > 0, figure
        assert {row["person_name"] for row in found["rows"]} == {team.csm.full_name}
    (row,) = read_rows(team.manager, "overdue")["rows"]
    assert (row["execution_id"], row["day"], row["customer_id"]) == (late, str(today - timedelta(3)), str(customer))
    assert [row["title"] for row in read_rows(team.manager, "late_follow_ups")["rows"]] == ["Call them"]
    assert read_rows(team.manager, "open")["total"] == 4
    pages = [read_rows(team.manager, "open", p_most=1, p_first=first)["rows"] for first in range(5)]
    assert {row["execution_id"] for page in pages for row in page} == set(runs)


def test_only_leaders_read_rows_of_the_team_and_of_no_other_company(team, start, new_company):
    start()
    with assert_refused("PT403"):
        read_rows(team.csm, "open")
    assert read_rows(new_company("Brindle").manager, "open", team.csm) == {"total": 0, "rows": []}
    for figure in (None, "stuck", ""):
        with assert_refused("PT400"):
            read_rows(team.manager, figure)


def test_beyond_200_escalations_the_number_of_all_is_said(sql, team, start):
    run = start()
    customers = sql.execute(
        "insert into public.customers (company_id, owner_id, name, segment, customer_since) "
        "select %s, %s, 'Customer ' || n, 'smb', '2024-01-01' from generate_series(1, 201) n returning id",
        [team.id, team.csm.id],
    ).fetchall()
    ids = [row[0] for row in customers]
    sql.execute(
        "with runs as (insert into public.workflow_executions (company_id, customer_id, workflow_id, "
        "definition_version_id, owner_id, current_slide, status) select e.company_id, c.id, e.workflow_id, "
        "e.definition_version_id, e.owner_id, e.current_slide, 'escalated' from public.workflow_executions e "
        "cross join unnest(%s::uuid[]) c (id) where e.id = %s returning id, customer_id) "
        "insert into public.workflow_escalations (company_id, execution_id, customer_id, raised_by, assigned_to, "
        "severity, ask, respond_by) select %s, r.id, r.customer_id, %s, %s, 'high', 'May we?', now() from runs r",
        [ids, run, team.id, team.csm.id, team.manager.id],
    )
    found = call_rpc(team.manager, "team_overview")
    assert (len(found["escalations"]), found["escalation_count"]) == (200, 201)


def test_open_escalations_are_listed_the_first_answer_due_first(sql, team, start):
    for ask, due in (("Later", "2999-01-02"), ("Soon", "2999-01-01")):
        run = start()
        customer = fetch_value(sql, "select customer_id from public.workflow_executions where id = %s", run)
        sql.execute(
            "update public.workflow_executions set revision = revision + 1, status = 'escalated' where id = %s", [run]
        )
        insert_row(
            sql, "workflow_escalations", company_id=team.id, execution_id=run, customer_id=customer,
            raised_by=team.csm.id, assigned_to=team.manager.id, severity="high", ask=ask, respond_by=due,
        )  # fmt: skip
    found = call_rpc(team.manager, "team_overview")["escalations"]
    assert [each["ask"] for each in found] == ["Soon", "Later"]
    assert {each["assigned_to_id"] for each in found} == {str(team.manager.id)}
