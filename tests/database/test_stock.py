"""Stock is everybody's: these tests look at what they did, and undo it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.database.factories import Sql, fetch_rows, fetch_value, insert_draft, insert_row

WORDS = {"name": "Test", "description": "For tests.", "category": "risk", "slide_sequence": ["greeting", "summary"]}
DEFINITION = (
    "select to_jsonb(d) from public.workflow_definitions d where workflow_id = 'test-flow' and company_id is null"
)


@pytest.fixture
def operator(sql: Sql) -> Iterator[Sql]:
    """The operator's role, undone afterwards."""
    with sql.transaction(force_rollback=True):
        sql.execute("set local role service_role")
        yield sql


def seed(operator: Sql, version: int = 1, **changes: Any) -> str:
    workflow = {"workflow_id": "test-flow", "version": version, "slide_contexts": {}} | WORDS | changes
    return fetch_value(operator, "select public.seed_stock_workflow(%s)", Jsonb(workflow))["action"]


def test_seeding_the_same_again_changes_nothing(operator):
    assert seed(operator) == "created"
    before = fetch_value(operator, DEFINITION)
    assert (before["status"], before["company_id"]) == ("published", None)
    assert seed(operator) == "unchanged"
    assert fetch_value(operator, DEFINITION) == before


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"description": "Other."},
        {"category": "renewal"},
        {"slide_sequence": ["greeting"]},
        {"slide_contexts": {"greeting": {"title": "Hello"}}},
    ],
)
def test_other_content_under_the_same_version_is_refused(operator, change):
    seed(operator)
    with pytest.raises(psycopg.Error, match="version 1 was already seeded with other content"):
        seed(operator, **change)


def test_a_new_version_brings_the_definition_forward_an_older_one_does_not(operator):
    seed(operator)
    assert seed(operator, 3, name="Third") == "updated"
    assert seed(operator, 2, name="Second") == "updated"
    assert fetch_value(operator, DEFINITION)["name"] == "Third"
    assert seed(operator, 1) == "unchanged"
    assert fetch_value(operator, DEFINITION)["name"] == "Third"


def test_cleaning_up_removes_what_nobody_used_with_its_branches(operator):
    seed(operator)
    definition = fetch_value(operator, DEFINITION)["id"]
    branch = {"slide_id": "greeting", "branch_key": "why", "branch_type": "fixed", "label": "Why?", "status": "draft"}
    insert_row(operator, "workflow_chat_branches", definition_id=definition, **branch)
    assert "test-flow" in fetch_value(operator, "select public.cleanup_stock_workflows()")["removed"]
    assert fetch_value(operator, DEFINITION) is None


def test_cleaning_up_archives_what_was_copied_and_seeding_brings_it_back(operator, books):
    seed(operator)
    stock = fetch_value(operator, DEFINITION)["id"]
    insert_row(
        operator, "workflow_definitions", **WORDS, workflow_id="our-copy", company_id=books.id, cloned_from=stock
    )
    assert "test-flow" in fetch_value(operator, "select public.cleanup_stock_workflows()")["archived"]
    assert fetch_value(operator, DEFINITION)["status"] == "archived"
    assert seed(operator) == "unchanged"
    assert fetch_value(operator, DEFINITION)["status"] == "published"


@pytest.fixture
def author(books):
    """Signed up before the transaction of the operator, who may not sign anybody up."""
    return books.csm.id


def test_cleaning_up_archives_what_a_draft_began_with(author, operator, books):
    seed(operator)
    stock = fetch_value(operator, DEFINITION)["id"]
    version = fetch_value(
        operator, "select id from public.workflow_definition_versions where definition_id = %s", stock
    )
    draft = insert_draft(operator, books.id, author, base_version_id=version)
    assert "test-flow" in fetch_value(operator, "select public.cleanup_stock_workflows()")["archived"]
    kept = fetch_value(operator, "select base_version_id from public.workflow_drafts where id = %s", draft)
    assert kept == version


def test_cleaning_up_touches_no_row_of_a_company(operator, books):
    # Other tests write rows of other companies meanwhile: those must still be there, these be the same.
    everybodys = "select id from public.workflow_definitions where company_id is not null"
    own = """
        select to_jsonb(d) from public.workflow_definitions d where company_id = %s
        union all select to_jsonb(v) from public.workflow_definition_versions v where company_id = %s"""
    insert_row(operator, "workflow_definitions", **WORDS, workflow_id="our-own", company_id=books.id)
    ids = {row["id"] for row in fetch_rows(operator, everybodys)}
    before = fetch_rows(operator, f"select * from ({own}) x order by x::text", books.id, books.id)
    operator.execute("select public.cleanup_stock_workflows()")
    assert before
    assert fetch_rows(operator, f"select * from ({own}) x order by x::text", books.id, books.id) == before
    assert ids <= {row["id"] for row in fetch_rows(operator, everybodys)}


def test_cleaning_up_archives_what_a_company_offers_branches_of_its_own_on(operator, books):
    seed(operator)
    stock = fetch_value(operator, DEFINITION)["id"]
    branch = {"slide_id": "greeting", "branch_key": "why", "branch_type": "fixed", "label": "Why?", "status": "draft"}
    insert_row(operator, "workflow_chat_branches", definition_id=stock, company_id=books.id, **branch)
    assert "test-flow" in fetch_value(operator, "select public.cleanup_stock_workflows()")["archived"]
