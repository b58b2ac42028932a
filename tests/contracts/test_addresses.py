"""Nothing in the tree points to a package index, a delivery network or somebody's machine."""

import json
import re
from pathlib import Path

import pytest

from tests.support.tree import ROOT, expect_none, read, tracked

INDEXES = (
    r"pypi\.(org|python)", r"pythonhosted\.", r"npmjs\.", r"yarnpkg\.", r"npmmirror\.",
    r"anaconda\.(org|com)", r"(mirrors?|repo)\.[\w.-]+\.(cn|com|edu)", r"--(extra-)?index-url",
)  # fmt: skip
NETWORKS = (
    r"jsdelivr", r"unpkg\.", r"cdnjs", r"\bcdn\.", r"googleapis\.", r"gstatic\.", r"bootcss",
    r"staticfile\.", r"skypack\.", r"esm\.sh",
)  # fmt: skip
MACHINES = (r"/work/", r"/home/[a-z]", r"/Users/", r"/root/", r"[A-Z]:\\\\Users", r"/tmp/\w")  # noqa: S108 - words to look for
THIS = Path(__file__).relative_to(ROOT)
NAMESPACES = re.compile(r"https?://www\.w3\.org/")
ADDRESS = re.compile(r"(https?:)?//[a-z0-9-]+\.[a-z]", re.IGNORECASE)


def places(pattern: str) -> list[str]:
    found = re.compile(pattern, re.IGNORECASE)
    return [
        f"{path}:{number}"
        for path in tracked()
        if path != THIS
        for number, line in enumerate(read(path).splitlines(), start=1)
        if found.search(line)
    ]


@pytest.mark.parametrize("pattern", INDEXES)
def test_no_tracked_file_names_a_package_index(pattern: str) -> None:
    expect_none(places(pattern))


@pytest.mark.parametrize("pattern", NETWORKS)
def test_no_tracked_file_names_a_delivery_network(pattern: str) -> None:
    expect_none(places(pattern))


@pytest.mark.parametrize("pattern", MACHINES)
def test_no_tracked_file_names_a_path_of_somebodys_machine(pattern: str) -> None:
    expect_none(places(pattern))


def test_lock_files_of_scripts_carry_no_download_address() -> None:
    locks = [path for path in tracked(".json") if path.name == "package-lock.json"]
    for path in locks:
        packages = json.loads(read(path))["packages"]
        assert [name for name, facts in packages.items() if "resolved" in facts] == []


def test_pages_scripts_and_styles_name_no_other_host() -> None:
    expect_none(
        f"{path}:{number}: {line.strip()}"
        for path in tracked(".html", ".js", ".css", ".svg")
        for number, line in enumerate(read(path).splitlines(), start=1)
        if ADDRESS.search(NAMESPACES.sub("", line))
    )


INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*type=["'](application/json|importmap)["'])|<style\b"""
    r"""|\sstyle=|\son[a-z]+=["']|href=["']javascript:""",
    re.IGNORECASE,
)


def test_pages_hold_no_inline_script_or_style() -> None:
    expect_none(
        f"{path}:{number}: {line.strip()}"
        for path in tracked(".html")
        for number, line in enumerate(read(path).splitlines(), start=1)
        if INLINE.search(line)
    )
