"""The files of lib/ui/static, and the addresses browsers load them from."""

from functools import cache
from hashlib import sha256
from pathlib import Path

STATIC_URL = "/assets"
STATIC_FILES = Path(__file__).parents[1] / "ui" / "static"


@cache
def build_static_url(name: str) -> str:
    """The address of a static file, with a hash of its content: no browser shows an earlier version."""
    content = (STATIC_FILES / name).read_bytes()
    return f"{STATIC_URL}/{name}?{sha256(content).hexdigest()[:12]}"
