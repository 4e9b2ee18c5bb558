"""Addresses of slides in a workflow: `draft-email`, or `draft-email:second` for another one of the same slide.

Answers, steps, contexts and chat branches are kept by address. `private.slide_of_address` is the same rule in SQL.
"""

import re
from dataclasses import dataclass

from lib.errors import InvalidInput
from lib.text.format import humanize_code
from lib.text.truncate import truncate

LABEL_PATTERN = r"[a-z0-9][a-z0-9-]{0,39}"
_LABEL = re.compile(LABEL_PATTERN)
BAD_LABEL = (
    "“{label}” cannot be a slide's label: it has up to 40 lowercase letters, digits and hyphens, and begins with "
    "a letter or digit."
)


@dataclass(frozen=True)
class SlideAddress:
    """A slide of the library and the label that tells it from others of its kind, empty for none."""

    slide_id: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.slide_id}:{self.label}" if self.label else self.slide_id

    @property
    def label_text(self) -> str:
        """The label as people read it: "security review"."""
        return humanize_code(self.label.replace("-", "_")) if self.label else ""


def parse_slide_address(text: str) -> SlideAddress:
    """The parts of an address. Raises InvalidInput for a label that is none; the slide need not exist."""
    slide_id, colon, label = text.partition(":")
    if colon and not _LABEL.fullmatch(label):
        raise InvalidInput(BAD_LABEL.format(label=truncate(label, 60)))
    return SlideAddress(slide_id, label)


def get_slide_id_of_address(text: str) -> str:
    """The slide's id: what stands before the colon."""
    return text.partition(":")[0]


def format_slide_name(title: str, text: str) -> str:
    """A slide's title with the label of its address: "Draft email (second)"."""
    label = SlideAddress(*text.split(":", 1)).label_text if ":" in text else ""
    return f"{title} ({label})" if label else title
