"""veraPDF for tests: fetched from Maven Central once, kept outside the checkout, offline after that."""

import os
import subprocess
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("BLIKK_CACHE", Path.home() / ".cache" / "blikk"))


def class_path() -> str:
    """The libraries, named by what the pom says."""
    pom = (HERE / "pom.xml").read_bytes()
    kept = CACHE / f"verapdf-{sha256(pom).hexdigest()[:16]}.path"
    if kept.exists() and all(Path(jar).exists() for jar in kept.read_text().split(os.pathsep)):
        return kept.read_text()
    CACHE.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    command = ["mvn", "-B", "-q", f"-Dmaven.repo.local={CACHE / 'maven'}", "dependency:build-classpath"]
    command += [f"-Dmdep.outputFile={fresh}"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Maven could not fetch veraPDF: {done.stdout[-2000:]}{done.stderr[-500:]}")
    fresh.replace(kept)
    return kept.read_text()


def verdicts(*papers: Path, flavour: str) -> list[str]:
    """PASS or FAIL with its file, a line for each."""
    command = ["java", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-cp", class_path()]
    command += ["org.verapdf.apps.GreenfieldCliWrapper", "-f", flavour, "--format", "text"]
    done = subprocess.run([*command, *map(str, papers)], capture_output=True, text=True, check=False)
    return [line.split()[0] for line in done.stdout.splitlines() if line.startswith(("PASS", "FAIL"))]
