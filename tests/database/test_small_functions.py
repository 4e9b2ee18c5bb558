"""Functions that pages call with nothing to prepare: the people of one's company, a follow-up of one's own."""

import uuid

from lib.server.readiness import compute_migrations_digest
from tests.database.factories import fetch_rows, insert_customer
from tests.database.rpc import assert_refused, call_rpc


def test_colleagues_are_the_active_people_of_ones_company_by_name(company, strangers, sql):
    names = {company.csm.full_name, company.manager.full_name}
    sql.execute("update public.profiles set is_active = false where id = %s", [company.other_csm.id])
    assert strangers.csm
    found = call_rpc(company.csm, "colleagues")
    assert [person["full_name"] for person in found] == sorted(names)
    assert {person["role"] for person in found} == {"csm", "manager"}


def test_a_follow_up_of_ones_own_is_added_once(company, sql):
    customer, key = str(insert_customer(sql, company.id, company.csm.id)), str(uuid.uuid4())
    for _ in range(2):
        call_rpc(company.csm, "add_follow_up", p_customer_id=customer, p_title=" Call back ", p_id=key)
    rows = fetch_rows(sql, "select title, assigned_to from public.follow_ups where company_id = %s", company.id)
    assert rows == [{"title": "Call back", "assigned_to": company.csm.id}]
    with assert_refused("PT400", "Say what needs to be done."):
        call_rpc(company.csm, "add_follow_up", p_customer_id=customer, p_title=" ")


def test_anybody_reads_whether_the_migrations_are_those_of_this_version(anyone):
    assert call_rpc(anyone, "migrations_digest") == compute_migrations_digest()


def test_finished_runs_are_counted_and_none_is_shown_before_one_is_finished(company):
    shown = call_rpc(company.csm, "today_finished_runs", p_most=5)
    assert shown == {"completed_this_week": 0, "finished_runs": []}
