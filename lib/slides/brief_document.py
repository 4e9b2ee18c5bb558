"""The executive brief as a PDF of one page. What does not fit is left out at the end of its part, and named."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from lib.files.pdf import count_pages, list_texts, render_pdf
from lib.files.pdf_fonts import describe_characters, find_missing_characters
from lib.slides.model import Document
from lib.text.file_names import build_filename
from lib.text.format import format_count
from lib.text.truncate import single_line

TEMPLATE = Path(__file__).parent / "templates" / "brief.typ"
# More than any page holds, so that measuring a book takes no longer than measuring two pages.
MAX_MEASURED_LENGTH = 12_000
MIN_WORDS = 25
"""What is left of a part, however long the others are."""

WORD = re.compile(r"\S{1,40}\s*")
Texts = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Brief:
    """What the brief says. `parts` are title and text, the first is shortened first; `figures` label and value."""

    customer: str
    headline: str
    parts: Texts
    figures: Texts
    author: str
    day: str


def build_brief_file(brief: Brief) -> Document | None:
    """The brief on one page; None while a character in it cannot be printed."""
    values = _build_brief_values(fit_brief_to_page(brief))
    if find_missing_characters(list_texts(values)):
        return None
    return Document(
        filename=build_filename("brief", brief.customer, "pdf"),
        media_type="application/pdf",
        label="Download the brief",
        build=partial(render_pdf, TEMPLATE, values),
    )


def find_brief_problems(brief: Brief) -> list[str]:
    """What is not on the page as written, a sentence each."""
    fitted = fit_brief_to_page(brief)
    problems = []
    for (title, whole), (_, kept) in zip(brief.parts, fitted.parts, strict=True):
        if kept != whole:
            cut = whole[len(kept.removesuffix(" …")) :].strip()
            words = format_count(len(cut.split()), "word")
            start = single_line(cut, max_length=80)
            problems.append(f"Too long for one page. Left out of “{title}”: {words}, from “{start}” on.")
    missing = find_missing_characters(list_texts(_build_brief_values(fitted)))
    if missing:
        problems.append(f"No font here can print {describe_characters(missing)}. Replace it to download the brief.")
    return problems


@lru_cache(maxsize=32)
def fit_brief_to_page(brief: Brief) -> Brief:
    """The brief with its first parts shortened, as far as it takes to fit on a page."""
    kept = dict(brief.parts)
    for title, text in brief.parts:
        if _fits_on_page(brief, kept):
            break

        def fits(shorter: str, title: str = title) -> bool:
            return _fits_on_page(brief, {**kept, title: shorter})

        kept[title] = _shorten_part_to_fit(text, fits)
    return Brief(**{**vars(brief), "parts": tuple(kept.items())})


def _shorten_part_to_fit(text: str, fits: Callable[[str], bool]) -> str:
    """The longest beginning of `text` in whole words that fits; at least MIN_WORDS of them."""
    words = WORD.findall(text[:MAX_MEASURED_LENGTH])
    low, high = min(MIN_WORDS, len(words)), len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(_join_shortened_words(words[:middle], text)) else (low, middle - 1)
    return _join_shortened_words(words[:low], text)


def _join_shortened_words(words: list[str], whole: str) -> str:
    text = "".join(words).rstrip()
    return text if text == whole else f"{text} …"


def _fits_on_page(brief: Brief, parts: Mapping[str, str]) -> bool:
    shown = {title: text[:MAX_MEASURED_LENGTH] for title, text in parts.items()}
    return count_pages(TEMPLATE, _build_brief_values(Brief(**{**vars(brief), "parts": tuple(shown.items())}))) == 1


def _build_brief_values(brief: Brief) -> dict[str, Any]:
    """What `brief.typ` reads."""
    return {
        "title": brief.headline,
        "about": brief.customer,
        "headline": brief.headline,
        "parts": [list(part) for part in brief.parts],
        "figures": [list(figure) for figure in brief.figures],
        "author": brief.author,
        "day": brief.day,
    }
