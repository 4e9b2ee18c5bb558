import json

import psycopg
import pytest
from psycopg.types.json import Jsonb

from lib.errors import InvalidInput
from lib.workflows.stock_branch_seed import read_stock_branches
from lib.workflows.stock_seed import read_stock_workflows
from tests.database.factories import fetch_rows, fetch_value
from tests.database.rpc import assert_refused, call_rpc

WORKFLOW = "standard-renewal"
FIXED = {"slide_id": "greeting", "branch_key": "why", "branch_type": "fixed", "label": "Why?", "response_text": "So."}


@pytest.fixture
def operator(sql):
    """What it writes is taken back afterwards."""
    with sql.transaction(force_rollback=True):
        sql.execute("set local role service_role")
        yield sql
        sql.execute("reset role")


def seed(operator, *branches):
    told = fetch_value(
        operator, "select public.seed_chat_branches(%s)", Jsonb({"workflow_id": WORKFLOW, "branches": branches})
    )
    return {name: count for name, count in told.items() if name != "workflow_id" and count}


def stands(operator):
    statement = """select b.branch_key, b.status, b.label, b.position from public.workflow_chat_branches b
                   join public.workflow_definitions d on d.id = b.definition_id
                   where d.workflow_id = %s and d.company_id is null and b.company_id is null
                     and b.status <> 'archived'"""
    return fetch_rows(operator, statement, WORKFLOW)


def test_every_stock_workflow_offers_all_four_kinds():
    files = read_stock_branches(read_stock_workflows())
    assert {file.workflow_id for file in files} == {workflow.workflow_id for workflow in read_stock_workflows()}
    for file in files:
        assert {branch.branch_type for branch in file.branches} == {"fixed", "llm", "rag", "saved_action"}
        assert any(branch.next_branch_key for branch in file.branches)


def test_the_database_becomes_what_the_file_says(operator):
    seed(operator)
    assert stands(operator) == []
    assert seed(operator, FIXED) == {"created": 1}
    assert seed(operator, FIXED) == {}
    assert seed(operator, FIXED | {"label": "Why so?"}) == {"updated": 1}
    second = FIXED | {"branch_key": "how", "next_branch_key": "why"}
    assert seed(operator, second, FIXED) == {"created": 1, "updated": 1}
    assert {row["branch_key"]: row["position"] for row in stands(operator)} == {"how": 1, "why": 2}
    assert seed(operator, FIXED) == {"updated": 1, "archived": 1}
    assert seed(operator, second, FIXED) == {"updated": 2}


def test_versions_of_stock_have_the_branches_of_the_file_on_their_slides(operator):
    seed(operator, FIXED, FIXED | {"slide_id": "pricing-strategy"})
    contents = """select v.chat_branches from public.workflow_definition_versions v
                  where v.workflow_id = %s and v.company_id is null order by v.version"""
    why = {key: value for key, value in FIXED.items() if key != "slide_id"}
    expected = {"greeting": [why], "pricing-strategy": [why]}
    assert [row["chat_branches"] for row in fetch_rows(operator, contents, WORKFLOW)] == [expected, expected]
    seed(operator, FIXED)
    assert [row["chat_branches"] for row in fetch_rows(operator, contents, WORKFLOW)] == [{"greeting": [why]}] * 2


@pytest.mark.parametrize(
    "wrong", [{"slide_id": "nowhere"}, {"next_branch_key": "nothing"}, {"saved_action": "Nothing"}]
)
def test_what_leads_nowhere_is_refused_and_named(operator, wrong):
    with pytest.raises(psycopg.Error, match="why"), operator.transaction():
        seed(operator, FIXED | wrong)


def test_nobody_signed_in_seeds(company, anyone):
    for who in (company.admin, anyone):
        with assert_refused("42501"):
            call_rpc(who, "seed_chat_branches", p={"workflow_id": WORKFLOW, "branches": []})


def test_a_file_is_checked_whole_before_anything_is_written(tmp_path):
    astray = [{"slide_id": "nowhere", "branch_key": "x"}, {"branch_key": "y", "next_branch_key": "z"}]
    broken = [FIXED, FIXED, *(FIXED | each for each in astray)]
    (tmp_path / f"{WORKFLOW}.json").write_text(json.dumps({"workflow_id": WORKFLOW, "branches": broken}))
    (tmp_path / "other.json").write_text(json.dumps({"workflow_id": "other", "branches": []}))
    (tmp_path / "torn.json").write_text("{")
    (tmp_path / "wrong.json").write_text(json.dumps({"workflow_id": "wrong", "branches": [{"branch_type": "fixed"}]}))
    with pytest.raises(InvalidInput) as caught:
        read_stock_branches(read_stock_workflows(), tmp_path)
    for word in ("more than once", "nowhere", "leads to z", "no such stock", "not valid JSON", "field required"):
        assert word in caught.value.message
