"""The map of session state: every key stands here, prefixed by its page. Signing out clears all of them."""

from lib.auth.gate import COOKIE_KEY, SIGNED_IN_KEY

__all__ = ["COOKIE_KEY", "SIGNED_IN_KEY"]
