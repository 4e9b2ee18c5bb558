from lib.local.errors import LocalStartError
from lib.local.stack import LocalStack, down, release, remove, reset, status, up

__all__ = ["LocalStack", "LocalStartError", "down", "release", "remove", "reset", "status", "up"]
