"""Records found by meaning and by words, under the policies of whoever asks, and what is stored for it."""

from typing import Any

import psycopg
import pytest

from lib.db.client import Client
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.rpc import call_rpc
from tests.support.companies import Company

MODEL = "test-model"
SLOW, CALM = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


class Records:
    """A customer with two notes and a ticket, embedded by hand."""

    def __init__(self, sql: Sql, company: Company, operator: Client) -> None:
        self.sql, self.company, self.operator = sql, company, operator
        self.customer = str(insert_customer(sql, company.id, company.csm.id))
        self.slow = self.add_note("The export takes an hour.")
        self.calm = self.add_note("They had a quiet summer.")

    def add_note(self, body: str) -> str:
        return str(
            insert_row(
                self.sql,
                "notes",
                company_id=self.company.id,
                customer_id=self.customer,
                author_id=self.company.csm.id,
                body=body,
                happened_on="2026-11-02",
            )
        )

    def embed(self, record: str, *vectors: list[float], body: str | None = None, model: str = MODEL) -> int:
        said = body or fetch_value(self.sql, "select body from private.record_texts where record_id = %s", record)
        rows = [{"record_id": record, "body": said, "vectors": list(vectors)}]
        return int(call_rpc(self.operator, "store_passage_vectors", p_model=model, p_records=rows))

    def search(self, who: Any, terms: list[str], vector: list[float] | None = None, model: str = MODEL) -> Any:
        return call_rpc(
            who, "search_records", p_customer_id=self.customer, p_terms=terms, p_model=model, p_vector=vector
        )

    def count_vectors(self) -> int:
        return int(
            fetch_value(
                self.sql, "select count(*) from private.passage_vectors where customer_id = %s", [self.customer]
            )
        )


@pytest.fixture(scope="module")
def company(stack: Any, sql: Sql) -> Company:
    return Company.create(sql, "Passage Works")


@pytest.fixture
def has_vectors(sql: Sql) -> bool:
    return fetch_value(sql, "select private.vector_schema() is not null")


@pytest.fixture
def records(sql: Sql, company: Company, operator: Client) -> Records:
    made = Records(sql, company, operator)
    made.embed(made.slow, SLOW)
    made.embed(made.calm, CALM)
    return made


def list_similar(found: Any) -> list[tuple[str, float]]:
    return [(each["record_id"], round(each["similarity"], 3)) for each in found["similarities"]]


def test_the_extension_is_made_where_the_server_has_it(sql: Sql, has_vectors: bool) -> None:
    assert has_vectors == bool(fetch_rows(sql, "select 1 as a from pg_available_extensions where name = 'vector'"))


def test_the_passage_nearest_to_a_question_comes_first(records: Records, has_vectors: bool) -> None:
    found = records.search(records.company.csm, [], [0.8, 0.6, 0.0])
    assert list_similar(found) == ([(records.slow, 0.8), (records.calm, 0.6)] if has_vectors else [])
    assert {note["id"] for note in found["notes"]} == ({records.slow, records.calm} if has_vectors else set())


def test_words_find_records_without_a_vector(records: Records) -> None:
    assert [note["id"] for note in records.search(records.company.csm, ["export"])["notes"]] == [records.slow]


def test_without_the_extension_words_serve(records: Records) -> None:
    """As on the Postgres 15 and 17 of the tests, which have none: nothing is embedded, what has the words is found."""
    with records.sql.transaction(force_rollback=True):
        records.sql.execute(
            "create or replace function private.vector_schema() returns text language sql stable as 'select null::text'"
        )
        question = "select public.search_records(%s, '{export}', %s, '{1,0,0}') as found"
        records.sql.execute(
            "select set_config('request.jwt.claims', %s, true)", [f'{{"sub": "{records.company.csm.id}"}}']
        )
        found = fetch_value(records.sql, question, records.customer, MODEL)
        assert [note["id"] for note in found["notes"]] == [records.slow]
        assert found["similarities"] == []
        assert fetch_value(records.sql, "select public.list_unembedded_records(%s)", MODEL) == []


def test_vectors_of_another_model_or_size_are_not_compared(records: Records) -> None:
    assert list_similar(records.search(records.company.csm, [], SLOW, model="other")) == []
    assert list_similar(records.search(records.company.csm, [], [1.0, 0.0])) == []


def test_a_changed_record_has_no_vector_until_it_is_embedded_again(records: Records, has_vectors: bool) -> None:
    records.sql.execute("update notes set body = 'The import is quick.' where id = %s", [records.slow])
    assert [each for each, _ in list_similar(records.search(records.company.csm, [], SLOW))] == (
        [records.calm] if has_vectors else []
    )
    if has_vectors:
        waiting = list_waiting_until(records, records.slow)
        assert records.slow in waiting
        assert records.calm not in waiting


def list_waiting_until(records: Records, record_id: str) -> set[str]:
    """Ids of records without a vector, until `record_id` is among them: those of other tests may come first."""
    seen: set[str] = set()
    while record_id not in seen:
        waiting = call_rpc(records.operator, "list_unembedded_records", p_model=MODEL, p_most=500)
        seen |= {row["record_id"] for row in waiting}
        known = [{**row, "vectors": [[1.0]]} for row in waiting if row["record_id"] != record_id]
        if not known or not call_rpc(records.operator, "store_passage_vectors", p_model=MODEL, p_records=known):
            break
    return seen


def test_vectors_of_a_text_that_changed_meanwhile_are_not_stored(records: Records) -> None:
    assert records.embed(records.slow, SLOW, body="What it said before.") == 0


def test_another_model_replaces_what_the_first_one_made(records: Records) -> None:
    records.embed(records.slow, [0.0, 0.0, 1.0], [0.0, 1.0, 0.0], model="next-model")
    models = "select model, count(*) as n from private.passage_vectors where record_id = %s group by model"
    assert fetch_rows(records.sql, models, records.slow) == [{"model": "next-model", "n": 2}]


def test_no_vector_is_left_of_a_record_that_is_deleted_or_moved(records: Records) -> None:
    records.sql.execute("delete from notes where id = %s", [records.calm])
    assert records.count_vectors() == 1
    other = insert_customer(records.sql, records.company.id, records.company.csm.id)
    records.sql.execute("update notes set customer_id = %s where id = %s", [other, records.slow])
    assert records.count_vectors() == 0


@pytest.mark.parametrize("mode", ["pseudonymise", "remove"])
def test_no_vector_is_left_of_a_customer_that_is_erased(records: Records, mode: str) -> None:
    target = {"p_subject": "customer", "p_subject_id": records.customer, "p_mode": mode}
    call_rpc(records.company.manager, "erase_subject", **target, p_reason="Asked for by letter.")
    assert records.count_vectors() == 0


def test_no_vector_is_left_of_a_note_whose_contact_is_erased(records: Records) -> None:
    contact = insert_row(
        records.sql,
        "contacts",
        company_id=records.company.id,
        customer_id=records.customer,
        name="Ines Ortega",
        role="user",
    )
    named = records.add_note("Ines Ortega called.")
    records.embed(named, SLOW)
    target = {"p_subject": "contact", "p_subject_id": str(contact), "p_mode": "pseudonymise"}
    call_rpc(records.company.manager, "erase_subject", **target, p_reason="Asked for by letter.")
    left = "select record_id::text from private.passage_vectors where customer_id = %s"
    assert {row["record_id"] for row in fetch_rows(records.sql, left, records.customer)} == {records.slow, records.calm}


def test_after_a_merge_records_are_found_under_the_kept_customer_alone(records: Records) -> None:
    kept = str(insert_customer(records.sql, records.company.id, records.company.csm.id))
    ids = {"p_kept_id": kept, "p_removed_id": records.customer}
    call_rpc(records.company.manager, "merge_records", p_table="customers", **ids, p_taken=[])
    assert records.count_vectors() == 0
    arguments = {"p_terms": ["export"], "p_model": MODEL, "p_vector": SLOW}
    found = call_rpc(records.company.csm, "search_records", p_customer_id=kept, **arguments)
    assert [note["id"] for note in found["notes"]] == [records.slow]
    records.embed(records.slow, SLOW)
    found = call_rpc(records.company.csm, "search_records", p_customer_id=kept, **arguments)
    assert {each["record_id"] for each in found["similarities"]} <= {records.slow}
    assert records.search(records.company.csm, ["export"], SLOW)["notes"] == []


def test_another_company_finds_nothing(records: Records, strangers: Company) -> None:
    found = records.search(strangers.admin, ["export"], SLOW)
    assert (found["notes"], found["similarities"], found["counts"]) == ([], [], {})


def test_nobody_reads_or_writes_vectors(records: Records, anyone: Client) -> None:
    for who in (records.company.admin, anyone):
        for function, arguments in (
            ("list_unembedded_records", {"p_model": MODEL, "p_most": 5}),
            ("store_passage_vectors", {"p_model": MODEL, "p_records": []}),
        ):
            with pytest.raises(Exception, match=r"42501|permission|not allowed|access"):
                call_rpc(who, function, **arguments)
    with records.sql.transaction(force_rollback=True):
        records.sql.execute("set local role authenticated")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            records.sql.execute("select vector from private.passage_vectors")
