"""Browsers of somebody's own, handed from test to test.

A new one compiles Streamlit's scripts anew, for two to three seconds of a processor, and each page again if it is a
process of its own: `ONE_PROCESS` and a blank page that stays open keep one process for all pages of a browser.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from playwright.sync_api import Browser, BrowserContext, Page

WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
ONE_PROCESS = "--renderer-process-limit=1"

_Options = dict[str, Any]
_idle: WeakKeyDictionary[Browser, list[tuple[_Options, BrowserContext, Page]]] = WeakKeyDictionary()


@contextmanager
def lend_context(browser: Browser, url: str, **options: Any) -> Iterator[BrowserContext]:
    """A context for the server of `url` that knows nothing of whoever had it, the only one of its kind in use.

    What is set on the context itself stays for the next test: whoever adds scripts or routes to it makes their own.
    """
    options = {"base_url": url, "viewport": WIDE} | options
    idle = _idle.setdefault(browser, [])
    place = next((place for place, (wanted, _, _) in enumerate(idle) if wanted == options), None)
    if place is None:
        context = browser.new_context(**options)
        blank = context.new_page()
    else:
        _, context, blank = idle.pop(place)
    try:
        yield context
    except BaseException:
        context.close()
        raise
    _forget_all(context, blank, url)
    idle.append((options, context, blank))


def _forget_all(context: BrowserContext, blank: Page, url: str) -> None:
    for page in context.pages:
        if page is not blank:
            page.close()
    context.clear_cookies()
    session = context.new_cdp_session(blank)
    session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "all"})
    session.detach()
