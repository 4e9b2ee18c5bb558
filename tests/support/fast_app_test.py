"""What AppTest does anew for each run of a page, done once. What a page sees and does is the same."""

from functools import cache
from typing import Any
from unittest.mock import MagicMock

from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import app_test, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner


def make_app_test_faster() -> None:
    """Takes about a third less of a processor for each page."""
    # The metadata of every installed package would be read for each page: more work than most pages.
    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    # The router and the page would be compiled for each run.
    app_test.ScriptCache = local_script_runner.ScriptCache = cache(ScriptCache)
    app_test.MagicMock = create_runtime_mock
    local_script_runner.require_widgets_deltas = wait_for_script


def create_runtime_mock(**options: Any) -> MagicMock:
    """A Streamlit runtime that no browser is connected to.

    Else headers and cookies would be a dozen mocks of mocks, each a new class: a tenth of what a page takes.
    """
    mock = MagicMock(**options)
    mock.get_client.return_value = None
    return mock


def wait_for_script(runner: LocalScriptRunner, timeout: float) -> None:
    """Wait for the thread of the script, where AppTest asks a thousand times a second whether it has ended."""
    assert runner._script_thread
    runner._script_thread.join(timeout)
    if not runner.script_stopped():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"The page took more than {timeout:.0f} s.")
