"""The environment of public packages that the oracles work on, made from pins and hashes alone.

`benchmarks/oracle/requirements.lock` lists it.
It is made once, in `.venv-oracle`, by whichever oracle runs first; `ORACLE_ENVIRONMENT` names one
that is there already.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "benchmarks" / "oracle" / "requirements.lock"
FOLDER = ROOT / ".venv-oracle"
VARIABLE = "ORACLE_ENVIRONMENT"

_ASK = "import sys, sysconfig; print(sys.executable, sysconfig.get_path('purelib'), sep='\\n')"


@dataclass(frozen=True, slots=True)
class OracleEnvironment:
    """An interpreter and the public packages that it can import.

    Attributes:
        python: The interpreter; a symbolic link that must not be resolved.
        site_packages: Where the packages are, pure and compiled.
    """

    python: Path
    site_packages: Path

    def package(self, name: str) -> Path:
        """The folder, or the `.py` file, of an importable package.

        Raises:
            FileNotFoundError: it is not installed.
        """
        for found in (self.site_packages / name, self.site_packages / f"{name}.py"):
            if found.exists():
                return found
        raise FileNotFoundError(f"{name} is not in {self.site_packages}")


def oracle_environment() -> OracleEnvironment:
    """The environment, made first where it is missing (some minutes, about 1.5 GB).

    Raises:
        subprocess.CalledProcessError: it could not be made.
    """
    given = os.environ.get(VARIABLE)
    folder = Path(given).absolute() if given else FOLDER
    if not given:
        command = [ROOT / "tools" / "make-venv", folder, sys.executable, LOCK]
        subprocess.run(command, check=True, cwd=ROOT, stdout=sys.stderr)
    python = folder / "bin" / "python"
    answer = subprocess.run([python, "-I", "-c", _ASK], capture_output=True, check=True, text=True)
    executable, site_packages = answer.stdout.splitlines()
    return OracleEnvironment(Path(executable), Path(site_packages))


if __name__ == "__main__":
    found = oracle_environment()
    print(f"{found.python}\n{found.site_packages}")
