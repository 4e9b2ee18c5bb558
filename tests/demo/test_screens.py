"""Every page of the demo, read as a person reads it: no code of the database, no zone id, no placeholder."""

import ast
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import create_browser_session
from lib.auth.service import sign_in
from lib.demo.people import PASSWORD
from lib.find.repository import FindRepository
from lib.ui.find.find_results import build_find_answer
from lib.ui.session_keys import COOKIE_KEY, SETTINGS_SECTION, privacy_key
from lib.ui.settings.settings_sections import SECTIONS
from tests.demo.conftest import Demo
from tests.support.pages import ROUTER
from tests.support.server import REPOSITORY

PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("today/today.py", {}),
    *(("work/inbox.py", {"section": name}) for name in ("waiting", "snoozed", "escalated", "approvals", "recent")),
    ("work/company_actions.py", {}),
    ("workflows/catalogue.py", {}),
    *(("conversations/conversations.py", query) for query in ({}, {"q": "seats"}, {"view": "use"}, {"view": "drafts"})),
    ("customers/book.py", {}),
    ("customers/book.py", {"show": "renewals"}),
    *(("team/forecast.py", {"show": tab}) for tab in ("renewals", "moves", "record", "retention")),
    ("team/team.py", {}),
    ("company/audit.py", {}),
    ("company/people.py", {}),
    ("company/settings.py", {}),
    ("company/import.py", {}),
    ("company/privacy.py", {}),
    ("help/help.py", {}),
)
CODES = (
    re.compile(r"(?<![\w.@/-])[a-z]+(?:_[a-z0-9]+)+(?![\w@])"),  # any code of more than one word
    re.compile(r"\b(?:downgraded|churned)\b"),
    re.compile(r"\b(?:Africa|America|Asia|Atlantic|Australia|Europe|Indian|Pacific)/[A-Z]\w+"),
    re.compile(r"\{[^{}\n]{0,60}\}|[‹›]"),
    re.compile(r"\d %"),
    re.compile(r"\b(?:None|nan|NaN|null)\b"),
)
MARKUP = re.compile(
    r"<style.*?</style>|<script.*?</script>|<[^>]*>|:material/\w+:|:\w+(?:-\w+)*\[|\\(?=[^\w\s])|:small\[\]", re.DOTALL
)
TEXT_FIELDS = ("label", "help", "placeholder", "body", "text", "caption")
DOCUMENTED_PLACEHOLDERS = ("{customer}", "{person}", "{today}", "{words}")


def sign_in_page(name: str) -> AppTest:
    session = sign_in(get_app_context(), email=f"{name}@larkfield.example", password=PASSWORD)
    page = AppTest.from_file(str(ROUTER), default_timeout=60)
    page.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), session)
    return page.run()


def open_path(page: AppTest, path: str, query: dict[str, str]) -> AppTest:
    page.query_params.clear()
    for name, value in query.items():
        page.query_params[name] = value
    return page.switch_page(str(REPOSITORY / "pages" / path)).run()


def read_texts(page: AppTest) -> Iterator[str]:
    """Whatever the elements of a page show or say to those who hear it, without markup."""
    for element in page._tree:
        if element.type == "code":
            continue
        proto = getattr(element, "proto", None)
        found = [getattr(proto, name, "") for name in TEXT_FIELDS]
        # The value of a choice is the option behind the label that is shown.
        options = getattr(element, "options", ())
        found += options or [getattr(element, "value", "")]
        for text in found:
            if isinstance(text, str) and not text.startswith('{"'):  # state for a script
                yield unescape(MARKUP.sub(" ", text))


def find_codes(page: AppTest) -> list[tuple[str, str]]:
    assert not page.exception, page.exception
    return [
        (found[0], text[max(0, found.start() - 60) : found.end() + 60])
        for text in read_texts(page)
        for pattern in CODES
        for found in pattern.finditer(text)
        if found[0] not in DOCUMENTED_PLACEHOLDERS
    ]


@pytest.mark.parametrize("name", ["alice", "carol"])
def test_no_page_of_the_demo_shows_a_code_or_a_placeholder(demo: Demo, app_of_demo: None, name: str) -> None:
    page = sign_in_page(name)
    client: Any = demo.person(name)
    definitions = client.table("workflow_definitions").select("workflow_id").execute().data
    customers = client.table("customers").select("id").eq("status", "active").order("name").limit(16).execute().data
    threads = client.table("workflow_chat_threads").select("id").limit(12).execute().data
    paths = [
        *PAGES,
        *(("workflows/catalogue.py", {"workflow": row["workflow_id"]}) for row in definitions),
        *(("conversations/conversations.py", {"thread": row["id"]}) for row in threads),
        *(("customers/customer.py", {"id": row["id"]}) for row in customers),
    ]
    found = {str(path): find_codes(open_path(page, *path)) for path in paths}
    assert {path: codes for path, codes in found.items() if codes} == {}


def test_no_page_of_an_admin_shows_a_code_or_a_placeholder(demo: Demo, app_of_demo: None) -> None:
    page = sign_in_page("dan")
    admin: Any = demo.person("dan")
    found: dict[str, Any] = {}
    with records_changed(admin):
        for path in ("company/audit.py", "company/people.py", "company/import.py"):
            found[path] = find_codes(open_path(page, path, {}))
        assert "Economic buyer" in " ".join(read_texts(open_path(page, "company/audit.py", {})))
    for section in SECTIONS:
        page.session_state[SETTINGS_SECTION] = section
        found[section] = find_codes(open_path(page, "company/settings.py", {}))
    open_path(page, "company/privacy.py", {})
    found["privacy"] = find_codes(page.text_input(key=privacy_key("words")).set_value("Brightwater").run())
    for query in ("brightwater", "renewal", "snooze brightwater", "price"):
        findings = FindRepository(admin).find_rows(query, 20)
        answer = str(build_find_answer(query, False, findings, {}, "America/Chicago")["results"])
        found[query] = [each[0] for code in CODES[:3] for each in code.finditer(re.sub(r"'href': '[^']*'", "", answer))]
    assert {place: codes for place, codes in found.items() if codes} == {}


@contextmanager
def records_changed(admin: Any) -> Iterator[None]:
    """Changes of columns that hold codes and a zone, for the audit; taken back at the end."""
    contact = admin.table("contacts").select("*").eq("role", "champion").limit(1).execute().data[0]
    customer = admin.table("customers").select("*").eq("id", contact["customer_id"]).execute().data[0]
    changes: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("contacts", contact, {"role": "economic_buyer", "sentiment": "negative"}),
        ("customers", customer, {"segment": "smb", "time_zone": "America/New_York"}),
    ]
    for table, row, values in changes:
        assert admin.table(table).update(values).eq("id", row["id"]).execute().data
    yield
    for table, row, values in changes:
        admin.table(table).update({name: row[name] for name in values}).eq("id", row["id"]).execute()


def test_no_slide_of_a_run_of_the_demo_shows_a_code_or_a_placeholder(demo: Demo, app_of_demo: None) -> None:
    """One run of each workflow and status, each of its slides."""
    page = sign_in_page("carol")
    runs = demo.sql.execute(
        "select distinct on (e.workflow_id, e.status) e.id::text, v.slide_sequence from workflow_executions e "
        "join workflow_definition_versions v on v.id = e.definition_version_id join companies c on c.id = e.company_id "
        "where c.name like 'Larkfield%' order by e.workflow_id, e.status, e.started_at desc"
    ).fetchall()
    assert runs
    wrong = {}
    for run, slides in runs:
        for slide in slides if isinstance(slides, list) else ():
            codes = find_codes(open_path(page, "workflows/run.py", {"execution": str(run), "slide": slide}))
            wrong |= {(run, slide): codes} if codes else {}
    assert wrong == {}


def list_strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """The strings of a module without its docstrings, which may name what people type."""
    docstrings = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def test_a_percentage_is_written_without_a_blank() -> None:
    files = [*(REPOSITORY / "lib").rglob("*.py"), *(REPOSITORY / "pages").rglob("*.py")]
    strings = (
        (str(file), node.lineno, node.value)
        for file in files
        for node in list_strings(ast.parse(file.read_text(encoding="utf-8")))
    )
    wrong = [each for each in strings if re.search(r"[\d}] %(?!\w)", each[2])]
    for file in (
        *(REPOSITORY / "supabase").glob("migrations/*.sql"),
        *(REPOSITORY / "docs").rglob("*.md"),
        REPOSITORY / "README.md",
    ):
        wrong += [
            (str(file), number, line)
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
            if re.search(r"(?:\d|%s) %{1,2}(?!\w)", line)
        ]
    assert wrong == []
