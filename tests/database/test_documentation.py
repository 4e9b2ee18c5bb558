from pathlib import Path

import pytest

from lib.executions.status_diagram import format_state_diagram
from tests.database.factories import fetch_rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-model.md"
LIFECYCLE = PAGE.with_name("lifecycle.md")
RELATIONS = "select relname as name from pg_class where relkind in ('r', 'p', 'v') and relnamespace"
FUNCTIONS = "select proname as name from pg_proc where pronamespace"


@pytest.mark.parametrize("catalogue", [RELATIONS, FUNCTIONS])
def test_every_table_and_function_is_in_the_data_model(sql, catalogue):
    page = PAGE.read_text(encoding="utf-8")
    names = [row["name"] for row in fetch_rows(sql, f"{catalogue} = 'public'::regnamespace")]
    assert [name for name in names if f"`{name}" not in page] == []


def test_the_diagram_of_a_runs_life_is_the_table_as_it_is_now(sql):
    table = fetch_rows(sql, "select action, from_status, to_status from private.execution_transitions")
    drawn = format_state_diagram((row["action"], row["from_status"], row["to_status"]) for row in table)
    assert drawn in LIFECYCLE.read_text(encoding="utf-8")
