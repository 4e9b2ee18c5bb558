"""Format the migrations with sqlfluff: python .ci/format_sql.py [--check] [FILE ...]

sqlfluff reads a function's body as one string, so each body in plain SQL is formatted by itself and put back. Bodies in
PL/pgSQL, which no formatter does justice to, stay as they are (docs/decisions/0010-sql-formatting.md). `--check`
changes nothing, and exits with 1 if a file is not formatted or has a line of more than 120 columns.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from textwrap import dedent, indent

from sqlfluff.core import FluffConfig, Linter

REPOSITORY = Path(__file__).resolve().parent.parent
MIGRATIONS = REPOSITORY / "supabase" / "migrations"
LONGEST_LINE = 120
TEXT = r"'(?:[^']|'')*'"
COMMENT = re.compile(rf"^(comment on [^']+? is)\s+({TEXT}(?:\n{TEXT})*);$", re.MULTILINE)
FUNCTION = re.compile(r"^create function (?P<head>.*?)\bas \$\$(?P<body>.*?)\$\$;", re.DOTALL | re.MULTILINE)


@cache
def linter() -> Linter:
    return Linter(config=FluffConfig.from_path(str(MIGRATIONS)))


def format_statements(text: str) -> str:
    """The text as sqlfluff lays it out; raises ValueError where it cannot be parsed."""
    linted = linter().lint_string(text, fix=True)
    unparsable = [violation for violation in linted.violations if violation.rule_code() == "PRS"]
    if unparsable:
        raise ValueError(unparsable[0].desc())
    return linted.fix_string()[0]


def format_body(function: re.Match[str]) -> str:
    if not re.search(r"\blanguage sql\b", function["head"]):
        return function[0]
    body = format_statements(f"{dedent(function['body']).strip()};\n").strip().removesuffix(";")
    short = f"as $$ {body} $$;"
    body = short if "\n" not in body and len(short) <= LONGEST_LINE else f"as $$\n{indent(body, '  ')}\n$$;"
    return f"create function {function['head']}{body}"


def format_comment(comment: re.Match[str]) -> str:
    """A comment on one line if it fits, otherwise its text on the next."""
    line = f"{comment[1]} {comment[2]};"
    return line if "\n" not in line and len(line) <= LONGEST_LINE else f"{comment[1]}\n{comment[2]};"


def format_file(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    try:
        return COMMENT.sub(format_comment, format_statements(FUNCTION.sub(format_body, text)))
    except ValueError as error:
        raise SystemExit(f"{path.relative_to(REPOSITORY)}: {error}") from error


def check(path: Path, formatted: str) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if formatted != text:
        yield f"{path.relative_to(REPOSITORY)} is not formatted."
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > LONGEST_LINE:
            yield f"{path.relative_to(REPOSITORY)}:{number}: {len(line)} columns; {LONGEST_LINE} are allowed."


def main() -> int:
    parser = argparse.ArgumentParser(description="Format the migrations.")
    parser.add_argument("--check", action="store_true", help="change nothing, report what is not formatted")
    parser.add_argument("files", nargs="*", type=Path, default=sorted(MIGRATIONS.glob("*.sql")))
    options = parser.parse_args()
    files = [path.resolve() for path in options.files]
    with ProcessPoolExecutor() as pool:
        formatted = dict(zip(files, pool.map(format_file, files), strict=True))
    if options.check:
        faults = [fault for path, text in formatted.items() for fault in check(path, text)]
        sys.stdout.writelines(f"{fault}\n" for fault in faults)
        return 1 if faults else 0
    for path, text in formatted.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
