from pathlib import Path

import pytest

from tests.database.rows import rows

PAGE = Path(__file__).resolve().parents[2] / "docs" / "data-model.md"
RELATIONS = "select relname as name from pg_class where relkind in ('r', 'p', 'v') and relnamespace"
FUNCTIONS = "select proname as name from pg_proc where pronamespace"


@pytest.mark.parametrize("catalogue", [RELATIONS, FUNCTIONS])
def test_every_table_and_function_is_in_the_data_model(sql, catalogue):
    page = PAGE.read_text(encoding="utf-8")
    names = [row["name"] for row in rows(sql, f"{catalogue} = 'public'::regnamespace")]
    assert [name for name in names if f"`{name}" not in page] == []
