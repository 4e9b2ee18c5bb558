"""What the worker claims jobs with is the operator's alone."""

import uuid

import pytest

from tests.database.rpc import assert_refused, call_rpc

CALLS = {
    "claim_job": {"p_worker": str(uuid.uuid4()), "p_names": ["send_mails"]},
    "finish_job": {"p_worker": str(uuid.uuid4()), "p_name": "send_mails", "p_pause": 0},
}


@pytest.mark.parametrize("function", CALLS)
def test_no_person_calls_what_is_the_workers(company, anyone, uninvited, function):
    for who in (company.admin, company.csm, anyone, uninvited):
        with assert_refused("42501"):
            call_rpc(who, function, **CALLS[function])
