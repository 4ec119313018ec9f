"""Where the tests of the ground work: outside the checkout, and as nobody in particular."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    *("drills", "config", "workers", "ave", "programme", "casework"),
    *("templates", "static", "bin", "manage.py", "pyproject.toml", "requirements.lock"),
)
OURS = ("DATABASE_", "EMAIL_", "REDIS_", "SECRET_", "LOG_KEY", "ALLOWED_", "MAIL_")
ALSO_OURS = {"DEMO", "DEBUG", "PORT", "BASE_URL", "MUNICIPALITY", "PYTEST_ADDOPTS"}


def environment(**more: str) -> dict[str, str]:
    """Give the environment without what would change the product, and with `more`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(OURS)
        and name not in ALSO_OURS
        and name != "DJANGO_SETTINGS_MODULE"
    }
    programs = Path(sys.executable).parent
    return kept | {"PATH": f"{programs}{os.pathsep}{kept['PATH']}"} | more


def copy_of_the_code(folder: Path) -> Path:
    """Copy the product, as a clone would have it, with a `var/` of its own.

    What is compiled comes along: each of the processes would do it again.
    """
    folder.mkdir(exist_ok=True)
    for name in CODE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


def run(*command: str, cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess:
    """Run a command to its end and give what it said."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment(**environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
