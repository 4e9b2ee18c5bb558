"""The typeface: the pages of Streamlit and those of sign-in load the same files, from this server."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "lib" / "ui" / "static" / "fonts"


def read_stylesheet() -> dict[str, str]:
    """The characters of each file, as fonts.css says it."""
    text = (FONTS / "fonts.css").read_text()
    found = re.findall(r'src: url\("([^"]+)"\).*?unicode-range:(.*?);', text, re.DOTALL)
    return {name: re.sub(r"\s", "", characters) for name, characters in found}


def test_both_kinds_of_pages_load_the_same_files():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    faces = {
        Path(face["url"]).name: face["unicodeRange"]
        for face in config["theme"]["fontFaces"]
        if face["url"].startswith("/assets/fonts/")
    }
    assert len(faces) == len(config["theme"]["fontFaces"])
    assert faces == read_stylesheet()


def test_every_file_is_there_with_its_licence():
    assert {path.name for path in FONTS.glob("*.woff2")} == set(read_stylesheet())
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()


def test_figures_that_stand_under_each_other_are_of_one_width():
    rules = re.findall(r"([^{}]+)\{([^{}]+)\}", (ROOT / "lib" / "ui" / "static" / "zen.css").read_text())
    tabular = "".join(selector for selector, rule in rules if "tabular-nums" in rule)
    for place in ("table", ".zen-facts", ".zen-number", "stMetricValue"):
        assert place in tabular
