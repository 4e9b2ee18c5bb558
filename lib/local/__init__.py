from lib.local.errors import LocalStartError
from lib.local.supabase_stack import (
    LocalStack,
    find_running_stack,
    recreate_stack,
    release_stack,
    remove_stack,
    start_stack,
    stop_stack,
)

__all__ = [
    "LocalStack",
    "LocalStartError",
    "find_running_stack",
    "recreate_stack",
    "release_stack",
    "remove_stack",
    "start_stack",
    "stop_stack",
]
