"""What a page logs names the request, the person and the run."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.contextvars import get_contextvars

from tests.database.factories import insert_customer
from tests.database.rpc import call_rpc


class ContextHandler(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append({"message": record.getMessage(), **get_contextvars()})


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """What the log context was when the footer of a run page was drawn."""
    log, handler = logging.getLogger("lib.ui.run.run_page_layout"), ContextHandler()
    monkeypatch.setattr("lib.ui.run.run_page_layout.draw_run_footer", lambda *_: log.warning("drawn"))
    log.addHandler(handler)
    yield handler.seen
    log.removeHandler(handler)


def test_a_line_of_a_run_page_names_request_person_and_run(logged, open_page, company, sql):
    customer = str(insert_customer(sql, company.id, company.csm.id))
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="standard-renewal", p_customer_id=customer)
    page = open_page(company.csm, "workflows/run.py", execution=run["execution_id"])
    page.run()
    first, second = logged[-2:]
    assert first["person"] == second["person"] == str(company.csm.id)
    assert first["run"] == second["run"] == run["execution_id"]
    assert first["request"] != second["request"]
