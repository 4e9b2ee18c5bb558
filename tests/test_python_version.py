"""An older Python is told in one line what Zen needs."""

import ast
import subprocess
import sys

import pytest

from tests.support.server import REPOSITORY


@pytest.mark.parametrize("module", ["lib.local", "lib.workflows.__main__", "streamlit_app"])
def test_python_3_10_gets_one_line(module: str) -> None:
    code = f"import streamlit, sys; sys.version_info = (3, 10, 14, 'final', 0); import {module}"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Zen needs Python 3.11 or newer, and this is Python 3.10.\n")


@pytest.mark.parametrize("file", ["lib/__init__.py", "streamlit_app.py"])
def test_an_older_python_can_read_what_says_so(file: str) -> None:
    ast.parse((REPOSITORY / file).read_text(), feature_version=(3, 8))
