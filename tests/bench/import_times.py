"""Seconds to check files, to bring them in and to take them back, through the service and the worker's queue.

`python -m tests.bench.import_times` starts a Supabase of its own. The limits on two idle cores: 5,000 rows staged and
checked in 3 s, 20,000 rows brought in within 30 s. It prints the load of the machine beside each figure.
"""

import io
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from lib import local
from lib.db.privileged_client import create_privileged_client
from lib.imports.column_mapping import ColumnMapping
from lib.imports.file_reader import read_file_table
from lib.imports.model import ImportStatus
from lib.imports.repository import ImportQueue, ImportRepository
from lib.imports.service import ImportService

SEGMENTS = ("smb", "mid", "enterprise")
CUSTOMER_FIELDS = ("external_id", "name", "domain", "segment", "customer_since", "industry", "country")
CONTACT_FIELDS = ("external_id", "customer_external_id", "name", "email", "title", "role")


def main() -> None:
    with company() as (service, queue):
        for segment, says in ((0, "new"), (1, "changed")):
            text = write_csv(CUSTOMER_FIELDS, 5_000, lambda n, segment=segment: make_customer(n, segment))
            import_id = measure(f"check 5,000 {says} customers", stage, service, "customers", text)
            measure(f"bring in 5,000 {says} customers", bring_in, service, queue, import_id)
        contacts = write_csv(CONTACT_FIELDS, 20_000, make_contact)
        import_id = measure("check 20,000 new contacts", stage, service, "contacts", contacts)
        measure("bring in 20,000 new contacts", bring_in, service, queue, import_id)
        measure("take 20,000 contacts back", take_back, service, queue, import_id)


@contextmanager
def company() -> Iterator[tuple[ImportService, ImportQueue]]:
    """A company with an admin, on a database of its own, as the operator sees it."""
    with tempfile.TemporaryDirectory(prefix="zen-bench") as folder:
        stack = local.start_stack(folder=Path(folder), seed=False, report=lambda line: None)
        try:
            with psycopg.connect(stack.database_url, autocommit=True) as sql:
                company_id = insert_company(sql)
            client = create_privileged_client(stack.url, stack.secret_key, httpx.Client(timeout=120))
            yield ImportService(ImportRepository(client, company_id=company_id)), ImportQueue(client)
        finally:
            local.release_stack(stack)


def insert_company(sql: psycopg.Connection[Any]) -> str:
    person, address = uuid.uuid4(), "admin@bench.test"
    made = sql.execute("insert into public.companies (name) values ('Bench') returning id").fetchone()
    assert made
    sql.execute("insert into auth.users (id, email) values (%s, %s)", [person, address])
    columns = "(id, company_id, email, full_name, role)"
    sql.execute(f"insert into public.profiles {columns} values (%s, %s, %s, 'A', 'admin')", [person, made[0], address])
    return str(made[0])


def measure(what: str, do: Callable[..., Any], *arguments: Any) -> Any:
    began, worked = time.perf_counter(), processor_seconds()
    answer = do(*arguments)
    took, worked = time.perf_counter() - began, processor_seconds() - worked
    print(f"{what:32} {took:6.1f} s {worked:8.1f} s of a processor   load {os.getloadavg()[0]:.1f}", flush=True)
    return answer


def processor_seconds() -> float:
    """What this process and the processes of its Postgres have used so far."""
    used = time.process_time()
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if process.info["name"] == "postgres" and process.cwd().startswith(tempfile.gettempdir() + "/zen-bench"):
                used += sum(process.cpu_times()[:2])
    return used


def write_csv(fields: tuple[str, ...], count: int, make: Callable[[int], tuple[str, ...]]) -> bytes:
    lines = [",".join(fields), *(",".join(make(number)) for number in range(count))]
    return "\n".join(lines).encode()


def make_customer(number: int, segment: int) -> tuple[str, ...]:
    since = f"20{10 + number % 15}-0{1 + number % 9}-15"
    place = (SEGMENTS[(number + segment) % 3], since, "Logistics", "Norway")
    return (f"C-{number}", f"Customer {number}", f"c{number}.example", *place)


def make_contact(number: int) -> tuple[str, ...]:
    customer = number % 5_000
    return (f"P-{number}", f"C-{customer}", f"Person {number}", f"p{number}@c{customer}.example", "CFO", "champion")


def stage(service: ImportService, kind: str, text: bytes) -> str:
    table = read_file_table(io.BytesIO(text), f"{kind}.csv")
    columns = [
        {"use": "field", "header": header, "field": header, "day_order": "ymd" if header == "customer_since" else None}
        for header in table.columns
    ]
    mapping = ColumnMapping.model_validate({"kind": kind, "source": "crm", "columns": columns})
    return service.stage_file(table, mapping, file_name=f"{kind}.csv")


def bring_in(service: ImportService, queue: ImportQueue, import_id: str) -> None:
    revision = service.repository.fetch_import(import_id).revision
    service.repository.decide_import(import_id, revision=revision)
    while service.repository.fetch_import(import_id).status is ImportStatus.DECIDED:
        queue.apply_next_batch()


def take_back(service: ImportService, queue: ImportQueue, import_id: str) -> None:
    undo = service.plan_undo(import_id)
    service.repository.decide_undo(undo.id, revision=undo.revision)
    while queue.apply_next_batch():
        pass


if __name__ == "__main__":
    main()
