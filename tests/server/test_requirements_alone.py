"""On hosted Supabase requirements.txt is all that is installed: a virtual environment of its own tries it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from lib.local import LocalStack
from tests.conftest import server_environment
from tests.support.bare_environment import ensure_bare_python
from tests.support.companies import PASSWORD, Company
from tests.support.server import REPOSITORY, AppServer

NEEDS_EMBEDDED_SUPABASE = ("lib/local/", "lib/demo/")
NO_SUPABASE = {"SUPABASE_URL": "", "SUPABASE_PUBLISHABLE_KEY": "", "SUPABASE_SECRET_KEY": "", "DATABASE_URL": ""}
HINT = "Run: python -m pip install -r requirements-local.txt"


@pytest.fixture(scope="session")
def bare_python() -> str:
    return str(ensure_bare_python())


def run_module(python: str, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [python, "-m", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, env=os.environ | env, capture_output=True, text=True, check=False)


def read_imported_packages() -> dict[str, str]:
    """Every package the app imports, also within a function, and a file that does."""
    files = [*REPOSITORY.glob("lib/**/*.py"), *REPOSITORY.glob("pages/**/*.py"), REPOSITORY / "streamlit_app.py"]
    found: dict[str, str] = {}
    for file in files:
        path = file.relative_to(REPOSITORY).as_posix()
        if path.startswith(NEEDS_EMBEDDED_SUPABASE):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            found |= {name.split(".")[0]: path for name in names}
    return {name: path for name, path in found.items() if name not in {*sys.stdlib_module_names, "lib", "pages"}}


def test_no_import_of_the_app_needs_another_package(bare_python: str) -> None:
    packages = read_imported_packages()
    assert len(packages) > 20
    code = "import importlib.util, sys; print([n for n in sys.argv[1:] if importlib.util.find_spec(n) is None])"
    done = subprocess.run([bare_python, "-c", code, *packages], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", packages


def test_the_app_starts_signs_a_person_in_and_shows_a_page(
    bare_python: str, stack: LocalStack, company: Company, tmp_path: Path
) -> None:
    environment = server_environment(stack)
    form = {"email": company.csm.email, "password": PASSWORD}
    with AppServer.running(environment, log=tmp_path / "log", python=bare_python) as app:
        answer = httpx.post(f"{app.url}/auth/sign-in", data=form, headers={"Origin": app.url})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        page = httpx.get(f"{app.url}/", headers={"Accept": "text/html"}, cookies=answer.cookies)
        assert page.status_code == 200
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_every_module_of_the_app_can_be_imported(bare_python: str, stack: LocalStack) -> None:
    """The pages, too, which are imported only when somebody opens one."""
    files = [file.relative_to(REPOSITORY) for file in REPOSITORY.glob("lib/**/*.py")]
    names = [".".join(file.with_suffix("").parts) for file in files if file.name != "__main__.py"]
    local = tuple(folder.replace("/", ".") for folder in NEEDS_EMBEDDED_SUPABASE)
    names = [name for name in names if not f"{name}.".startswith(local) and name != "lib.ui.router"]  # a script
    code = "import importlib, sys; [importlib.import_module(n.removesuffix('.__init__')) for n in sys.argv[1:]]"
    environment = os.environ | server_environment(stack)
    done = subprocess.run(
        [bare_python, "-c", code, *names], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("lib.workflows", "seed"), ("lib.workflows", "inspect"), ("lib.executions", "wake"), ("lib.companies", "list")],
)
def test_the_tools_of_the_operator_run(bare_python: str, stack: LocalStack, arguments: tuple[str, str]) -> None:
    done = run_module(bare_python, *arguments, SUPABASE_URL=stack.url, SUPABASE_SECRET_KEY=stack.secret_key)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("lib.local", "up"), ("lib.demo", "seed"), ("lib.workflows", "seed"), ("lib.executions", "wake"),
        ("lib.companies", "list"), ("lib.worker", "--once"),
    ],
)  # fmt: skip
def test_what_needs_the_embedded_supabase_names_the_file_to_install(
    bare_python: str, arguments: tuple[str, str]
) -> None:
    done = run_module(bare_python, *arguments, **NO_SUPABASE)
    assert done.returncode == 1
    assert re.fullmatch(r"The embedded Supabase needs the package \w+\. " + re.escape(HINT) + "\n", done.stderr)


def test_an_app_without_settings_names_the_file_to_install(bare_python: str, tmp_path: Path) -> None:
    app = AppServer.start(NO_SUPABASE, log=tmp_path / "log", python=bare_python)
    try:
        app.wait_for("failed", seconds=60)
        assert HINT in httpx.get(app.url, headers={"Accept": "text/html"}).text
    finally:
        app.stop()
