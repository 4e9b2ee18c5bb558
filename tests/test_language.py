"""Names in the code: the rules of the language that can be checked by a program."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.support.server import REPOSITORY

# Nouns of the field that only look like participles.
NOUNS = {
    "answer_mapping",
    "column_mapping",
    "greeting",
    "run_mapping",
    "stock_branch_seed",
    "step_mapping",
    "stock_seed",
}
# Agreed names that are no activity of the module itself.
AGREED = {"row_parsing", "rule_based"}
IRREGULAR = {
    "begun",
    "done",
    "found",
    "given",
    "held",
    "kept",
    "left",
    "meant",
    "said",
    "seen",
    "sent",
    "told",
    "written",
}
ALIAS = re.compile(r"_?[A-Z][a-z]\w*")


def source_files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((REPOSITORY / folder).rglob("*.py"))


def is_participle(module: str) -> bool:
    last = module.removeprefix("test_").rsplit("_", 1)[-1]
    return last.endswith(("ing", "ed")) or last in IRREGULAR


def type_names(file: Path) -> Iterator[str]:
    """Classes at any depth, and type aliases of the module."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            yield from (
                name.id for name in statement.targets if isinstance(name, ast.Name) and ALIAS.fullmatch(name.id)
            )


def test_a_class_or_type_alias_stands_once_in_lib() -> None:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in source_files("lib"):
        for name in type_names(file):
            found[name].append(str(file.relative_to(REPOSITORY)))
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


def test_no_module_is_named_by_a_participle() -> None:
    modules = {file.stem: str(file.relative_to(REPOSITORY)) for file in source_files("lib", "pages", "tests")}
    assert {
        path
        for module, path in modules.items()
        if is_participle(module) and module.removeprefix("test_") not in NOUNS | AGREED
    } == set()


def test_every_exception_to_the_rule_is_used() -> None:
    modules = {file.stem.removeprefix("test_") for file in source_files("lib", "pages", "tests")}
    assert (NOUNS | AGREED) - modules == set()
