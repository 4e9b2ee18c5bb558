"""The operator's tool on a database of its own: cleaning up would take the stock from every other test."""

import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest

from lib import local
from lib.db.client import Client, create_http_pool
from lib.db.privileged_client import create_privileged_client
from lib.errors import Conflict, NotPermitted
from lib.workflows.__main__ import main
from lib.workflows.stock_seed import clean_up_stock_workflows, read_stock_workflows, seed_stock_workflows
from tests.conftest import quiet
from tests.support.server import REPOSITORY

STOCK = read_stock_workflows()
COMPANY = "00000000-0000-4000-8000-000000000001"


@pytest.fixture(scope="module")
def own_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.LocalStack]:
    folder = tmp_path_factory.mktemp("stock")
    running = local.start_stack(folder=folder, seed=False, report=quiet)
    yield running
    local.remove_stack(folder=folder, report=quiet)


@pytest.fixture
def sql(own_stack: local.LocalStack) -> Iterator[psycopg.Connection]:
    with psycopg.connect(own_stack.database_url, autocommit=True) as connection:
        yield connection
        connection.execute("delete from public.workflow_chat_branches")
        connection.execute("delete from public.workflow_definition_versions")
        connection.execute("update public.workflow_definitions set cloned_from = null")
        connection.execute("delete from public.workflow_definitions")


@pytest.fixture
def operator(own_stack: local.LocalStack, sql: psycopg.Connection) -> Client:
    return create_privileged_client(own_stack.url, own_stack.secret_key, create_http_pool())


@pytest.fixture
def tool(own_stack: local.LocalStack, monkeypatch: pytest.MonkeyPatch, sql: psycopg.Connection) -> None:
    monkeypatch.setenv("SUPABASE_URL", own_stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", own_stack.secret_key)


def clone_of_a_company(sql: psycopg.Connection, contexts: str = "{}") -> None:
    """A copy of the standard renewal, also one whose contexts name slides that the library does not know any more."""
    sql.execute("alter table public.workflow_definitions disable trigger guard")
    sql.execute("insert into public.companies (id, name) values (%s, 'Alice') on conflict do nothing", [COMPANY])
    sql.execute(
        """
        insert into public.workflow_definitions
          (workflow_id, company_id, name, category, slide_sequence, slide_contexts, cloned_from, cloned_from_version)
        select workflow_id, %s, 'Ours', category, slide_sequence, %s::jsonb, id, 1 from public.workflow_definitions
        where workflow_id = 'standard-renewal' and company_id is null
        """,
        [COMPANY, contexts],
    )
    sql.execute("alter table public.workflow_definitions enable trigger guard")


def test_seeding_twice_changes_nothing_the_second_time(operator: Client, sql: psycopg.Connection) -> None:
    assert {seeded.action for seeded in seed_stock_workflows(operator, STOCK)} == {"created", "updated"}
    before = sql.execute("select id, revision, updated_at from public.workflow_definitions order by id").fetchall()
    assert {seeded.action for seeded in seed_stock_workflows(operator, STOCK)} == {"unchanged"}
    assert (
        sql.execute("select id, revision, updated_at from public.workflow_definitions order by id").fetchall() == before
    )
    assert len(before) == 6


def test_a_definition_has_the_content_of_its_latest_version(operator: Client, sql: psycopg.Connection) -> None:
    list(seed_stock_workflows(operator, tuple(reversed(STOCK))))
    row = sql.execute(
        "select slide_contexts, status from public.workflow_definitions where workflow_id = 'standard-renewal'"
    ).fetchone()
    latest = next(stock for stock in STOCK if (stock.workflow_id, stock.version) == ("standard-renewal", 2))
    assert row == (latest.slide_contexts, "published")


def test_a_released_version_never_changes(operator: Client) -> None:
    list(seed_stock_workflows(operator, STOCK))
    changed = STOCK[0].model_copy(update={"name": "Another"})
    with pytest.raises(Conflict, match="already seeded with other content"):
        list(seed_stock_workflows(operator, (changed,)))


def test_cleaning_up_removes_stock_and_keeps_what_copies_hang_on(operator: Client, sql: psycopg.Connection) -> None:
    list(seed_stock_workflows(operator, STOCK))
    clone_of_a_company(sql)
    cleaned = clean_up_stock_workflows(operator)
    assert cleaned.archived == ("standard-renewal",)
    assert len(cleaned.removed) == 5
    left = sql.execute("select name, status from public.workflow_definitions order by name").fetchall()
    assert left == [("Ours", "published"), ("Standard renewal", "archived")]


def test_seeding_after_cleaning_up_offers_the_stock_again(operator: Client, sql: psycopg.Connection) -> None:
    list(seed_stock_workflows(operator, STOCK))
    clone_of_a_company(sql)
    clean_up_stock_workflows(operator)
    list(seed_stock_workflows(operator, STOCK))
    rows = sql.execute("select distinct status from public.workflow_definitions where company_id is null").fetchall()
    assert rows == [("published",)]


def test_the_publishable_key_may_not_seed(own_stack: local.LocalStack) -> None:
    client = create_privileged_client(own_stack.url, own_stack.publishable_key, create_http_pool())
    with pytest.raises(NotPermitted):
        list(seed_stock_workflows(client, STOCK))


def test_the_tool_prints_a_line_a_version(tool: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seed"]) == 0
    assert "standard-renewal: version 2 created\n" in capsys.readouterr().out
    assert main(["seed"]) == 0
    lines = [f"{stock.workflow_id}: version {stock.version} unchanged" for stock in STOCK]
    lines += [f"{workflow_id}: branches unchanged" for workflow_id in sorted({stock.workflow_id for stock in STOCK})]
    assert capsys.readouterr().out.splitlines() == lines
    assert main(["cleanup"]) == 0
    assert "standard-renewal: removed\n" in capsys.readouterr().out
    assert main(["cleanup"]) == 0
    assert capsys.readouterr().out == "Nothing to clean up\n"


def test_inspecting_prints_every_workflow_composed(tool: None, capsys: pytest.CaptureFixture[str]) -> None:
    main(["seed"])
    capsys.readouterr()
    assert main(["inspect"]) == 0
    out = capsys.readouterr().out
    assert "standard-renewal (stock), version 2: Standard renewal, 55 min\n" in out
    assert "   3. contract-terms         Contract terms (5 min)\n" in out
    assert out.endswith("13 inspected, 0 with faults\n")


def test_inspecting_names_what_is_wrong_in_a_companys_own(
    tool: None, sql: psycopg.Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["seed"])
    clone_of_a_company(sql, '{"greting": {}, "summary": {"lead": "{{ customer.nmae }}"}}')
    capsys.readouterr()
    assert main(["inspect"]) == 1
    out = capsys.readouterr().out
    assert f"standard-renewal (company {COMPANY}, published)\n  wrong: " in out
    assert "Did you mean “greeting”?" in out
    assert "Did you mean “customer.name”?" in out
    assert out.endswith("14 inspected, 1 with faults\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"SUPABASE_URL": "http://127.0.0.1:1"}, "SUPABASE_SECRET_KEY is not set."),
        ({"SUPABASE_SECRET_KEY": "sb_secret_x"}, "SUPABASE_URL is not set."),
        ({"SUPABASE_URL": "nowhere", "SUPABASE_SECRET_KEY": "sb_secret_x"}, "SUPABASE_URL is not an address."),
        ({"SUPABASE_URL": "http://127.0.0.1:1", "SUPABASE_SECRET_KEY": "sb_secret_x"}, "cannot reach its database"),
        ({"ZEN_LOCAL_DIR": "{empty}"}, "There is no Supabase to work on"),
    ],
)
def test_the_tool_refuses_in_a_sentence(
    given: dict[str, str], said: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = str(tmp_path_factory.mktemp("empty"))
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("SUPABASE_", "ZEN_"))}
    environment = clean | {key: value.format(empty=empty) for key, value in given.items()}
    ran = subprocess.run(
        [sys.executable, "-m", "lib.workflows", "seed"], cwd=REPOSITORY, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 1
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert "sb_secret" not in ran.stderr
