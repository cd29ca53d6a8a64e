"""veraPDF for tests: fetched from Maven Central once, kept outside the checkout, offline after that."""

import subprocess
from pathlib import Path

from tests.maven import class_path

HERE = Path(__file__).parent


def verdicts(*papers: Path, flavour: str) -> list[str]:
    """PASS or FAIL with its file, a line for each."""
    command = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", class_path(HERE, "verapdf")]
    command += ["org.verapdf.apps.GreenfieldCliWrapper", "-f", flavour, "--format", "text"]
    done = subprocess.run([*command, *map(str, papers)], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in done.stdout.splitlines() if line.startswith(("PASS", "FAIL"))]
