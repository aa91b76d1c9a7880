"""Where the lab keeps its files."""
import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parent


def home() -> Path:
    """The directory that everything lives below."""
    return Path(os.environ.get("SMTPCHAOS_LAB", "/var/tmp/smtpchaos-lab"))


def unpacked(program: str) -> Path:
    """The directory that holds a program's unpacked packages."""
    return home() / "root" / program


def make(directory: Path, mode: int = 0o755) -> Path:
    """Makes a directory that the unprivileged users of the mail programs can pass through."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(mode)
    return directory
