"""The app as people meet it: `streamlit run` with the demo book, and Chromium in front of it.

`ZEN_SCREENSHOTS=docs/screenshots pytest tests/e2e` renews the pictures of the documentation; without it they go to a
temporary folder.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.e2e.browsers import ONE_PROCESS, PHONE, WIDE, lend_context
from tests.e2e.cluster import Cluster
from tests.e2e.cluster import sign_in as fill_sign_in
from tests.support.model_server import ModelServer
from tests.support.nginx import find_nginx, run_nginx
from tests.support.server import AppServer

# The shell is Chromium without windows: each context of a whole Chromium draws one, for a second of a processor.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
EMBEDDED = {"SUPABASE_URL": "", "SUPABASE_PUBLISHABLE_KEY": "", "SUPABASE_ANON_KEY": "", "ZEN_SESSION_SECRET": ""}

IS_IDLE = """() => {
  const app = document.querySelector('[data-testid=stApp]')
  return app?.dataset.testScriptState === 'notRunning'
    && !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(c => c.querySelector('.main-svg'))
}"""
IS_STILL = f"""() => {{
  const isMoving = document.getAnimations().some(each => each.effect?.getComputedTiming().iterations !== Infinity
    && each.playState === 'running')
  const isLoaded = document.fonts.status === 'loaded' && [...document.images].every(image => image.complete)
  const boxes = [...document.querySelectorAll('[data-testid=stMain] *')].map(each => each.getBoundingClientRect())
  return ({IS_IDLE})() && isLoaded && !isMoving
    && boxes.map(box => [box.x, box.y, box.width, box.height].map(Math.round)).join()
}}"""

expect.set_options(timeout=20_000)  # what is expected comes; how fast is for tests/bench


@pytest.fixture(scope="session")
def model() -> Iterator[ModelServer]:
    """What answers in the chat; it says what a test puts in its mouth."""
    with ModelServer.running() as server:
        yield server


@pytest.fixture(scope="session")
def demo_folder() -> Iterator[Path]:
    """Where the demo's database is."""
    folder = tempfile.mkdtemp(prefix="zen-e2e-")  # short: a unix socket's path has to fit
    yield Path(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, model: ModelServer, demo_folder: Path) -> Iterator[AppServer]:
    """The app on an embedded Supabase of its own, demo book included."""
    asked = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "key-of-zen", "OPENAI_MODEL": "small"}
    log = tmp_path_factory.mktemp("e2e") / "log"
    with AppServer.running(EMBEDDED | asked | {"ZEN_LOCAL_DIR": str(demo_folder)}, log=log) as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        pytest.skip("No Chromium on this machine: apt-get install chromium-headless-shell")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", ONE_PROCESS])
        yield started
        started.close()


@pytest.fixture(scope="session")
def started_cluster(demo: AppServer, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if find_nginx() is None:
        pytest.skip("No nginx on this machine: apt-get install nginx-light")
    folder = tmp_path_factory.mktemp("cluster")
    with ExitStack() as ending:
        made = Cluster(EMBEDDED | {"ZEN_LOCAL_DIR": str(demo_folder)}, folder, ending)
        made.url = ending.enter_context(run_nginx([server.url for server in made.servers], folder))
        yield made


@pytest.fixture
def cluster(started_cluster: Cluster) -> Cluster:
    """Both processes run, whatever the test before did to them."""
    started_cluster.start_ended_again()
    return started_cluster


@pytest.fixture
def sign_in(demo: AppServer, browser: Browser) -> Iterator[Callable[..., Page]]:
    """A browser of somebody's own, signed in: `sign_in("alice", dark=True, locale="de-DE")`.

    `watch` is called with a new browser before its first request.
    """
    with ExitStack() as ending:

        def open_browser(
            name: str = "alice",
            *,
            dark: bool = False,
            phone: bool = False,
            locale: str = "en-US",
            watch: Callable[[BrowserContext], None] | None = None,
        ) -> Page:
            options: dict[str, Any] = {
                "viewport": PHONE if phone else WIDE,
                "color_scheme": "dark" if dark else "light",
                "timezone_id": "America/Chicago",
                "locale": locale,
                "permissions": ["clipboard-read", "clipboard-write"],
            }
            if watch:
                context = ending.enter_context(browser.new_context(base_url=demo.url, **options))
                watch(context)
            else:
                context = ending.enter_context(lend_context(browser, demo.url, **options))
            page = context.new_page()
            page.goto("/auth/sign-in")
            fill_sign_in(page, name)
            wait_until_idle(page)
            return page

        yield open_browser


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., None]:
    """Leave a screenshot of the page from its top, once it has come to rest; `tall` shows more of a long one."""
    folder = Path(os.environ.get("ZEN_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str, *, tall: int | None = None) -> None:
        before = page.viewport_size
        assert before
        page.set_viewport_size({"width": before["width"], "height": tall or before["height"]})
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
        wait_until_still(page)
        taken = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
        taken.quantize(256, Image.Quantize.MAXCOVERAGE).save(folder / f"{name}.png", optimize=True)
        page.set_viewport_size(before)

    return take


def find_row(page: Page, text: str) -> Locator:
    """The first row of a list that says `text`, with its buttons."""
    return page.locator("[class*=st-key-list_row]").filter(has_text=text).first


def find_renewal(page: Page) -> Locator:
    """The link to the first run of Today that is a standard renewal: which run is first, the day decides."""
    runs = page.locator("[class*=st-key-list_row]").filter(has_text="Standard renewal")
    return runs.get_by_role("link", name="Resume").first


def wait_until_idle(page: Page) -> None:
    """Wait until no script runs, nothing is a skeleton and every chart is drawn."""
    _wait_for_frames(page, IS_IDLE, frames=12)


def wait_until_still(page: Page) -> None:
    """Wait until the page is idle, its fonts and images are there, and nothing on it moves or grows."""
    _wait_for_frames(page, IS_STILL, frames=24)


def _wait_for_frames(page: Page, condition: str, *, frames: int) -> None:
    """Wait until `condition` held in so many frames on end, with an equal value.

    Frames and not seconds: what was just done takes a few turns of the browser's queue to reach the server, on a busy
    machine longer ones.
    """
    page.bring_to_front()  # a tab in the background draws one frame a second
    page.evaluate("window.heldFrames = 0")
    page.wait_for_function(
        f"""() => {{
          const value = ({condition})()
          window.heldFrames = value && value === window.heldValue ? (window.heldFrames ?? 0) + 1 : 0
          window.heldValue = value
          return window.heldFrames >= {frames}
        }}""",
        timeout=120_000,
    )
