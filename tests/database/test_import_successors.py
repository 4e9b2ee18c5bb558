"""A contact's successor in the same file is linked, whichever row comes first."""

import pytest

from tests.database.factories import fetch_rows, insert_customer

CONTACT = {"customer_name": "Acme", "role": "champion", "title": "Lead"}
LEAVER = CONTACT | {
    "name": "Ann", "email": "ann@acme.test", "status": "left", "left_on": "2026-01-05",
    "replaced_by_email": "KIM@acme.test",
}  # fmt: skip
SUCCESSOR = CONTACT | {"name": "Kim", "email": "kim@acme.test", "status": "active"}


@pytest.fixture
def customer(company, sql):
    return insert_customer(sql, company.id, company.csm.id, name="Acme")


def successors(sql, company) -> dict[str, str | None]:
    rows = fetch_rows(
        sql,
        "select c.name, s.name as successor from public.contacts c left join public.contacts s on s.id = c.replaced_by"
        " where c.company_id = %s",
        company.id,
    )
    return {row["name"]: row["successor"] for row in rows}


@pytest.mark.parametrize("records", [(LEAVER, SUCCESSOR), (SUCCESSOR, LEAVER)])
@pytest.mark.parametrize("most", [1, 1000])
def test_a_successor_of_the_same_file_is_linked_and_unlinked_with_it(file, company, customer, sql, records, most):
    staged = file(kind="contacts").stage(*records).check().decide().apply(most=most)
    assert successors(sql, company) == {"Ann": "Kim", "Kim": None}
    assert staged.undo() == []
    assert successors(sql, company) == {}
    assert staged.undo() == []
    assert successors(sql, company) == {"Ann": "Kim", "Kim": None}


def test_the_same_file_again_changes_nothing(file, company, customer, sql):
    file(kind="contacts").bring_in(LEAVER, SUCCESSOR)
    counts = file(kind="contacts").stage(LEAVER, SUCCESSOR).check().counts()
    assert (counts["unchanged"], counts["changed"], counts["new"]) == (2, 0, 0)


def test_a_contact_that_was_there_gets_its_successor_back_at_the_undo(file, company, customer, sql):
    file(kind="contacts").bring_in({key: value for key, value in LEAVER.items() if key != "replaced_by_email"})
    staged = file(kind="contacts").bring_in(LEAVER, SUCCESSOR)
    assert successors(sql, company) == {"Ann": "Kim", "Kim": None}
    assert staged.undo() == []
    assert successors(sql, company) == {"Ann": None}


def test_a_successor_of_another_customer_is_none(file, company, customer, sql):
    insert_customer(sql, company.id, company.csm.id, name="Bolt")
    file(kind="contacts").bring_in(LEAVER, SUCCESSOR | {"customer_name": "Bolt"})
    assert successors(sql, company) == {"Ann": None, "Kim": None}
