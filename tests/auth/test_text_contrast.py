"""Every text of the themes and of the sign-in pages reads at 4.5 : 1 or better, in light and in dark."""

import re
import tomllib

import pytest

from lib.auth.html_pages import TEMPLATES
from tests.support.server import REPOSITORY

Theme = dict[str, str]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def faded(text: str, paper: str, share: float = 0.6) -> str:
    """Text at `share` opacity on paper, as Streamlit draws captions."""
    mixed = (round(int(text[i : i + 2], 16) * share + int(paper[i : i + 2], 16) * (1 - share)) for i in (1, 3, 5))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> Theme:
    config = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text())
    chosen: Theme = config["theme"][request.param]
    return chosen


@pytest.fixture(params=["light", "dark"])
def sheet(request: pytest.FixtureRequest) -> Theme:
    text = (TEMPLATES / "style.css").read_text()
    pairs = re.findall(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", text)
    return {name: light if request.param == "light" else dark for name, light, dark in pairs}


def test_text_reads_on_paper_and_on_panels(theme: Theme) -> None:
    for paper in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        for name in ("textColor", "linkColor", "codeTextColor", "dataframeHeaderTextColor"):
            assert contrast(theme[name], paper) >= 4.5, name
        assert contrast(faded(theme["textColor"], paper), paper) >= 4.5, "captions"


def test_a_primary_button_reads(theme: Theme) -> None:
    assert contrast("#ffffff", theme["primaryColor"]) >= 4.5
    assert contrast(theme["primaryColor"], theme["backgroundColor"]) >= 3


def test_words_about_health_read_on_their_own_colour_and_on_paper(theme: Theme) -> None:
    for name in ("green", "yellow", "orange", "red", "blue", "violet", "gray"):
        text = theme[f"{name}TextColor"]
        assert contrast(text, theme[f"{name}BackgroundColor"]) >= 4.5, name
        assert contrast(text, theme["backgroundColor"]) >= 4.5, name


def test_charts_stand_out_from_paper(theme: Theme) -> None:
    colours = theme["chartCategoricalColors"]
    assert len(colours) >= 6
    assert [colour for colour in colours if contrast(colour, theme["backgroundColor"]) < 2.5] == []


def test_the_sign_in_pages_read(sheet: Theme) -> None:
    pairs = [("ink", "paper"), ("quiet", "paper"), ("accent", "paper"), ("on-accent", "accent"), ("ink", "field")]
    pairs += [("error", "error-paper"), ("ink", "error-paper"), ("ink", "note")]
    for text, paper in pairs:
        assert contrast(sheet[text], sheet[paper]) >= 4.5, (text, paper)
    assert contrast(sheet["field-line"], sheet["paper"]) >= 3
