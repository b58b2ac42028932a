"""Rooms stay small enough to be read at one go."""

import ast

import pytest

from tests.support.tree import expect_none, read, tracked

MAX_LINES = {".py": 300, ".html": 300, ".css": 300, ".sh": 300, ".js": 200}
MAX_FUNCTION_LINES = 40  # without its docstring


def function_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


@pytest.mark.parametrize("suffix", MAX_LINES)
def test_no_file_is_longer_than_its_limit(suffix: str) -> None:
    expect_none(
        f"{path}: {size}"
        for path in tracked(suffix)
        if (size := len(read(path).splitlines())) > MAX_LINES[suffix]
    )


def test_no_function_is_longer_than_forty_lines() -> None:
    expect_none(
        f"{path}:{node.lineno} {node.name}: {size}"
        for path in tracked(".py")
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := function_lines(node)) > MAX_FUNCTION_LINES
    )
