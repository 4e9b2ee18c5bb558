"""The log: one JSON object a line on standard error (docs/decisions/0026-json-lines-by-structlog.md)."""

import logging
import re
import threading
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_SHAPES = re.compile(
    r"eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*"  # a JWT
    r"|sb_(?:secret|publishable)_\w+"
    r"|\bsk-[\w-]{8,}"  # a model's key
    r"|(?<=Bearer )\S+"
    r"|(?<=://)[^\s/@]+:[^\s/@]+(?=@)"  # a password in an address
    r"|(?i:(?<=password=)|(?<=secret=)|(?<=token=)|(?<=apikey=)|(?<=zen_session=))[^\s&;,\"']+"
)
QUIET_LOGGERS = ("httpx", "httpcore", "httpx2", "httpcore2", "urllib3", "hpack", "uvicorn.access", "watchdog")

SERVER_LOGGERS = ("streamlit", "uvicorn", "websockets")


def configure_json_log() -> None:
    """Every logger of this process writes JSON lines: time, level, logger, message, request, person, run, exception."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.EventRenamer("message"),
                redact_secrets,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.captureWarnings(True)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    threading.excepthook = _log_thread_exception


def take_over_server_logs() -> None:
    """Streamlit's and uvicorn's loggers have handlers of their own: let them write JSON. Called once they exist."""
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.startswith(SERVER_LOGGERS):
            logger.handlers.clear()
            logger.propagate = True


def redact_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """What has the shape of a key, a token or a password becomes "[removed]", also within a traceback."""
    return {
        name: SECRET_SHAPES.sub("[removed]", value) if isinstance(value, str) else value
        for name, value in event.items()
    }


def _log_thread_exception(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and failure.exc_type is not SystemExit:
        log = logging.getLogger(__name__)
        log.error("a thread ended with an exception", exc_info=failure.exc_value)
