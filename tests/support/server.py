import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

REPOSITORY = Path(__file__).resolve().parents[2]
ENTRY = str(REPOSITORY / "streamlit_app.py")


@dataclass(frozen=True)
class AppServer:
    """The app as `streamlit run` starts it, in a process of its own."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls,
        environment: Mapping[str, str],
        *,
        log: Path,
        cwd: Path = REPOSITORY,
        entry: str = ENTRY,
        port: int | None = None,
        python: str = sys.executable,
    ) -> "AppServer":
        port = port or free_port()
        with log.open("ab") as output:
            started = subprocess.Popen(
                [python, "-m", "streamlit", "run", entry, "--server.address=127.0.0.1", f"--server.port={port}"],
                cwd=cwd,
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return cls(f"http://127.0.0.1:{port}", log, started)

    @classmethod
    @contextmanager
    def running(
        cls, environment: Mapping[str, str], *, log: Path, python: str = sys.executable
    ) -> Iterator["AppServer"]:
        server = cls.start(environment, log=log, python=python)
        try:
            server.wait_for("ok")
            yield server
        finally:
            server.stop()

    def readiness(self) -> str:
        """What /ready says, such as starting, ok or failed; empty while nothing listens."""
        try:
            return str(httpx.get(f"{self.url}/ready", timeout=15).json()["status"])
        except httpx.TransportError:
            return ""

    def wait_for(self, status: str, *, seconds: float = 240) -> None:
        end = time.monotonic() + seconds
        while self.readiness() != status:
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, f"not {status} in {seconds} s\n{self.log.read_text()}"
            time.sleep(0.1)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
