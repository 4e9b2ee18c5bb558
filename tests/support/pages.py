from pathlib import Path

from streamlit.testing.v1 import AppTest

from lib.app_context import get_app_context
from lib.auth.browser_sessions import create_browser_session
from lib.ui.session_keys import COOKIE_KEY
from tests.support.companies import Member

REPOSITORY = Path(__file__).resolve().parents[2]
ROUTER = REPOSITORY / "lib" / "ui" / "router.py"


def run_page(member: Member | None = None, page: str | None = None, **query: str) -> AppTest:
    """The app as `member`'s browser shows it: `page` is a file under pages/, such as "workflows/run.py".

    The browser session is a real one; only the cookie comes by session state, for AppTest has no browser.
    """
    # How fast a page is, is for tests/bench; the first one of a worker imports the app, slowly on a busy machine.
    tested = AppTest.from_file(str(ROUTER), default_timeout=120)
    if member is not None:
        tested.session_state[COOKIE_KEY] = create_browser_session(get_app_context(), member.session)
    for name, value in query.items():
        tested.query_params[name] = value
    tested.run()
    if page is not None:
        tested.switch_page(str(REPOSITORY / "pages" / page)).run()
    return tested
