"""What belongs to the project: the files that git tracks, read where they lie."""

import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def tracked(*suffixes: str) -> tuple[Path, ...]:
    """Tracked files that exist, as paths from the root; *suffixes* such as ``.py`` choose."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    paths = (Path(name) for name in listed.stdout.split("\0") if name)
    return tuple(
        path
        for path in paths
        if (ROOT / path).is_file() and (not suffixes or path.suffix in suffixes)
    )


def read(path: Path) -> str:
    """The text of a tracked file."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")  # a picture, too


def expect_none(found: Iterable[object]) -> None:
    """Fail with every single thing found, one a line."""
    lines = [str(item) for item in found]
    assert not lines, "\n" + "\n".join(lines)
