"""Requests for a mailed code: to reset a password, or to join."""

import logging
from collections.abc import Callable

from starlette.background import BackgroundTask
from starlette.requests import Request

from lib.app_context import AppContext, get_app_context
from lib.auth.attempt_limits import AttemptKind
from lib.auth.form_requests import count_attempt
from lib.errors import ZenError

log = logging.getLogger(__name__)

SendCode = Callable[..., None]


async def plan_code_mail(request: Request, send_code: SendCode, email: str) -> BackgroundTask:
    """Count the request, and return the task that has the code mailed after the answer is sent.

    The answer does not wait for it: the time a mail takes would tell which addresses are known. Raises InvalidInput
    and TooManyAttempts.
    """
    await count_attempt(request, AttemptKind.CODE_REQUEST, email)
    return BackgroundTask(_send_and_log_errors, send_code, get_app_context(), email)


def _send_and_log_errors(send_code: SendCode, context: AppContext, email: str) -> None:
    try:
        send_code(context, email=email)
    except ZenError as error:
        log.warning("no code was mailed: %s", error.message)
