"""python -m lib.local up | down | reset | remove | status | mail"""

import argparse
import sys
from collections.abc import Sequence

from lib.errors import ZenError
from lib.local import supabase_stack
from lib.local.paths import resolve_local_paths


def main(arguments: Sequence[str] | None = None) -> int:
    options = _build_argument_parser().parse_args(arguments)
    try:
        return _run_command(options)
    except ZenError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _build_argument_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lib.local", description="The local Supabase of this checkout.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in (
        ("up", "start it, and keep it running"),
        ("reset", "empty the local database and build it anew"),
    ):
        command = verbs.add_parser(verb, help=text)
        command.add_argument("--rest", choices=("lite", "postgrest"), help="which REST service answers")
        command.add_argument("--no-seed", action="store_true", help="leave the database without stock and demo rows")
    verbs.add_parser("down", help="stop it; the data stays")
    verbs.add_parser("remove", help="stop it and delete everything it stored")
    verbs.add_parser("status", help="print its addresses and keys as environment lines")
    verbs.add_parser("mail", help="print the mails it would have sent")
    return parser


def _run_command(options: argparse.Namespace) -> int:
    if options.verb == "up":
        supabase_stack.start_stack(report=_print_line, seed=not options.no_seed, rest=options.rest, keep=True)
    elif options.verb == "reset":
        supabase_stack.recreate_stack(report=_print_line, seed=not options.no_seed, rest=options.rest)
    elif options.verb == "down":
        supabase_stack.stop_stack(report=_print_line)
    elif options.verb == "remove":
        supabase_stack.remove_stack(report=_print_line)
    elif options.verb == "mail":
        mail = resolve_local_paths(None).mail
        _print_line(mail.read_text(encoding="utf-8").rstrip() if mail.exists() else "No mail yet")
    else:
        return _print_stack_status()
    return 0


def _print_line(line: str) -> None:
    print(line, flush=True)


def _print_stack_status() -> int:
    running = supabase_stack.find_running_stack()
    if running is None:
        print("The local Supabase is not running. Run: python -m lib.local up", file=sys.stderr)
        return 1
    for name, value in running.environment.items():
        print(f"{name}={value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
