"""HTML pages to download from a slide."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader


def render_html_page(template: str, **values: Any) -> bytes:
    """An HTML page from `lib/slides/templates`, every value escaped."""
    return _load_page_templates().get_template(template).render(**values).encode()


@cache
def _load_page_templates() -> Environment:
    folder = Path(__file__).parent / "templates"
    return Environment(loader=FileSystemLoader(folder), autoescape=True, trim_blocks=True, lstrip_blocks=True)
