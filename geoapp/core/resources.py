"""Where the data folders are: in the checkout, or in the installed package."""

from functools import cache
from pathlib import Path

PACKAGE_DIR = Path(__file__).parent.parent


@cache
def data_dir(name: str) -> Path:
    """Return the folder *name* (layers, templates or migrations): checkout first, else package."""
    root = PACKAGE_DIR.parent
    if (root / "pyproject.toml").is_file():
        return root / name
    return PACKAGE_DIR / name
