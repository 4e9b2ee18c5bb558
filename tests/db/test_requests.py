import json
import time
from typing import Any

import httpx
import pytest
from postgrest.exceptions import APIError
from pydantic import TypeAdapter

from lib.customers.model import Account
from lib.db.database_error_translation import OWN_CODES, translate_api_error
from lib.db.query_execution import execute_read, execute_update, execute_write
from lib.db.row_parsing import parse_row
from lib.errors import InvalidInput, NotPermitted, SignedOut, Unavailable, UnreadableData
from lib.retry_policy import ATTEMPTS
from tests.support.companies import Company
from tests.support.requests import break_supabase
from tests.support.sample_accounts import full_account


class FakeQuery:
    """Raises `errors` in turn, then answers with `data`."""

    def __init__(self, *errors: Exception, data: Any = "rows") -> None:
        self.errors = list(errors)
        self.data = data
        self.sent = 0

    def retry(self, enabled: bool) -> "FakeQuery":
        assert not enabled  # `lib.retry_policy` decides
        return self

    def execute(self) -> "FakeQuery":
        self.sent += 1
        if self.errors:
            raise self.errors.pop(0)
        return self


LOST = httpx.ConnectError("connection refused")


def test_a_read_is_sent_again_when_the_connection_fails() -> None:
    query = FakeQuery(LOST, LOST)
    assert execute_read(query) == "rows"
    assert query.sent == ATTEMPTS == 3


def test_a_read_gives_up_with_unavailable() -> None:
    query = FakeQuery(*[LOST] * 9)
    with pytest.raises(Unavailable, match="cannot reach its database"):
        execute_read(query)
    assert query.sent == ATTEMPTS


def test_a_write_is_sent_once() -> None:
    query = FakeQuery(LOST)
    with pytest.raises(Unavailable):
        execute_write(query)
    assert query.sent == 1


def test_a_page_is_not_kept_waiting_while_supabase_is_gone(company: Company) -> None:
    client = company.csm.client
    started_at = time.monotonic()
    with break_supabase(), pytest.raises(Unavailable):
        execute_read(client.table("profiles").select("id"))
    assert time.monotonic() - started_at < 3


def test_an_answer_of_the_database_is_never_sent_again() -> None:
    query = FakeQuery(APIError({"code": "42501", "message": "vendor text"}))
    with pytest.raises(NotPermitted, match="You don't have permission to do that"):
        execute_read(query)
    assert query.sent == 1


def test_an_update_that_changed_nothing_is_not_permitted() -> None:
    with pytest.raises(NotPermitted, match="Only its owner may"):
        execute_update(FakeQuery(data=[]), otherwise="Only its owner may.")
    assert execute_update(FakeQuery(data=[{"id": 1}]), otherwise="") == [{"id": 1}]


@pytest.mark.parametrize("code", OWN_CODES)
def test_errors_of_our_own_functions_keep_message_detail_and_hint(code: str) -> None:
    error = translate_api_error(
        APIError({"code": code, "message": "Someone saved it.", "details": '{"revision": 2}', "hint": "Look again."})
    )
    assert type(error) is OWN_CODES[code]
    assert (error.message, error.detail, error.hint) == ("Someone saved it.", {"revision": 2}, "Look again.")


@pytest.mark.parametrize("code", ["23505", "42501", "XX000", None])
def test_other_messages_of_the_database_stay_in_the_log(code: str | None) -> None:
    assert "vendor text" not in str(translate_api_error(APIError({"code": code, "message": "vendor text"})))


@pytest.mark.parametrize("code", ["42P01", "42883", "PGRST202", "PGRST205"])
def test_a_missing_table_or_function_asks_for_the_migrations(code: str) -> None:
    error = translate_api_error(APIError({"code": code, "message": "vendor text"}))
    assert isinstance(error, Unavailable)
    assert str(error) == (
        "The database does not have all tables and functions of this version of Zen. "
        "Its operator applies the migrations: docs/deploy.md."
    )


@pytest.mark.parametrize("code", ["22P05", "22003", "22021", "54000", "413"])
def test_a_value_that_cannot_be_stored_is_invalid_input(code: str) -> None:
    error = translate_api_error(APIError({"code": code, "message": "vendor text"}))
    assert isinstance(error, InvalidInput)
    assert "vendor text" not in str(error)


def test_a_token_that_is_refused_means_signed_out() -> None:
    assert isinstance(translate_api_error(APIError({"code": None, "message": "JWT expired"})), SignedOut)


@pytest.mark.parametrize("missing", ["rules", "outcome_codes"])
def test_an_account_without_the_rules_of_its_company_is_refused(missing: str) -> None:
    row = json.loads(TypeAdapter(Account).dump_json(full_account()))
    assert parse_row(Account, row).rules == full_account().rules
    del (row if missing == "rules" else row["rules"])[missing]
    with pytest.raises(UnreadableData) as caught:
        parse_row(Account, row)
    assert missing in caught.value.detail
