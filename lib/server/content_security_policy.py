"""What a browser may load for a page of the app, whatever text got onto it (docs/decisions/0021)."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

_INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)

# A file that a person downloads, opened as a page of its own: it may show itself and nothing else.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; sandbox"


@cache
def build_page_policy() -> str:
    """The Content-Security-Policy of Streamlit's page: this origin alone, and no script written into the page."""
    sources = {
        "default-src": "'none'",
        # Streamlit's 64-bit integers (long.js) are WebAssembly; no text is evaluated as a script.
        "script-src": " ".join(["'self'", "'wasm-unsafe-eval'", *_hash_streamlit_scripts()]),
        # Streamlit, Plotly and our own HTML set styles in elements and attributes; a style can load nothing from
        # elsewhere, as images, fonts and stylesheets have their own lines here.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' blob:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "frame-src": "'none'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in sources.items())


def _hash_streamlit_scripts() -> list[str]:
    """The hashes of the scripts written into Streamlit's index.html, of the version that is installed."""
    package = find_spec("streamlit")
    if package is None or package.origin is None:
        return []
    page = (Path(package.origin).parent / "static" / "index.html").read_bytes()
    return [f"'sha256-{b64encode(sha256(script).digest()).decode()}'" for script in _INLINE_SCRIPT.findall(page)]
