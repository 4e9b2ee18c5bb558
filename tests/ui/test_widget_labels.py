import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.server import REPOSITORY

WIDGETS = {"button", "download_button", "link_button", "menu_button", "popover"}


def list_widget_calls() -> Iterator[tuple[Path, ast.Call]]:
    for folder in ("lib/ui", "pages"):
        for file in sorted((REPOSITORY / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WIDGETS:
                    yield file, node


def test_no_button_is_named_after_its_icon() -> None:
    """Streamlit names a button without a label "close icon"; `icon_only_key` draws one that has a label as an icon."""
    nameless = [
        f"{file.relative_to(REPOSITORY)}:{call.lineno}"
        for file, call in list_widget_calls()
        if call.args and isinstance(call.args[0], ast.Constant) and not str(call.args[0].value).strip()
    ]
    assert nameless == []
