"""The look in one place: paper, ink, one accent; green, amber and red for what a value means, never colour alone.

`.streamlit/config.toml` holds the same colours for Streamlit's own widgets; change both. How a value reads (money,
percentages, days) is `lib.text.format`; here is only what needs a clock or a colour.
"""

from dataclasses import dataclass
from datetime import datetime

import streamlit as st

from lib.accounts.model import HEALTH_BAND_LABELS, HealthBand
from lib.content.model import Tone
from lib.text.escape import escape_markdown
from lib.text.format import MONTH_NAMES
from lib.text.local_time import to_local_time


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Hex colours. Text may be any from `ink` on: each has 4.5 : 1 or more on `paper` and `surface`."""

    paper: str
    surface: str
    line: str
    faint: str
    ink: str
    muted: str
    accent: str
    good: str
    warning: str
    bad: str

    def color_of(self, tone: Tone) -> str:
        """The colour a value of `tone` is written in; neutral is the accent."""
        return {Tone.GOOD: self.good, Tone.WARNING: self.warning, Tone.BAD: self.bad}.get(tone, self.accent)


LIGHT = Palette(
    paper="#fbfaf7",
    surface="#f1efe9",
    line="#d9d5cc",
    ink="#22262b",
    muted="#5d646c",
    faint="#9aa5bd",
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
BAND_TONES = {HealthBand.GREEN: Tone.GOOD, HealthBand.YELLOW: Tone.WARNING, HealthBand.RED: Tone.BAD}

# What Streamlit's own theme options cannot say: the measure of the column (1,080 px and its padding), figures that
# stand under each other, and what a phone needs.
STYLESHEET = """
<style>
[data-testid="stMainBlockContainer"], [data-testid="stBottomBlockContainer"] { max-width: 1240px; }
[data-testid="stMainBlockContainer"]:has(.st-key-run_beside),
[data-testid="stApp"]:has(.st-key-run_beside) [data-testid="stBottomBlockContainer"] { max-width: 1680px; }
.st-key-run_footer kbd { opacity: 1; color: inherit; }
[data-testid="stChatMessage"] { padding: 0; background: none; gap: .5rem; }
.st-key-chat_messages [data-testid="stMarkdownContainer"] { font-size: .9375rem; }
.st-key-chat_messages [class*="st-key-chat-press-"] button { opacity: .8; font-size: .875rem; }
.st-key-chat_messages [data-testid="stPopoverButton"] > div > [aria-hidden="true"] { display: none; }
.st-key-chat_messages [class*="st-key-chat-press-source-"] button,
.st-key-chat_messages [class*="st-key-chat-press-source-"] button * { justify-content: flex-start; text-align: left; }
.st-key-chat_messages [class*="st-key-chat-press-source-"] p { font-size: .8125rem; }
.st-key-chat_messages [data-testid="stMarkdownContainer"] > table :is(th, td) {
  font-size: .8125rem; padding-right: .5rem; white-space: normal !important; }
.st-key-chat_suggestions button { text-align: left; font-size: .875rem; min-height: 0; padding: .2rem .6rem; }
@media (min-width: 641px) {
  [data-testid="stMarkdownContainer"] > table tr:not(:has(> :nth-child(6))) > td:first-child { white-space: nowrap; }
  .st-key-explorer-unfolded { display: none; }
  [data-testid="stMainBlockContainer"]:has(.st-key-run_beside),
  [data-testid="stApp"]:has(.st-key-run_beside) [data-testid="stBottomBlockContainer"] {
    padding-left: 2.5rem; padding-right: 2.5rem; }
  .st-key-run_footer, .st-key-run_title { flex-wrap: nowrap; }
  :is(.st-key-run_footer, .st-key-run_title) > * { flex: none; }
  :is(.st-key-run_footer, .st-key-run_title) > :first-child { flex: 1 1 0; min-width: 0; }
  [class*="st-key-today_row"] { flex-wrap: nowrap; }
  [class*="st-key-today_row"] > :last-child { flex: none; }
}
@media (min-width: 1200px) {
  .st-key-run_beside > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:first-child {
    flex: 1 1 0; min-width: 0; }
  .st-key-run_beside > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:last-child {
    flex: 0 0 clamp(18.5rem, 34%, 25rem); min-width: 0; }
  [data-testid="stApp"]:has(.st-key-run_beside) .st-key-run_footer {
    max-width: calc(100% - clamp(18.5rem, 34%, 25rem) - 4rem); }
  [data-testid="stLayoutWrapper"]:has(> .st-key-run_chat) { position: sticky; top: 1.5rem; }
  .st-key-chat_panel {
    flex: none; height: calc(100vh - 10rem) !important; min-height: 24rem; flex-wrap: nowrap; }
  .st-key-chat_panel > [data-testid="stLayoutWrapper"]:has(> .st-key-chat_messages) {
    flex: 1 1 0; min-height: 8rem; }
  .st-key-chat_messages { height: 100% !important; }
}
@media (max-width: 1679px) {
  [data-testid="stApp"]:has(.st-key-run_beside) .st-key-run_footer kbd { display: none; }
}
@media (max-width: 1199px) {
  .st-key-run_footer kbd { display: none; }
  .st-key-run_beside > * > [data-testid="stHorizontalBlock"] { flex-direction: column; }
  .st-key-run_beside > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] { width: 100%; flex: none; }
}
[data-testid="stLayoutWrapper"]:has(> .st-key-act_notice) { position: sticky; top: .75rem; z-index: 90; }
[data-testid="stApp"] { font-variant-numeric: tabular-nums; }
[data-testid="stMetricValue"] > div { overflow-wrap: anywhere; white-space: normal; }
[data-testid="stHeaderActionElements"] { display: none; }
[data-testid="stMarkdownContainer"]:has(> table) { overflow-x: auto; }
[data-testid="stMarkdownContainer"] > table { width: 100%; margin: 0 0 1rem; }
[data-testid="stMarkdownContainer"] > table :is(th, td) {
  border-width: 0 0 1px; padding: .375rem .875rem .375rem 0; font-size: .875rem; vertical-align: top; }
[data-testid="stMarkdownContainer"] > table th { vertical-align: bottom; }
[data-testid="stMarkdownContainer"] > table :is(th, td):last-child { padding-right: 0; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
@media (max-width: 640px) {
  .st-key-run-steps [role="radiogroup"] { flex-wrap: nowrap; overflow-x: auto; }
  .st-key-run-steps [role="radiogroup"] > button { flex: none; }
  [data-testid="stColumn"]:not(:has(.st-key-explorer-unfolded input:checked)) .st-key-explorer_filters {
    display: none; }
  .st-key-run_footer > :has([data-testid="stMarkdown"]) { order: -1; flex-basis: 100%; }
}
</style>
"""


def is_dark() -> bool:
    """Whether the browser shows the dark theme; light until it has said so."""
    return st.context.theme.type == "dark"


def get_palette(*, dark: bool) -> Palette:
    return DARK if dark else LIGHT


def apply_theme() -> None:
    """The few rules of `STYLE`, and the colours a rule needs; once a run, from the router."""
    chosen = f'[data-testid="stButtonGroup"] [aria-checked="true"] p {{ color: {get_palette(dark=is_dark()).accent}; }}'
    notice = f".st-key-act_notice {{ background: {get_palette(dark=is_dark()).paper}; }}"
    st.html(STYLESHEET.replace("</style>", f"{chosen}\n{notice}\n</style>"))


def color_text(text: str, tone: Tone) -> str:
    """Markdown: plain `text` in the colour of `tone`; neutral stays ink. A word or an icon must say the same."""
    safe = escape_markdown(text)
    return safe if tone is Tone.NEUTRAL else f":{TONE_COLOURS[tone]}[{safe}]"


def format_badge(text: str, tone: Tone = Tone.NEUTRAL) -> str:
    """Markdown: `text` as a small badge with the icon of its tone."""
    icon = "" if tone is Tone.NEUTRAL else f"{TONE_ICONS[tone]} "
    return f":{TONE_COLOURS[tone]}-badge[{icon}{escape_markdown(text)}]"


def format_health_badge(score: int | None, band: HealthBand | None) -> str:
    """Markdown: the health score with its word and colour: "62 · needs care"; plain words when there is none."""
    if score is None or band is None:
        return format_badge("health: no data")
    return format_badge(f"{score} · {HEALTH_BAND_LABELS[band]}", BAND_TONES[band])


def format_clock(moment: datetime, time_zone: str) -> str:
    """ "14:05", in the person's own zone."""
    return to_local_time(moment, time_zone).strftime("%H:%M")


def format_timestamp(moment: datetime, time_zone: str) -> str:
    """ "12 Mar 2027, 14:05", in the person's own zone."""
    there = to_local_time(moment, time_zone)
    return f"{there.day} {MONTH_NAMES[there.month - 1]} {there.year}, {there:%H:%M}"
