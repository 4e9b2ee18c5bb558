"""What every test can ask for. A company per test is the isolation: one database serves them all.

`stack`        the embedded Supabase of this run, without the demo book; ZEN_TEST_REST=postgrest for a real PostgREST
`sql`          a connection to it as the owner, past the policies: to arrange and to look, never for the rule tested
`new_company`  makes a company with people who really signed up: `new_company().csm.client` acts as that person
`open_page`    AppTest on the router, signed in by a real browser session: `open_page(company.csm)`
`app`          the whole server as a process of its own: `app.url`
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from streamlit.testing.v1 import AppTest
from xdist.scheduler import LoadFileScheduling

from lib import local
from lib.app_context import configure_supabase, get_app_context
from lib.local.paths import LocalPaths
from lib.local.ports import read_stored_port
from lib.local.postgres_process import prepare_postgres_server
from lib.ui import empty_and_error_states
from tests.support.companies import Company
from tests.support.fast_app_test import make_app_test_faster
from tests.support.pages import run_page as open_page_as
from tests.support.server import REPOSITORY, AppServer

Connection = psycopg.Connection[tuple[object, ...]]

# A busy machine is not a fault of the code: how long an example takes is for tests/bench.
settings.register_profile("zen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zen")

# The cheapest bcrypt in the gateway: thousands of people sign up, each of whom would cost 70 ms of a processor.
os.environ["LITE_AUTH_BCRYPT_COST"] = "4"

# People of a test sign in once, and their tests may take longer than a token lives.
os.environ["ZEN_LOCAL_TOKEN_SECONDS"] = "7200"

# No worker does what a test is about to look at; those of the worker start one of their own.
os.environ["ZEN_LOCAL_WORKER"] = "off"
# A model computes 20 to 60 ms a text; tests of what it finds make one of their own.
os.environ["ZEN_EMBEDDING_MODEL"] = "off"

# Hundreds of forms are refused, each of which would wait for a second; tests/auth/test_attempt_limits.py looks at it.
os.environ["ZEN_REFUSAL_STEP_SECONDS"] = "0.05"

make_app_test_faster()

# No test asks a model that the environment of whoever runs the tests happens to name.
for name in [name for name in os.environ if name.startswith(("OPENAI_", "ZEN_MODEL_"))]:
    del os.environ[name]


# Folders whose tests start servers of their own: few tests, minutes of work. Begun last, one worker ends alone.
SLOW_FOLDERS = ("e2e", "local", "server", "worker", "demo", "pages")


# Tests that share a server of their own, which each worker would start anew: they go to one worker together.
# The browser tests are two groups of about equal length, each with a server, so that two workers begin with them.
SERVER_GROUPS = {
    "tests/e2e/test_first_click.py": "processes that end",
    "tests/e2e/test_session_end.py": "processes that end",
    "tests/e2e/test_work_is_not_lost.py": "processes that end",
    "tests/e2e/": "browser",
    "tests/demo/": "demo",
    "tests/worker/": "worker",
    "tests/local/test_auth.py": "local",
    "tests/local/test_rest_services.py": "local",
}

# What the worker calls does what is due in every company of the database: imports, events, scores, mails, runs to wake,
# old conversations. Tests that call it, or look at what is due, come one after the other, or one does what another is
# about to look at. tests/test_shared_database.py finds them.
WORKER_CALLS = (
    "apply_next_import_batch", "apply_next_undo_batch", "apply_next_batch", "StagedFile", "bring_in", "roll_up_events",
    "roll_up", "match_waiting", "delete_old_events", "keep_due_scores", "claim_mails", "delete_old_mails",
    "delete_old_chats", "end_snooze", "wake_all_due_runs",
)  # fmt: skip
WORKER_TESTS = (
    "tests/database/test_customer_scores.py",
    "tests/database/test_erasure.py",
    "tests/database/test_event_races.py",
    "tests/database/test_events.py",
    "tests/database/test_import",
    "tests/database/test_merge_order.py",
    "tests/database/test_outbox.py",
    "tests/database/test_run_wakes.py",
    "tests/database/test_undo.py",
    "tests/database/test_waiting_events.py",
    "tests/executions/test_lifecycle.py",
    "tests/executions/test_wake_command.py",
    "tests/imports/test_demo_book_import.py",
    "tests/imports/test_service.py",
    "tests/pages/test_import.py",
    "tests/pages/test_inbox.py",
    "tests/pages/test_run_actions.py",
    "tests/pages/test_today.py",
    "tests/security/test_action_attacks.py",
    "tests/security/test_event_attacks.py",
    "tests/security/test_import_attacks.py",
    "tests/security/test_score_attacks.py",
)


def find_test_group(nodeid: str) -> str | None:
    """The group that goes to one worker together; None for a file by itself."""
    if nodeid.startswith(WORKER_TESTS):
        return "worker's calls"
    return next((group for start, group in SERVER_GROUPS.items() if nodeid.startswith(start)), None)


class FileScheduling(LoadFileScheduling):
    """A file of tests goes to one worker, and so does a group."""

    def _split_scope(self, nodeid: str) -> str:
        return find_test_group(nodeid) or super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling:
    return FileScheduling(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--gateway-only", action="store_true", help="only tests that ask a Supabase (GATEWAYS)")


GATEWAYS = {"stack", "own_stack"}
"""Fixtures: the Supabase that tests share, and the one of the worker's tests."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Slow folders first, then the longest group, then files with many tests. `--gateway-only`: what asks a gateway."""
    if config.getoption("--gateway-only"):
        pure = [item for item in items if not GATEWAYS & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=pure)
        items[:] = [item for item in items if item not in set(pure)]
    sizes = Counter(item.path for item in items)

    def start_order(item: pytest.Item) -> tuple[int, int, str]:
        folder = item.path.relative_to(REPOSITORY / "tests").parts[0]
        rank = SLOW_FOLDERS.index(folder) if folder in SLOW_FOLDERS else len(SLOW_FOLDERS)
        if item.nodeid.startswith(WORKER_TESTS):
            rank = SLOW_FOLDERS.index("pages")
        return rank, -sizes[item.path], str(item.path)

    items.sort(key=start_order)  # stable: the order within a file stays


def quiet(_line: str) -> None:
    """A report nobody reads."""


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local.LocalStack]:
    base = tmp_path_factory.getbasetemp()
    own = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "zen-stack"
    folder = Path(os.environ.get("ZEN_TEST_STACK") or own)  # tests/postgres_versions.py names one that runs
    running = local.start_stack(folder=folder, seed=False, rest=os.environ.get("ZEN_TEST_REST"), report=quiet)
    stop_waiting_for_the_disk(running)
    seed = [sys.executable, "-m", "lib.workflows", "seed"]
    env = os.environ | running.environment
    done = subprocess.run(seed, cwd=REPOSITORY, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    configure_supabase(running.app_environment)
    yield running
    leave(running)


def stop_waiting_for_the_disk(running: local.LocalStack) -> None:
    """Commit without fsync: each costs milliseconds, and a database of tests need not survive a power cut."""
    set_server_option(running, "fsync", "off")


def set_server_option(running: local.LocalStack, name: str, value: str) -> None:
    with connect_as_superuser(running) as superuser:
        superuser.execute(f"alter system set {name} = {value}".encode())
        superuser.execute("select pg_reload_conf()")


def connect_as_superuser(running: local.LocalStack) -> Connection:
    """A connection that no policy and no owner limits, for what a test changes about the server itself."""
    paths = LocalPaths(running.folder)
    port = read_stored_port(paths.ports, "postgres")
    assert port
    return psycopg.connect(prepare_postgres_server(paths).dsn(port), autocommit=True)


def leave(running: local.LocalStack) -> None:
    """The last worker to leave also removes the data."""
    for name in running.app_environment:
        os.environ.pop(name, None)
    get_app_context.cache_clear()
    local.release_stack(running)
    if local.find_running_stack(folder=running.folder) is None:
        local.remove_stack(folder=running.folder, report=quiet)


@pytest.fixture(autouse=True)
def no_unexpected_error(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which a page broke: the error boundary would hide it. A test that means to clears `caplog`."""
    yield
    broken = [record for record in caplog.get_records("call") if record.name == empty_and_error_states.__name__]
    assert not broken, "\n".join(record.exc_text or record.getMessage() for record in broken)


@pytest.fixture(scope="session")
def sql(stack: local.LocalStack) -> Iterator[Connection]:
    with psycopg.connect(stack.database_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def new_company(stack: local.LocalStack, sql: Connection) -> Callable[..., Company]:
    """Each call makes another company. Its people sign up when they are first asked for."""

    def make(name: str = "Northwind Analytics") -> Company:
        return Company.create(sql, name)

    return make


@pytest.fixture
def company(new_company: Callable[..., Company]) -> Company:
    return new_company()


@pytest.fixture
def open_page(stack: local.LocalStack) -> Callable[..., AppTest]:
    return open_page_as


@pytest.fixture(scope="session")
def app(stack: local.LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    with AppServer.running(server_environment(stack), log=tmp_path_factory.mktemp("app") / "log") as server:
        yield server


def server_environment(stack: local.LocalStack) -> dict[str, str]:
    """The settings of an app that uses `stack` as if it were hosted."""
    return {**stack.app_environment, "ZEN_LOCAL": ""}


@pytest.fixture(scope="session")
def mail_folder(stack: local.LocalStack) -> Path:
    return stack.folder
