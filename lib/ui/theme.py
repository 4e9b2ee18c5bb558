"""The look in one place: paper, ink, one accent; green, amber and red for what a value means, never colour alone.

`.streamlit/config.toml` holds the same colours for Streamlit's own widgets; change both. How a value reads (money,
percentages, days) is `lib.text.format`; here is only what needs a clock or a colour.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import streamlit as st

from lib.content.model import Tone
from lib.customers.health_band_tones import HEALTH_BAND_TONES
from lib.customers.model import HEALTH_BAND_LABELS, HealthBand
from lib.server.static_files import build_static_url
from lib.text.format import MONTH_NAMES
from lib.text.html import Html, build_icon_html
from lib.text.local_time import to_local_time
from lib.text.markdown_escape import escape_markdown


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Hex colours. Text may be any from `ink` on: each has 4.5 : 1 or more on `paper` and `surface`."""

    paper: str
    surface: str
    line: str
    faint: str
    sand: str
    ink: str
    muted: str
    accent: str
    good: str
    warning: str
    bad: str

    def find_tone_color(self, tone: Tone) -> str:
        """The colour a value of `tone` is written in; neutral is the accent."""
        return {Tone.GOOD: self.good, Tone.WARNING: self.warning, Tone.BAD: self.bad}.get(tone, self.accent)


LIGHT = Palette(
    paper="#fbfaf7",
    surface="#f1efe9",
    line="#d9d5cc",
    ink="#22262b",
    muted="#5d646c",
    faint="#818db0",
    sand="#8a7f66",
    accent="#3f5c9e",
    good="#2c6a45",
    warning="#855600",
    bad="#9c3636",
)
DARK = Palette(
    paper="#16181b",
    surface="#1d2024",
    line="#34393f",
    ink="#e7e4de",
    muted="#a4aab1",
    faint="#5f6b85",
    sand="#9c8f72",
    accent="#a3b8ec",
    good="#82bd98",
    warning="#d9ae5c",
    bad="#efa39c",
)

TONE_ICONS = {
    Tone.NEUTRAL: ":material/info:",
    Tone.GOOD: ":material/check_circle:",
    Tone.WARNING: ":material/schedule:",
    Tone.BAD: ":material/error:",
}
TONE_COLOURS = {Tone.NEUTRAL: "gray", Tone.GOOD: "green", Tone.WARNING: "orange", Tone.BAD: "red"}

ICON_URL = "data:image/svg+xml;base64," + b64encode(Path(__file__).with_name("zen.svg").read_bytes()).decode()
"""As Streamlit would make it of the file, in every rerun."""


def is_dark_theme() -> bool:
    """True if the browser shows the dark theme; False until it reports its theme."""
    return st.context.theme.type == "dark"


def get_palette(*, dark: bool) -> Palette:
    return DARK if dark else LIGHT


def apply_theme() -> None:
    """Have the browser apply `static/zen.css` after Streamlit's styles; once a run, from the router.

    The head of the page has loaded it already: `lib.server.page_head`.
    """
    # Dialogs stand outside the element to which Streamlit gives the colour scheme.
    scheme = "dark" if is_dark_theme() else "light"
    st.html(
        f'<style>@import url("{build_static_url("zen.css")}");'
        f'[data-testid="stDialog"], body > dialog {{ color-scheme: {scheme}; }}</style>'
    )


def build_script_tag(name: str) -> str:
    """The tag that loads `static/<name>`; the script itself sees to it that it runs once per tab."""
    return f'<script src="{build_static_url(name)}"></script>'


def format_badge(text: str, tone: Tone = Tone.NEUTRAL) -> str:
    """Markdown: `text` as a small badge with the icon of its tone."""
    icon = "" if tone is Tone.NEUTRAL else f"{TONE_ICONS[tone]} "
    return f":{TONE_COLOURS[tone]}-badge[{icon}{escape_markdown(text)}]"


def build_badge_html(text: str, tone: Tone = Tone.NEUTRAL) -> Html:
    """`text` as a small badge with the icon of its tone."""
    mark = "" if tone is Tone.NEUTRAL else build_icon_html(TONE_ICONS[tone])
    return Html('<span class="zen-badge zen-badge-{}">{}{}</span>').format(tone.value, mark, text)


def build_health_badge_html(score: int | None, band: HealthBand | None) -> Html:
    """The health score with its word and colour: "Health 62 · needs attention"."""
    if score is None or band is None:
        return build_badge_html("Health: no data")
    return build_badge_html(f"Health {score} · {HEALTH_BAND_LABELS[band]}", HEALTH_BAND_TONES[band])


def build_toned_html(text: str, tone: Tone) -> Html:
    """`text` in the colour of `tone`; a word or an icon beside it must say the same."""
    return (
        Html.escape(text) if tone is Tone.NEUTRAL else Html('<span class="zen-{}">{}</span>').format(tone.value, text)
    )


def format_clock(moment: datetime, time_zone: str) -> str:
    """ "14:05", in the person's own zone."""
    return to_local_time(moment, time_zone).strftime("%H:%M")


def format_timestamp(moment: datetime, time_zone: str) -> str:
    """ "12 Mar 2027, 14:05", in the person's own zone."""
    there = to_local_time(moment, time_zone)
    return f"{there.day} {MONTH_NAMES[there.month - 1]} {there.year}, {there:%H:%M}"
