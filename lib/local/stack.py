"""The local Supabase as a whole. Several processes may use one stack; `up` and `release` count them."""

import contextlib
import errno
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.errors import ZenError
from lib.local import gateway, migrations, node, packages, postgres, postgrest, seeds, users
from lib.local.errors import LocalStartError, no_space
from lib.local.keys import Keys, keys_for, read_keys
from lib.local.layout import Layout, layout_for
from lib.local.ports import port_for, remembered_port

Report = Callable[[str], None]


@dataclass(frozen=True)
class LocalStack:
    """Addresses and keys of a running local Supabase. `session_secret` is this machine's ZEN_SESSION_SECRET."""

    url: str
    publishable_key: str
    secret_key: str
    database_url: str
    session_secret: str
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """The names under which the app, the seeds and the Supabase CLI read them."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "DATABASE_URL": self.database_url,
        }


def up(
    *,
    folder: Path | None = None,
    report: Report = print,
    seed: bool = True,
    rest: str | None = None,
    keep: bool = False,
) -> LocalStack:
    """Start the local Supabase, or join it where it runs; create, migrate and seed what is missing.

    `rest` is "lite" or "postgrest"; by default what runs already, else ZEN_LOCAL_REST, else "lite". With `keep` the
    stack runs on when its last user has left. Raises LocalStartError: one sentence, and what to do.
    """
    layout, began = layout_for(folder), time.monotonic()
    with _said_plainly(), users.alone(layout.lock):
        before = gateway.running_pid(layout)
        users.enrol(layout.users)
        try:
            stack = _start(layout, rest, report)
            if seed:
                seeds.ensure_seeded(layout.seed_stamp, stack.environment, report)
        except BaseException:
            with contextlib.suppress(ZenError, OSError):
                _leave(layout)
            raise
        if keep:
            layout.keep.touch()
        joined = before == gateway.running_pid(layout)
    report("Running already" if joined else f"Ready in {time.monotonic() - began:.0f} s")
    return stack


def down(*, folder: Path | None = None, report: Report = print) -> None:
    """Stop it, whoever uses it. The data stays."""
    layout = layout_for(folder)
    if not layout.folder.exists():
        report("Nothing is running")
        return
    with _said_plainly(), users.alone(layout.lock):
        _stop(layout)
    report("Stopped")


def reset(
    *, folder: Path | None = None, report: Report = print, seed: bool = True, rest: str | None = None
) -> LocalStack:
    """Empty the local database and build it anew. Keys and ports stay."""
    layout = layout_for(folder)
    keep = layout.keep.exists()
    with _said_plainly(), users.alone(layout.lock):
        postgres.erase(_stop_services(layout))
        layout.seed_stamp.unlink(missing_ok=True)
    return up(folder=folder, report=report, seed=seed, rest=rest, keep=keep)


def remove(*, folder: Path | None = None, report: Report = print) -> None:
    """Stop it and delete all of it: data, keys, logs."""
    layout = layout_for(folder)
    if layout.folder.exists():
        with _said_plainly(), users.alone(layout.lock):
            server = _stop_services(layout)
            postgres.erase(server)
            shutil.rmtree(server.home, ignore_errors=True)
            shutil.rmtree(layout.folder, ignore_errors=True)
    report("Removed")


def status(*, folder: Path | None = None) -> LocalStack | None:
    """The running stack, or None. Looks only."""
    layout = layout_for(folder)
    keys = read_keys(layout.keys)
    if keys is None or not gateway.answers(layout, keys):
        return None
    return _stack(layout, keys)


def release(stack: LocalStack) -> None:
    """This process no longer uses the stack: the last one stops it, unless it was started to be kept."""
    layout = Layout(stack.folder)
    if not layout.folder.exists():
        return
    with users.alone(layout.lock):
        _leave(layout)


def _leave(layout: Layout) -> None:
    users.leave(layout.users)
    if not users.any_left(layout.users) and not layout.keep.exists():
        _stop(layout)


def _start(layout: Layout, rest: str | None, report: Report) -> LocalStack:
    postgres.sweep()
    server = postgres.server_for(layout)
    keys = keys_for(layout.keys)
    chosen = _rest(rest or gateway.running_rest(layout) or os.environ.get("ZEN_LOCAL_REST") or "lite")
    port = postgres.ensure_running(server, layout, keys, report)
    if chosen == "postgrest" and not postgrest.answers(layout):
        port_for(layout.ports, "postgrest")
    gateway.ensure_running(
        gateway.Plan(layout, keys, server, port, chosen),
        install=lambda: _installed(layout, report, everything=chosen != "lite"),
    )
    stack = _stack(layout, keys)
    applied = migrations.apply(stack.database_url, report)
    if chosen == "postgrest":
        postgrest.ensure_running(layout, keys, server, port, anew=applied > 0)
    else:
        postgrest.stop(layout)
    return stack


def _installed(layout: Layout, report: Report, *, everything: bool) -> tuple[node.Node, Path]:
    found = node.find_node()
    return found, packages.ensure_packages(layout, found, everything=everything, report=report)


def _rest(chosen: str) -> str:
    if chosen in ("lite", "postgrest"):
        return chosen
    raise LocalStartError(f"There is no REST service named {chosen!r}.", hint="Use lite or postgrest.")


def _stop(layout: Layout) -> None:
    postgres.stop(_stop_services(layout))


def _stop_services(layout: Layout) -> postgres.Server:
    """Stop what stands in front of the database; returns the database."""
    layout.keep.unlink(missing_ok=True)
    gateway.stop(layout)
    postgrest.stop(layout)
    return postgres.server_for(layout)


def _stack(layout: Layout, keys: Keys) -> LocalStack:
    port = remembered_port(layout.ports, "postgres")
    return LocalStack(
        url=gateway.url_of(remembered_port(layout.ports, "gateway") or 0),
        publishable_key=keys.publishable_key,
        secret_key=keys.secret_key,
        database_url=f"postgresql://postgres:{keys.database_password}@127.0.0.1:{port}/postgres",
        session_secret=keys.session_secret,
        folder=layout.folder,
    )


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise no_space("the local Supabase's folder") from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise LocalStartError(
                f"{error.filename or 'The local folder'} cannot be written.",
                hint="Set ZEN_LOCAL_DIR to a folder you may write to.",
            ) from error
        raise
