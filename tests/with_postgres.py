"""Runs a Python module with a real PostgreSQL of its own: `python -m tests.with_postgres pytest tests/races`."""

import os
import subprocess
import sys

from tests.servers import running_postgres


def main(module: list[str]) -> int:
    with running_postgres() as server:
        environment = os.environ | {"BLIKK_DATABASE_URL": server.url}
        return subprocess.run([sys.executable, "-m", *module], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
