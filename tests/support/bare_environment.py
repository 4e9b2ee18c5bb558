"""A virtual environment with requirements.txt alone: python -m tests.support.bare_environment makes it."""

import hashlib
import subprocess
import sys
from pathlib import Path

from lib.local.process_leases import hold_file_lock

REPOSITORY = Path(__file__).resolve().parents[2]


def ensure_bare_python() -> Path:
    """Its Python. Made once, and again when the requirements change; about two seconds after an installation of all."""
    files = b"".join((REPOSITORY / name).read_bytes() for name in ("requirements.txt", "constraints.txt"))
    home = REPOSITORY / ".zen" / f"bare-{hashlib.sha256(files).hexdigest()[:12]}"
    python = home / "bin" / "python"
    with hold_file_lock(home.with_suffix(".lock")):
        if not (home / "complete").exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
            install_requirements(python)
            (home / "complete").touch()
    return python


def install_requirements(python: Path) -> None:
    """By uv, which takes two seconds; by pip where uv does not find what pip's own configuration knows."""
    files = ["-r", "requirements.txt"]
    by_uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", python, *files]
    if subprocess.run(by_uv, cwd=REPOSITORY, check=False).returncode != 0:
        subprocess.run([python, "-m", "pip", "install", "-q", *files], cwd=REPOSITORY, check=True)


if __name__ == "__main__":
    print(ensure_bare_python())
