import sys

# Before anything else: an older Python stops at syntax or at an import, which does not say what is needed.
if sys.version_info < (3, 11):  # noqa: UP036
    raise SystemExit("Zen needs Python 3.11 or newer, and this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031
