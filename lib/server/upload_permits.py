"""Which browser tabs may upload a file: those whose page shows the uploader, a few files each."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from threading import Lock

UPLOAD_ENDPOINT = "/_stcore/upload_file/"
FILES_PER_PERMIT = 5
MAX_PERMITS = 10_000


@dataclass
class UploadPermit:
    """Files a tab may still upload; `browser` is a digest of the cookie its page was drawn for."""

    browser: bytes
    files_left: int = FILES_PER_PERMIT


class UploadPermits:
    """Files that each tab may still upload, by the id Streamlit gave its session. Safe across threads."""

    def __init__(self) -> None:
        self._permits: OrderedDict[str, UploadPermit] = OrderedDict()
        self._lock = Lock()

    def allow_uploads(self, session_id: str, cookie: str) -> None:
        """Called by a page that draws an uploader for somebody who may use it, with the cookie of their browser."""
        with self._lock:
            self._permits[session_id] = UploadPermit(browser=_digest_session_cookie(cookie))
            self._permits.move_to_end(session_id)
            while len(self._permits) > MAX_PERMITS:
                self._permits.popitem(last=False)

    def withdraw_uploads_of_browser(self, cookie: str) -> None:
        """Somebody signs out: the tabs of their browser may upload nothing more."""
        browser = _digest_session_cookie(cookie)
        with self._lock:
            for session_id in [each for each, permit in self._permits.items() if permit.browser == browser]:
                del self._permits[session_id]

    def is_allowed(self, path: str, method: str) -> bool:
        """True for a PUT of a tab that has files left, which counts, and for its DELETE."""
        session_id = path.removeprefix(UPLOAD_ENDPOINT).partition("/")[0]
        with self._lock:
            permit = self._permits.get(session_id)
            if permit is None or method not in ("PUT", "DELETE") or (method == "PUT" and not permit.files_left):
                return False
            permit.files_left -= method == "PUT"
            return True


def _digest_session_cookie(cookie: str) -> bytes:
    return sha256(cookie.encode()).digest()


@cache
def get_upload_permits() -> UploadPermits:
    """Those of this process. A tab's websocket and its uploads reach the same one."""
    return UploadPermits()
