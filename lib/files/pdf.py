"""PDF from a Typst template and values. Values are data to a template: nothing in them is markup or runs."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from typst import Compiler

from lib.files.pdf_fonts import FONT_NAME, load_fonts, normalize_text


def render_pdf(template: Path, values: Mapping[str, Any]) -> bytes:
    """The PDF of a `.typ` file, which reads `values` as JSON from `sys.inputs.data`.

    Callers name characters without a glyph first (`lib.files.pdf_fonts`): the PDF would have a box for each.
    """
    content = _create_compiler(template, values).compile(format="pdf")
    if not isinstance(content, bytes):
        raise TypeError("Typst gave no single file.")
    return content


def count_pages(template: Path, values: Mapping[str, Any]) -> int:
    """The pages `render_pdf` would make. The template has their number as `<page-count>`."""
    return int(json.loads(_create_compiler(template, values).query("<page-count>", field="value", one=True)))


def _create_compiler(template: Path, values: Mapping[str, Any]) -> Compiler:
    data = normalize_text(json.dumps({**values, "font": FONT_NAME}, ensure_ascii=False))
    return Compiler(
        template,
        root=template.parent,
        font_paths=load_fonts(list_texts(values)),
        ignore_system_fonts=True,
        sys_inputs={"data": data},
    )


def list_texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    match value:
        case str():
            yield value
        case Mapping():
            for part in value.values():
                yield from list_texts(part)
        case list() | tuple():
            for part in value:
                yield from list_texts(part)
