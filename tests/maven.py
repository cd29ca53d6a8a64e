"""Libraries from Maven Central for tests: fetched once, kept outside the checkout, offline after that."""

import os
import subprocess
from hashlib import sha256
from pathlib import Path

# `~/.cache/blikk`, or BLIKK_CACHE, so that the next run finds them.
CACHE = Path(os.environ.get("BLIKK_CACHE", Path.home() / ".cache" / "blikk"))


def class_path(project: Path, name: str) -> str:
    """The libraries of a pom, named by what it says; other words in it are fetched anew."""
    pom = (project / "pom.xml").read_bytes()
    kept = CACHE / f"{name}-{sha256(pom).hexdigest()[:16]}.path"
    if kept.exists() and all(Path(jar).exists() for jar in kept.read_text().split(os.pathsep)):
        return kept.read_text()
    CACHE.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    command = ["mvn", "-B", "-q", f"-Dmaven.repo.local={CACHE / 'maven'}", "dependency:build-classpath"]
    command += [f"-Dmdep.outputFile={fresh}"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Maven could not fetch {name}: {done.stdout[-2000:]}{done.stderr[-500:]}")
    fresh.replace(kept)
    return kept.read_text()
