"""PDF from a Typst template and values. Values are data to a template: nothing in them is markup or runs."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from typst import Compiler

from lib.files.glyphs import FONT_NAME, load_fonts, normalize_text


def render_pdf(template: Path, values: Mapping[str, Any]) -> bytes:
    """The PDF of a `.typ` file, which reads `values` as JSON from `sys.inputs.data`.

    Callers name characters without a glyph first (`lib.files.glyphs`): the PDF would have a box for each.
    """
    texts = tuple(list_texts(values))
    data = normalize_text(json.dumps({**values, "font": FONT_NAME}, ensure_ascii=False))
    compiler = Compiler(
        template, root=template.parent, font_paths=load_fonts(texts), ignore_system_fonts=True,
        sys_inputs={"data": data},
    )  # fmt: skip
    content = compiler.compile(format="pdf")
    if not isinstance(content, bytes):
        raise TypeError("Typst gave no single file.")
    return content


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
