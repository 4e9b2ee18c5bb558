"""Who is given a browser that somebody else had finds nothing of theirs."""

from playwright.sync_api import Browser, Page

from tests.e2e.browsers import lend_context
from tests.support.server import AppServer

KEEP = """async () => {
  document.cookie = 'kept=cookie; path=/'
  localStorage.kept = 'local'
  sessionStorage.kept = 'session'
  await new Promise(done => { indexedDB.open('kept').onsuccess = done })
  await (await caches.open('kept')).put('/kept', new Response('kept'))
}"""
KEPT = """async () => [
  document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length,
]"""
NOTHING = ["", 0, 0, 0, 0]


def open_sign_in(context_page: Page) -> Page:
    context_page.goto("/auth/sign-in")
    return context_page


def test_a_browser_given_on_knows_nothing_of_whoever_had_it(demo: AppServer, browser: Browser) -> None:
    with lend_context(browser, demo.url) as context:
        page = open_sign_in(context.new_page())
        page.evaluate(KEEP)
        assert page.evaluate(KEPT) != NOTHING
        assert context.cookies()
    with lend_context(browser, demo.url) as again:
        assert again is context
        assert again.cookies() == []
        assert len(again.pages) == 1
        assert open_sign_in(again.new_page()).evaluate(KEPT) == NOTHING


def test_two_at_once_are_two_browsers(demo: AppServer, browser: Browser) -> None:
    with lend_context(browser, demo.url) as mine, lend_context(browser, demo.url) as theirs:
        open_sign_in(mine.new_page()).evaluate(KEEP)
        assert open_sign_in(theirs.new_page()).evaluate(KEPT) == NOTHING
