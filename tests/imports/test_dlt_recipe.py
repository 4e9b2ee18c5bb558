"""The recipe for dlt: its filesystem source, through the service, into the book."""

import importlib.util
import sys
from types import ModuleType

import pytest

from lib.imports.column_mapping import ColumnMapping
from lib.imports.repository import ImportRepository
from lib.imports.service import ImportService
from tests.support.server import REPOSITORY

MAPPING = {
    "kind": "customers",
    "source": "salesforce",
    "columns": [
        {"use": "field", "header": "id", "field": "external_id"},
        {"use": "field", "header": "name", "field": "name"},
        {"use": "field", "header": "website", "field": "domain"},
        {"use": "field", "header": "tier", "field": "segment", "words": {"mid": "mid", "small": "smb"}},
        {"use": "field", "header": "since", "field": "customer_since"},
    ],
}
FIRST = "Id,Name,Website,Tier,Since\n1,Acme,acme.test,Mid,2025-01-31\n2,Bolt,bolt.test,Small,2025-02-01\n"


@pytest.fixture
def recipe(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = REPOSITORY / "docs" / "recipes" / "dlt_to_zen.py"
    found = importlib.util.spec_from_file_location("dlt_to_zen", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    monkeypatch.setitem(sys.modules, "dlt_to_zen", module)  # dlt looks a destination's module up
    found.loader.exec_module(module)
    return module


@pytest.fixture
def load(recipe, stack, company, monkeypatch, tmp_path):
    """Loads a folder with these companies, as the cron job does."""
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    folder = tmp_path / "files"
    folder.mkdir()

    def run(text: str) -> None:
        (folder / "companies.csv").write_text(text, encoding="utf-8")
        recipe.run_pipeline(recipe.make_source(str(folder)), str(company.id), state=str(tmp_path / "state"))

    return run


def read_customers(company):
    rows = company.csm.client.table("customers").select("name, domain, segment").order("name").execute().data
    return [tuple(row.values()) for row in rows]


def test_a_source_of_dlt_is_brought_in_and_again_changes_nothing(load, company, capfd):
    ImportService(ImportRepository(company.manager.client)).save_mapping(
        ColumnMapping.model_validate(MAPPING), name="companies"
    )
    load(FIRST)
    assert read_customers(company) == [("Acme", "acme.test", "mid"), ("Bolt", "bolt.test", "smb")]
    load(FIRST)
    assert "0 new, 0 changed, 2 unchanged, 0 refused" in capfd.readouterr().out
    load(FIRST.replace("Bolt,", "Bolt GmbH,"))
    assert [name for name, *_ in read_customers(company)] == ["Acme", "Bolt GmbH"]


def test_without_a_mapping_of_the_tables_name_the_load_fails_and_nothing_comes_in(load, company):
    with pytest.raises(Exception, match="companies was not brought in"):
        load(FIRST)
    assert read_customers(company) == []
