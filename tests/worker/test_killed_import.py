"""A worker that is killed in the middle of an import: the next one goes on, and no row comes twice."""

import io
import os
import signal
import uuid

from lib.db.client import Client
from lib.imports.column_mapping import ColumnMapping
from lib.imports.file_reader import read_file_table
from lib.imports.repository import ImportRepository
from lib.imports.service import ImportService
from lib.local.processes import wait_until
from tests.worker.conftest import Sql, StartWorker, let_everything_be_due

FIELDS = ("external_id", "name", "segment", "customer_since")
ROWS = 5000


def test_an_import_goes_on_after_kill_9_and_brings_no_row_twice(
    start_worker: StartWorker, operator: Client, sql: Sql
) -> None:
    company_id = insert_company(sql)
    import_id = decide_import(operator, company_id)
    applied = "select count(*) from public.import_rows where import_id = %s and applied_at is not null"
    worker = start_worker()
    assert wait_until(lambda: fetch(sql, applied, import_id) > 0, timeout=120)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(10)
    assert 0 < fetch(sql, applied, import_id) < ROWS
    assert fetch(sql, "select status from public.imports where id = %s", import_id) == "decided"
    let_everything_be_due(sql)
    start_worker()
    status = "select status from public.imports where id = %s"
    assert wait_until(lambda: fetch(sql, status, import_id) == "applied", timeout=240)
    assert fetch(sql, "select count(*) from public.customers where company_id = %s", company_id) == ROWS
    written = "select count(*) from public.row_changes where company_id = %s and table_name = 'customers'"
    assert fetch(sql, written, company_id) == ROWS


def fetch(sql: Sql, statement: str, argument: str) -> int | str:
    row = sql.execute(statement.encode(), [argument]).fetchone()
    assert row
    return row[0]


def insert_company(sql: Sql) -> str:
    person, address = uuid.uuid4(), f"{uuid.uuid4().hex}@zen.test"
    company_id = fetch(sql, "insert into public.companies (name) values (%s) returning id", "Northwind")
    sql.execute("insert into auth.users (id, email) values (%s, %s)", [person, address])
    columns = "(id, company_id, email, full_name, role)"
    sql.execute(
        f"insert into public.profiles {columns} values (%s, %s, %s, 'Ann', 'admin')".encode(),
        [person, company_id, address],
    )
    return str(company_id)


def decide_import(operator: Client, company_id: str) -> str:
    service = ImportService(ImportRepository(operator, company_id=company_id))
    lines = [",".join(FIELDS), *(f"C-{number},Customer {number},mid,2025-01-15" for number in range(ROWS))]
    table = read_file_table(io.BytesIO("\n".join(lines).encode()), "customers.csv")
    columns = [
        {"use": "field", "header": name, "field": name, "day_order": "ymd" if name == "customer_since" else None}
        for name in FIELDS
    ]
    mapping = ColumnMapping.model_validate({"kind": "customers", "source": "crm", "columns": columns})
    import_id = service.stage_file(table, mapping, file_name="customers.csv")
    service.repository.decide_import(import_id, revision=service.repository.fetch_import(import_id).revision)
    return import_id
