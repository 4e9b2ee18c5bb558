"""Which browser tabs may upload a file: those whose page shows the uploader, a few files each."""

from collections import OrderedDict
from functools import cache
from threading import Lock

UPLOAD_ENDPOINT = "/_stcore/upload_file/"
FILES_PER_PERMIT = 5
MAX_PERMITS = 10_000


class UploadPermits:
    """Files that each tab may still upload, by the id Streamlit gave its session. Safe across threads."""

    def __init__(self) -> None:
        self._left: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()

    def allow_uploads(self, session_id: str) -> None:
        """Called by a page that draws an uploader for somebody who may use it."""
        with self._lock:
            self._left[session_id] = FILES_PER_PERMIT
            self._left.move_to_end(session_id)
            while len(self._left) > MAX_PERMITS:
                self._left.popitem(last=False)

    def is_allowed(self, path: str, method: str) -> bool:
        """True for a PUT of a tab that has files left, which counts, and for its DELETE."""
        session_id = path.removeprefix(UPLOAD_ENDPOINT).partition("/")[0]
        with self._lock:
            left = self._left.get(session_id)
            if left is None or method not in ("PUT", "DELETE") or (method == "PUT" and not left):
                return False
            self._left[session_id] = left - (method == "PUT")
            return True


@cache
def get_upload_permits() -> UploadPermits:
    """Those of this process. A tab's websocket and its uploads reach the same one."""
    return UploadPermits()
