"""A company begins by one function, which is the operator's alone."""

import uuid
from collections.abc import Callable

import pytest

from lib.companies.company_creation import create_company
from lib.db.client import Client
from lib.errors import Conflict
from tests.database.factories import Sql, fetch_value
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company, unused_email


@pytest.fixture
def name() -> str:
    return f"Northwind {uuid.uuid4()}"


def read_subject(sql: Sql, recipient: str) -> str:
    return fetch_value(sql, "select subject from private.outbox where recipient = %s", recipient)


def test_two_commands_at_once_make_one_company(operator: Client, sql: Sql, name: str) -> None:
    values = {"p_name": name, "p_admin_email": "admin-x@zen.test"}
    answers = run_concurrently([lambda: call_rpc(operator, "create_company", **values)] * 4)
    made = fetch_value(sql, "select count(*) from public.companies where name = %s", name)
    assert (answers.count("PT409"), made) == (3, 1)


def test_a_company_of_that_name_is_named_by_its_id(operator: Client, company: Company, sql: Sql) -> None:
    sql.execute("update public.companies set name = %s where id = %s", [f"Taken {company.id}", company.id])
    with pytest.raises(Conflict) as caught:
        create_company(operator, f"taken {company.id}", admin="ann@zen.test")
    assert caught.value.detail == {"company_id": str(company.id)}


def test_a_line_break_in_a_name_begins_no_header(operator: Client, sql: Sql, name: str) -> None:
    admin = f"admin-{unused_email()}"
    create_company(operator, f"{name}\r\nBcc: all@zen.test", admin=admin)
    assert read_subject(sql, admin) == f"{name} Bcc: all@zen.test begins in Zen"


def test_no_person_begins_a_company(company: Company, new_company: Callable[[], Company], name: str) -> None:
    for who in (company.admin, company.csm, new_company().admin):
        with assert_refused("42501"):
            call_rpc(who, "create_company", p_name=name, p_admin_email="ann@zen.test")
