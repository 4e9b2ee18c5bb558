"""A file on its whole way through the service: read, mapped, checked, corrected, decided, applied and taken back."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from lib.errors import Conflict, InvalidInput, NotFound, NotPermitted
from lib.imports.__main__ import main
from lib.imports.column_mapping import ColumnMapping
from lib.imports.column_profile import profile_table
from lib.imports.column_recognition import recognize_table
from lib.imports.example_files import build_example_csv, build_example_workbook
from lib.imports.file_reader import read_file_table
from lib.imports.file_table import FileTable
from lib.imports.model import ImportStatus, StagedRow, Verdict
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.imports.repository import ImportQueue, ImportRepository
from lib.imports.service import ImportService
from tests.database.factories import insert_customer
from tests.database.import_calls import operator_client
from tests.support.companies import Company, Member
from tests.support.requests import record_requests

HEADERS = "Record ID;Company name;Company Domain Name;Tier;Since"
FILE = f"""{HEADERS}
1;Acme;acme.test;Mid;2025-01-01
2;Bolt;bolt.test;Huge;2025-02-01
3;Corvo;corvo.test;SMB;2025-03-01
"""
MAPPING = ColumnMapping.model_validate(
    {
        "kind": "customers",
        "source": "hubspot",
        "columns": [
            {"use": "field", "header": "Record ID", "field": "external_id"},
            {"use": "field", "header": "Company name", "field": "name"},
            {"use": "field", "header": "Company Domain Name", "field": "domain"},
            {"use": "field", "header": "Tier", "field": "segment", "words": {"mid": "mid", "smb": "smb"}},
            {"use": "field", "header": "Since", "field": "customer_since", "day_order": "ymd"},
        ],
    }
)


def table_of(text: str) -> FileTable:
    return read_file_table(io.BytesIO(text.encode("utf-8-sig")), "companies.csv")


def service_of(member: Member) -> ImportService:
    return ImportService(ImportRepository(member.client))


def apply(stack: Any, service: ImportService, import_id: str) -> ImportStatus:
    queue = ImportQueue(operator_client(stack))
    while (found := service.repository.fetch_import(import_id)).status is ImportStatus.DECIDED:
        queue.apply_next_batch()
    return found.status


def decide(service: ImportService, import_id: str) -> None:
    revision = service.repository.fetch_import(import_id).revision
    service.repository.decide_import(import_id, revision=revision)


def correct_cell(service: ImportService, import_id: str, line: int, column: str, cell: str) -> tuple[StagedRow, ...]:
    """The records of a line after one of its cells was corrected."""
    found, staged = service.repository.fetch_import(import_id), service.repository.fetch_rows_of_line(import_id, line)
    place = found.headers.index(column)
    cells = [*staged[0].cells, *[""] * len(found.headers)][: len(found.headers)]
    service.correct_rows(found, {line: [*cells[:place], cell, *cells[place + 1 :]]})
    return service.repository.fetch_rows_of_line(import_id, line)


@pytest.fixture
def service(company: Company) -> ImportService:
    return service_of(company.manager)


def test_a_file_is_staged_corrected_brought_in_and_taken_back(service, stack, company, sql):
    import_id = service.stage_file(table_of(FILE), MAPPING, file_name="companies.csv")
    counts = service.repository.fetch_counts(import_id)
    assert (counts.new, counts.refused, counts.to_apply) == (2, 1, 2)
    (refused,) = service.repository.fetch_rows(import_id, verdict=Verdict.REFUSED)
    (refusal,) = [each for each in refused.refusals if each.column]
    assert (refused.line, refusal.column, refusal.cell) == (3, "Tier", "Huge")
    (corrected,) = correct_cell(service, import_id, 3, "Tier", "smb")
    assert corrected.verdict is Verdict.NEW
    decide(service, import_id)
    assert apply(stack, service, import_id) is ImportStatus.APPLIED
    names = company.csm.client.table("customers").select("name").order("name").execute().data
    assert [row["name"] for row in names] == ["Acme", "Bolt", "Corvo"]
    undo = service.plan_undo(import_id)
    assert undo.problems == ()
    service.repository.decide_undo(undo.id, revision=undo.revision)
    while service.repository.fetch_undo(undo.id).status == "decided":
        ImportQueue(operator_client(stack)).apply_next_batch()
    assert company.csm.client.table("customers").select("name").execute().data == []


def test_refused_rows_come_out_as_a_file_with_their_reasons(service):
    import_id = service.stage_file(table_of(FILE), MAPPING, file_name="companies.csv")
    text = service.write_refused_rows(import_id).decode("utf-8-sig").splitlines()
    assert text[0] == HEADERS.replace(";", ",") + ",Why it was refused"
    assert text[1].startswith("2,Bolt,bolt.test,Huge,2025-02-01,")
    assert "Tier:" in text[1]
    assert len(text) == 2


def test_a_row_that_is_left_out_is_not_brought_in(service, stack, company):
    import_id = service.stage_file(table_of(FILE), MAPPING, file_name="companies.csv")
    rows = service.repository.fetch_rows(import_id, verdict=Verdict.NEW)
    assert service.repository.drop_rows(import_id, [rows[0].id]) == 1
    assert service.repository.fetch_counts(import_id).new == 1
    decide(service, import_id)
    apply(stack, service, import_id)
    assert [row["name"] for row in company.csm.client.table("customers").select("name").execute().data] == ["Corvo"]


def test_a_fixed_value_fills_a_field_no_column_gives(service):
    columns = [*MAPPING.model_dump()["columns"][:3], {"use": "left_out", "header": "Tier"}]
    mapping = ColumnMapping.model_validate(
        MAPPING.model_dump() | {"columns": [*columns, MAPPING.model_dump()["columns"][4]]}
    )
    import_id = service.stage_file(table_of(FILE), mapping, file_name="companies.csv")
    assert service.repository.fetch_counts(import_id).refused == 3
    service.set_fixed_value(import_id, "segment", "enterprise")
    assert service.repository.fetch_counts(import_id).new == 3
    with pytest.raises(InvalidInput):
        service.set_fixed_value(import_id, "nonsense", "x")


def test_a_mapping_is_found_again_by_the_set_of_headers(service, company, new_company):
    service.save_mapping(MAPPING, name="hubspot")
    other_order = ["Since", "Tier", "company name", "Company Domain Name", "Record ID"]
    found = service.find_mapping(other_order)
    assert found
    assert [column.header for column in found.columns] == ["Since", "Tier", "Company name", *other_order[3:]]
    assert service.find_mapping([*other_order, "Another"]) is None
    assert service.find_mapping([*other_order, "Another"], name="hubspot")
    assert service_of(new_company().manager).find_mapping(other_order) is None


def test_an_undecided_column_and_a_file_without_rows_are_refused(service):
    columns = [{"use": "undecided", "header": "Record ID"}, *MAPPING.model_dump()["columns"][1:]]
    mapping = ColumnMapping.model_validate(MAPPING.model_dump() | {"columns": columns})
    with pytest.raises(InvalidInput, match="Record ID"):
        service.stage_file(table_of(FILE), mapping, file_name="companies.csv")
    with pytest.raises(InvalidInput):
        service.stage_file(table_of(HEADERS + "\n"), MAPPING, file_name="companies.csv")


def test_a_csm_is_refused(company):
    with pytest.raises(NotPermitted):
        service_of(company.csm).stage_file(table_of(FILE), MAPPING, file_name="companies.csv")


def test_usage_of_days_is_staged_as_weeks_which_have_no_cells_to_correct(service, company, sql):
    insert_customer(sql, company.id, company.csm.id, name="Acme")
    days = "\n".join(f"Acme,2026-06-{day:02},3,10,2,5" for day in range(1, 15))
    table = table_of(f"Customer,Day,Active,Seats,Logins,Actions\n{days}\n")
    names = ["customer_name", "week_starts_on", "active_users", "seats", "logins", "key_actions"]
    columns = [
        {"use": "field", "header": header, "field": name, "day_order": "ymd" if name == "week_starts_on" else None}
        for header, name in zip(table.columns, names, strict=True)
    ]
    mapping = ColumnMapping.model_validate({"kind": "usage_weeks", "usage_period": "day", "columns": columns})
    import_id = service.stage_file(table, mapping, file_name="usage.csv")
    rows = service.repository.fetch_rows(import_id)
    assert [(row.verdict, row.record["week_starts_on"], row.record["logins"]) for row in rows] == [
        (Verdict.NEW, "2026-06-01", 14),
        (Verdict.NEW, "2026-06-08", 14),
    ]
    with pytest.raises(InvalidInput):
        correct_cell(service, import_id, rows[0].line, "Logins", "9")


@pytest.fixture
def command(monkeypatch, stack, tmp_path, service, company):
    """Runs `python -m lib.imports` on a file of this text; returns its exit code."""
    service.save_mapping(MAPPING, name="hubspot")
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)

    def run(text: str, *options: str, company_id: str | None = None) -> int:
        path = tmp_path / "companies.csv"
        path.write_text(text, encoding="utf-8")
        asked = ["--company", company_id or str(company.id), "--mapping", "hubspot"]
        return main([str(path), *asked, *options])

    return run


def test_the_command_brings_a_file_in_and_the_same_file_again_changes_nothing(command, company, capsys, tmp_path):
    assert command(FILE, "--refused", str(tmp_path / "refused.csv")) == 2
    assert capsys.readouterr().out == "2 new, 0 changed, 0 unchanged, 1 refused\n"
    assert "Bolt" in (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    assert command(FILE) == 2
    assert capsys.readouterr().out == "0 new, 0 changed, 2 unchanged, 1 refused\n"
    owners = company.csm.client.table("customers").select("owner_id").execute().data
    assert {row["owner_id"] for row in owners} == {str(company.manager.id)}


def test_the_command_checks_only_where_asked_and_names_what_is_missing(command, company, capsys, new_company):
    assert command(FILE, "--dry-run") == 2
    assert capsys.readouterr().out == "2 new, 0 changed, 0 unchanged, 1 refused; nothing was brought in\n"
    assert command(FILE, company_id=str(new_company().id)) == 1
    assert "has no mapping “hubspot” that fits this file" in capsys.readouterr().err


def test_the_command_reads_numbers_and_words_as_the_cells_of_its_own_file_show(command, service, company, capsys):
    """What a mapping left open, since no cell of the first file told, the cells of the next file tell."""
    columns = [
        {"use": "field", "header": "Module", "field": "name"},
        {"use": "field", "header": "Price", "field": "annual_price_per_seat"},
    ]
    open_mapping = ColumnMapping.model_validate({"kind": "modules", "source": "crm", "columns": columns})
    service.save_mapping(open_mapping, name="prices")
    assert command("Module;Price\nReports;1.200,50\nAlerts;80\n", "--mapping", "prices") == 0
    assert capsys.readouterr().out == "2 new, 0 changed, 0 unchanged, 0 refused\n"
    prices = company.csm.client.table("modules").select("name, annual_price_per_seat").order("name").execute().data
    assert [(row["name"], float(row["annual_price_per_seat"])) for row in prices] == [
        ("Alerts", 80.0),
        ("Reports", 1200.5),
    ]


def test_another_companys_import_is_not_found(service, new_company):
    import_id = service.stage_file(table_of(FILE), MAPPING, file_name="companies.csv")
    stranger = service_of(new_company().manager)
    with pytest.raises(NotFound):
        stranger.repository.fetch_import(import_id)
    with pytest.raises(NotFound):
        correct_cell(stranger, import_id, 2, "Tier", "smb")
    with pytest.raises(NotFound):
        stranger.repository.decide_import(import_id, revision=1)


@pytest.mark.parametrize(("build", "name"), [(build_example_csv, "a.csv"), (build_example_workbook, "a.xlsx")])
def test_example_files_imported_as_they_are_pass_the_check(
    stack: Any, service: ImportService, build: Callable[[ImportKind], bytes], name: str
) -> None:
    for kind in RECORD_SCHEMAS:
        table = read_file_table(io.BytesIO(build(kind)), name)
        import_id = service.stage_file(table, recognize_table(profile_table(table)).mapping, file_name=name)
        rows = service.repository.fetch_rows(import_id)
        assert [row.refusals for row in rows] == [()] * len(rows), kind
        if kind is ImportKind.FLAT:
            assert {row.verdict for row in rows} == {Verdict.UNCHANGED}, "it says the same as the three files before"
        else:
            assert {row.verdict for row in rows} == {Verdict.NEW}
            decide(service, import_id)
            assert apply(stack, service, import_id) is ImportStatus.APPLIED


def test_many_rows_are_corrected_in_one_request_and_those_still_refused_are_counted(service):
    import_id = service.stage_file(table_of(FILE.replace(";SMB", ";Tiny")), MAPPING, file_name="companies.csv")
    found = service.repository.fetch_import(import_id)
    refused = service.repository.fetch_rows(import_id, verdict=Verdict.REFUSED)
    place = found.headers.index("Tier")
    lines = {row.line: [*row.cells[:place], "smb", *row.cells[place + 1 :]] for row in refused}
    lines[refused[0].line][place] = "Enormous"
    with record_requests() as sent:
        assert service.correct_rows(found, lines) == 1
    assert sent == ["POST /rest/v1/rpc/correct_import_rows"]
    assert service.repository.fetch_counts(import_id).refused == 1


def test_rows_of_an_import_that_somebody_else_changed_are_not_overwritten(service):
    import_id = service.stage_file(table_of(FILE), MAPPING, file_name="companies.csv")
    seen = service.repository.fetch_import(import_id)
    correct_cell(service, import_id, 3, "Tier", "smb")
    with pytest.raises(Conflict, match="Somebody else changed this import meanwhile"):
        service.correct_rows(seen, {3: ("",) * len(seen.headers)})
    assert service.repository.fetch_counts(import_id).refused == 0
