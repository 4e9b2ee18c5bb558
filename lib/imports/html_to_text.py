"""Notes and summaries that systems export as HTML, as the plain text Zen keeps."""

import html
import re

import nh3

_TAG = re.compile(r"</?(?:p|br|div|span|ul|ol|li|strong|em|b|i|a|table|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\s{0,5}/?>", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")


def html_to_text(text: str) -> str:
    """The text without tags, a line for each paragraph; as it is where it has none. "a < b" is no tag."""
    if not _TAG.search(text):
        return text
    # Not html.parser: before Python 3.13.6 it takes the square of the length for some texts.
    plain = html.unescape(nh3.clean(_BREAK.sub("\n", text), tags=set()))
    lines = (" ".join(line.split()) for line in plain.split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
