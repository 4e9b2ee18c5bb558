"""What the worker claims jobs with is the operator's alone."""

import uuid

import pytest

from tests.database.factories import fetch_value
from tests.database.rpc import assert_refused, call_rpc

CALLS = {
    "claim_job": {"p_worker": str(uuid.uuid4()), "p_names": ["send_mails"]},
    "finish_job": {"p_worker": str(uuid.uuid4()), "p_name": "send_mails", "p_pause": 0},
}


def test_a_job_is_one_workers_until_it_ends_it(sql, operator):
    first, second, job = str(uuid.uuid4()), str(uuid.uuid4()), f"test_{uuid.uuid4().hex[:8]}"
    claim = {"p_worker": first, "p_names": [job]}
    assert call_rpc(operator, "claim_job", **claim)["name"] == job
    other = call_rpc(operator, "claim_job", **claim | {"p_worker": second})
    assert (other["name"], 100 < other["seconds_until_due"] <= 120) == (None, True)
    end = {"p_name": job, "p_pause": 60, "p_error": "x" * 900}
    assert not call_rpc(operator, "finish_job", p_worker=second, **end)
    assert call_rpc(operator, "finish_job", p_worker=first, **end)
    waits = call_rpc(operator, "claim_job", **claim)
    assert (waits["name"], 50 < waits["seconds_until_due"] <= 60) == (None, True)
    stored = "select failures || ' ' || length(last_error) from private.worker_jobs where name = %s"
    assert fetch_value(sql, stored, job) == "1 500"
    sql.execute("delete from private.worker_jobs where name = %s", [job])


@pytest.mark.parametrize("function", CALLS)
def test_no_person_calls_what_is_the_workers(company, anyone, uninvited, function):
    for who in (company.admin, company.csm, anyone, uninvited):
        with assert_refused("42501"):
            call_rpc(who, function, **CALLS[function])
