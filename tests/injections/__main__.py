"""Plant every attack of the published corpora in every place, with every goal; about an hour on an idle machine.

    python -m tests.injections              all of them
    python -m tests.injections --every 29   each 29th

The wheels of `requirements.txt` are installed into a folder of their own, without what they depend on.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    parser = argparse.ArgumentParser(description="Plant whole corpora of injections.")
    parser.add_argument("--every", type=int, default=1, help="take each Nth only")
    every = parser.parse_args().every
    with tempfile.TemporaryDirectory() as folder:
        install = ("-m", "pip", "install", "-q", "--no-deps", "--target", folder, "-r", str(HERE / "requirements.txt"))
        subprocess.run([sys.executable, *install], check=True)
        environment = os.environ | {"ZEN_INJECTION_WHEELS": folder, "ZEN_INJECTION_EVERY": str(every)}
        tests = ("-m", "pytest", "-q", "-n", "0", "-s", "--tb=short", str(HERE))
        return subprocess.run([sys.executable, *tests], check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
