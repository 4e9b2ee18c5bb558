"""The guide: the Markdown files of docs/guide, one for each page of Zen and a few on what several pages share."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lib.guide.model import GuidePage, GuideSection

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "guide"

_HEADING = re.compile(r"^## +(.+)$", re.MULTILINE)


@cache
def load_guide(folder: Path = FOLDER) -> tuple[GuidePage, ...]:
    """All guide pages by title; none where Zen runs without its documentation."""
    pages = [parse_guide_page(file.stem, file.read_text(encoding="utf-8")) for file in folder.glob("*.md")]
    return tuple(sorted(pages, key=lambda page: page.title.casefold()))


def parse_guide_page(name: str, source: str) -> GuidePage:
    """The first line is the title, "# Book"; each "## Heading" begins a section."""
    title, _, body = source.partition("\n")
    before, *parts = _HEADING.split(body)
    headed = zip(parts[::2], parts[1::2], strict=True)
    sections = [("", before), *headed] if before.strip() else headed
    return GuidePage(
        name=name,
        title=title.removeprefix("#").strip(),
        sections=tuple(GuideSection(heading=heading.strip(), text=text.strip()) for heading, text in sections),
    )


def find_guide_page(pages: Sequence[GuidePage], name: str) -> GuidePage | None:
    return next((page for page in pages if page.name == name), None)
