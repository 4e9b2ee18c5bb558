"""python -m lib.demo seed | freshen"""

import argparse
import sys
from collections.abc import Sequence

from lib.errors import ZenError


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something failed."""
    options = _build_argument_parser().parse_args(arguments)
    try:
        from lib import local  # noqa: F401  (first: it says which packages are missing, and how to install them)
        from lib.demo.seed_command import run_demo_command

        run_demo_command(options.verb, allow_any_host=options.yes_this_is_a_demo)
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _build_argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.demo", description="The demo book.")
    parser.add_argument("verb", choices=("seed", "freshen"), help="bring the book in, or its dates up to today")
    parser.add_argument(
        "--yes-this-is-a-demo", action="store_true", help="allow a database that is not on this machine"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
