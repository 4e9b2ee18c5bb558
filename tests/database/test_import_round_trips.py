"""Whatever the book, the file and the edits between: taking an import back leaves the book as it was.

Rows somebody changed since are the exception, and each of them is named. Taking the undo back brings the import again.
"""

import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.database.factories import Sql, fetch_rows, insert_customer, insert_row
from tests.database.import_calls import StagedFile, operator_client
from tests.support.companies import Company

TABLES = (
    "customers",
    "contacts",
    "contracts",
    "usage_weeks",
    "tickets",
    "survey_responses",
    "notes",
    "modules",
    "external_ids",
    "pending_owners",
)
KINDS = ("customers", "contacts", "contracts", "usage_weeks", "tickets", "survey_responses", "notes", "modules")
DAY = date(2026, 6, 1)
Row = dict[str, Any]
Book = dict[tuple[str, uuid.UUID], Row]


def read_book(sql: Sql, company: Company) -> Book:
    """Every row of the company's book, without its stamps."""
    statement = (
        "select id, to_jsonb(t) - '{{revision,updated_at}}'::text[] as row from public.{} t where company_id = %s"
    )
    return {
        (table, row["id"]): row["row"]
        for table in TABLES
        for row in fetch_rows(sql, statement.format(table), company.id)
    }


class RandomCompany:
    """A company with a random book, which makes random files about it and edits rows at random."""

    def __init__(self, sql: Sql, operator: Any, chance: random.Random) -> None:
        self.sql, self.operator, self.chance = sql, operator, chance
        self.company = Company.create(sql, "Northwind Analytics")
        self.owner = self.company.manager.id
        for number in range(chance.randint(0, 6)):
            self._insert_account(number)

    def _insert_account(self, number: int) -> None:
        values = {"name": f"Customer {number}", "domain": self.chance.choice([None, f"c{number}.test"])}
        customer = insert_customer(self.sql, self.company.id, self.owner, **values)
        for kind in KINDS[1:-1]:
            for _ in range(self.chance.randint(0, 2)):
                values = self._columns(kind)
                with suppress(psycopg.errors.UniqueViolation):  # the same week or number twice
                    insert_row(self.sql, kind, company_id=self.company.id, customer_id=customer, **values)

    def _columns(self, kind: str) -> Row:
        author = {"author_id": self.owner} if kind == "notes" else {}
        return self.record_of(kind) | author

    def record_of(self, kind: str) -> Row:
        chance = self.chance
        day = (DAY + timedelta(weeks=chance.randint(0, 2))).isoformat()
        records: dict[str, Callable[[], Row]] = {
            "customers": lambda: {
                "name": f"Customer {chance.randint(0, 6)}",
                "segment": chance.choice(["smb", "mid"]),
                "customer_since": day,
                **chance.choice([{}, {"summary": f"Summary {chance.randint(0, 2)}"}]),
            },
            "contacts": lambda: {
                "name": f"Person {chance.randint(0, 3)}",
                "role": chance.choice(["user", "champion"]),
                **chance.choice([{}, {"email": f"p{chance.randint(0, 3)}@zen.test"}]),
            },
            "contracts": lambda: {
                "starts_on": day,
                "ends_on": "2027-07-01",
                "term_months": 12,
                "notice_days": 60,
                "auto_renews": True,
                "seats": chance.randint(1, 9),
                "annual_price_per_seat": "100.50",
            },
            "usage_weeks": lambda: {
                "week_starts_on": day,
                "active_users": chance.randint(0, 9),
                "seats": 9,
                "logins": 1,
                "key_actions": 1,
            },
            "tickets": lambda: {
                "number": f"T-{chance.randint(0, 6)}",
                "title": "Slow",
                "priority": chance.choice(["p1", "p3"]),
                "status": "open",
                "opened_on": day,
            },
            "survey_responses": lambda: {"score": chance.randint(0, 10), "responded_on": day},
            "notes": lambda: {"body": f"Note {chance.randint(0, 3)}", "happened_on": day},
            "modules": lambda: {"name": f"Module {chance.randint(0, 2)}", "annual_price_per_seat": "10"},
        }
        return records[kind]()

    def make_record(self, kind: str) -> Row:
        """A record of a file: also ids, owners and the customer it hangs on; of a flat file by kind."""
        if kind == "flat":
            return self._make_flat_record()
        chance, number = self.chance, self.chance.randint(0, 6)
        extras: Row = {} if chance.random() < 0.5 else {"external_id": f"x{chance.randint(0, 9)}"}
        if kind == "customers":
            extras |= chance.choice([{}, {"owner_email": f"o{number}@zen.test"}, {"domain": f"c{number}.test"}])
        elif kind != "modules":
            extras |= {"customer_name": f"Customer {number}"}
        if kind == "usage_weeks":
            extras.pop("external_id", None)
        return self.record_of(kind) | extras

    def _make_flat_record(self) -> Row:
        customer = self.make_record("customers")
        refers = {f"customer_{name}": customer[name] for name in ("name", "domain") if name in customer}
        parts = self.chance.sample(["contacts", "contracts"], self.chance.randint(0, 2))
        return {"customers": customer} | {part: self.make_record(part) | refers for part in parts}

    def bring_in_file(self) -> StagedFile:
        kind = self.chance.choice((*KINDS, "flat"))
        staged = StagedFile(sql=self.sql, operator=self.operator, who=self.company.manager, kind=kind)
        staged.stage(*(self.make_record(kind) for _ in range(self.chance.randint(1, 8)))).check()
        if set(staged.verdicts()) == {"refused"}:
            return staged
        return staged.decide().apply(most=self.chance.choice([1, 3, 1000]))

    def edit_rows(self, touched: set[tuple[str, uuid.UUID]]) -> set[tuple[str, uuid.UUID]]:
        """Change up to three rows, as people do, often some the import touched; returns which."""
        columns = {"customers": "summary", "contacts": "title", "tickets": "title", "notes": "body", "modules": "name"}
        rows = [key for key in read_book(self.sql, self.company) if key[0] in columns]
        if self.chance.random() < 0.6:
            rows = [key for key in rows if key in touched] or rows
        edited = set(self.chance.sample(rows, min(len(rows), self.chance.randint(0, 3))))
        for table, row_id in edited:
            text = f"Edited {uuid.uuid4()}"
            self.sql.execute(f"update public.{table} set {columns[table]} = %s where id = %s", [text, row_id])
        return edited


@pytest.fixture(scope="module")
def operator(stack):
    return operator_client(stack)


def find_promised_customer(key, *books):
    """The customer that a pending owner is promised: a promise is named by its customer."""
    rows = [book[key] for book in books if key in book and key[0] == "pending_owners"]
    return ("customers", uuid.UUID(str(rows[0]["customer_id"]))) if rows else None


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=False)
@given(chance=st.randoms(use_true_random=False))
def test_undo_leaves_the_book_as_it_was_but_for_rows_that_are_named(sql, operator, chance):
    made = RandomCompany(sql, operator, chance)
    made.bring_in_file()
    before = read_book(sql, made.company)
    staged = made.bring_in_file()
    if staged.status() != "applied":
        return
    imported = read_book(sql, made.company)
    touched = {key for key in before.keys() | imported.keys() if before.get(key) != imported.get(key)}
    edited = made.edit_rows(touched)
    event(f"{len(touched) > 0=}, {len(edited & touched) > 0=}")
    current = read_book(sql, made.company)
    named = {(row["table_name"], row["row_id"]) for row in staged.undo(most=chance.choice([1, 1000]))}
    after = read_book(sql, made.company)
    for key in before.keys() | current.keys() | after.keys():
        if key in touched:
            is_named = key in named or find_promised_customer(key, before, current) in named
            assert is_named or after.get(key) == before.get(key), key
        else:
            assert after.get(key) == current.get(key), key
    assert edited & touched <= named
    kept = {key for key in named if after.get(key) == current.get(key)}
    if not edited:
        assert kept == set()
        staged.undo()
        assert read_book(sql, made.company) == imported
