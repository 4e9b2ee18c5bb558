"""What a selection in the browser copies is what the record holds, whatever it holds."""

import json
import re
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from playwright.sync_api import Browser, Page

from lib.chat.search_matches import BLANKS
from lib.text.html import Html, clean_html
from lib.text.truncate import single_line
from tests.pages.test_conversations import make_hit
from tests.support.sample_accounts import NASTY
from tests.support.server import REPOSITORY, AppServer
from tests.text.test_escape import ATTACKS

APP = Path(__file__).with_name("text_samples_app.py")
ADDRESSES = ("ravi.nair@acme-x.co.uk", "https://acme.com/a_b?c=d&e=f#g", "www.acme.com", "$284,400 -> 12:30:45 :tada:")
LINES = ("Hi,\n\n  1. one\n  2. two\n\nBest", "a  b   c", "\tindented", "two\n\n\nlines", "a\u202eb\u200bc\U000e0041d")
SIGNS = [
    "[", "]", "(", ")", "!", "*", "_", "`", "```", "<", ">", "<img src=x>", "|", ":", ":red[", ":material/home:",
    ":material_home:", ":streamlit:", ":tada:", "$", "$$", "\\", "&#33;", "&lt;", "http://e.x", "//e.x", "www.e.x", "a",
    "1.", "-", "#", "~", "字", "[^1]", "[1]: u", "e@e.x", "@", ".x", "{{", "---", "===", "->", "<-", "--", "+", "=",
    " ",
]  # fmt: skip
READ = """([number, selector, hasText]) => [...Array(number).keys()].map(at => {
  const drawn = document.querySelector(`.st-key-sample_${at} ${selector}`)
  if (!drawn) return null
  if (hasText) return drawn.textContent  // the text of a button cannot be selected
  const selection = getSelection(), range = document.createRange()
  selection.removeAllRanges()
  range.selectNodeContents(drawn)
  selection.addRange(range)
  return selection.toString()
})"""
ALL_DRAWN = """([number, selector]) =>
  [...Array(number).keys()].every(at => document.querySelector(`.st-key-sample_${at} ${selector}`))"""
STREAMLIT = "[data-testid=stMarkdownContainer]"


def collect(strategy: some.SearchStrategy[str], number: int) -> list[str]:
    """Examples as hypothesis draws them, the same on every run."""
    found: list[str] = []

    @settings(max_examples=number, database=None, derandomize=True, phases=[Phase.generate], deadline=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return found


@pytest.fixture(scope="module")
def samples() -> list[str]:
    """Texts as a record may hold them: Postgres stores no NUL."""
    anything = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
    signs = some.lists(some.sampled_from(SIGNS), max_size=9).map("".join)
    drawn = [*ADDRESSES, *LINES, NASTY, *ATTACKS, *collect(anything, 300), *collect(signs, 300)]
    return [text for text in dict.fromkeys(drawn) if single_line(text) and "\x00" not in text]


@pytest.fixture(scope="module")
def page(samples: list[str], browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder = tmp_path_factory.mktemp("text")
    path = folder / "samples.json"
    path.write_text(json.dumps(samples), encoding="utf-8")
    environment = {"ZEN_TEXT_SAMPLES": str(path), "PYTHONPATH": str(REPOSITORY)}
    server = AppServer.start(environment, log=folder / "log", entry=str(APP))
    context = browser.new_context(base_url=server.url)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    try:
        wait_until_served(server)
        yield context.new_page()
    finally:
        context.close()
        server.stop()


def wait_until_served(server: AppServer) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if httpx.get(f"{server.url}/_stcore/health").status_code == 200:
                return
        time.sleep(0.1)
    raise AssertionError(server.log.read_text())


def read_page(page: Page, way: str, selector: str, number: int) -> list[str | None]:
    page.goto(f"/?way={way}")
    page.get_by_text("All samples are drawn.").wait_for()
    page.wait_for_function(ALL_DRAWN, arg=[number, selector])  # a button's code arrives after its place is drawn
    page.wait_for_load_state("networkidle")
    assert page.locator("[class*=st-key-sample] :is(a, img, .katex)").count() == 0
    return page.evaluate(READ, [number, selector, way in ("button", "option")])  # type: ignore[no-any-return]


def normalized(text: str | None) -> str:
    """Line ends are LF in a page, and blanks at the end of a line are nothing anybody sees."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip(" \t") for line in lines).rstrip("\n")


@pytest.mark.parametrize(("way", "selector"), [("text", ".zen-text p"), ("html", ".zen-text h3")])
def test_any_text_is_copied_as_it_is(page: Page, samples: list[str], way: str, selector: str) -> None:
    copied = read_page(page, way, selector, len(samples))
    pairs = [(normalized(text), normalized(got)) for text, got in zip(samples, copied, strict=True)]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    assert wrong == [], ascii(wrong)


def test_an_excerpt_with_marks_is_copied_as_a_cut_of_the_text(page: Page, samples: list[str]) -> None:
    copied = read_page(page, "excerpt", ".zen-text p", len(samples))
    excerpts = [make_hit(text, text[:3]).excerpt for text in samples]
    pairs = [
        (f"{excerpt.text}{' …' if excerpt.has_text_after else ''}", got or "")
        for excerpt, got in zip(excerpts, copied, strict=True)
    ]
    wrong = [pair for pair in pairs if normalized(pair[0]) != normalized(pair[1])]
    assert wrong == [], ascii(wrong)
    assert all(excerpt.text in text.translate(BLANKS) for excerpt, text in zip(excerpts, samples, strict=True))


@pytest.mark.parametrize(
    ("way", "selector"),
    [
        ("markdown", ".zen-text p"),
        ("streamlit", STREAMLIT),
        ("bold", STREAMLIT),
        ("small", STREAMLIT),
        ("caption", "[data-testid=stCaptionContainer]"),
        ("button", STREAMLIT),
        ("label", STREAMLIT),
        ("option", "[role=radiogroup] button"),
    ],
)
def test_a_line_in_markdown_or_in_a_label_is_copied_as_it_is(
    page: Page, samples: list[str], way: str, selector: str
) -> None:
    copied = read_page(page, way, selector, len(samples))
    # An option that begins with an emoji has it as its icon.
    pairs = [
        (single_line(text), got)
        for text, got in zip(samples, copied, strict=True)
        if way != "option" or unicodedata.category(single_line(text)[0]) != "So"
    ]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    assert wrong == [], ascii(wrong)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_arrives_on_the_clipboard(page: Page, samples: list[str], address: str) -> None:
    page.goto("/?way=text")
    drawn = page.locator(f".st-key-sample_{samples.index(address)} p")
    drawn.wait_for()
    drawn.click(click_count=3)
    page.keyboard.press("Control+C")
    assert page.evaluate("navigator.clipboard.readText()").strip() == address


def test_what_is_invisible_is_shown_by_its_code() -> None:
    html = clean_html(Html("<p>{}</p>").format("pay\u202e \U000e0041\U000e0042\u200b!"))
    assert re.findall(r'data-codes="([^"]*)"', html) == ["U+202E", "U+E0041 U+E0042 U+200B"]
