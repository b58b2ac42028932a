"""Every page compiles as the app would compile it, and names only what exists."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from jinja2 import Environment, StrictUndefined, meta, nodes

from geoapp.app import create_app
from geoapp.core.blobs import DiskStore
from geoapp.core.database import Database
from geoapp.core.settings import read_settings
from tests.support.tree import expect_none, read, tracked

MARKED = re.compile(r"""_\((["']).*?\1""")
CHINESE = re.compile(r"[㐀-鿿]")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("data")
    database = Database(database_url)
    yield create_app(
        read_settings({}, data=folder), database=database, blobs=DiskStore(folder / "blobs")
    )
    database.close()


@pytest.fixture(scope="module")
def pages(app: Flask) -> list[str]:
    names = sorted(app.jinja_env.list_templates(extensions=["html", "txt", "xml"]))
    assert len(names) > 20
    return names


def source(env: Environment, name: str) -> str:
    assert env.loader is not None
    return env.loader.get_source(env, name)[0]


def test_every_page_compiles(app: Flask, pages: list[str]) -> None:
    for name in pages:
        app.jinja_env.get_template(name)


def test_an_unknown_word_in_a_page_is_an_error_and_text_is_escaped(
    app: Flask, pages: list[str]
) -> None:
    assert app.jinja_env.undefined is StrictUndefined
    assert app.jinja_env.is_async is False
    escapes = app.jinja_env.autoescape
    assert callable(escapes)
    expect_none(name for name in pages if name.endswith(".html") and not escapes(name))


def test_pages_extend_and_include_only_pages_that_exist(app: Flask, pages: list[str]) -> None:
    expect_none(
        f"{name}: {other}"
        for name in pages
        for other in meta.find_referenced_templates(
            app.jinja_env.parse(source(app.jinja_env, name))
        )
        if other is not None and other not in app.jinja_env.list_templates()
    )


def endpoints(tree: nodes.Template) -> Iterator[str]:
    for call in tree.find_all(nodes.Call):
        first = call.args[0] if call.args else None
        named = isinstance(call.node, nodes.Name) and call.node.name == "url_for"
        if named and isinstance(first, nodes.Const):
            yield str(first.value)


def test_pages_link_only_to_addresses_that_exist(app: Flask, pages: list[str]) -> None:
    expect_none(
        f"{name}: {endpoint}"
        for name in pages
        for endpoint in endpoints(app.jinja_env.parse(source(app.jinja_env, name)))
        if endpoint not in app.view_functions
    )


def test_pages_hold_no_chinese_outside_of_marked_texts() -> None:
    expect_none(
        f"{path}:{number}"
        for path in tracked(".html")
        if path.parts[0] == "templates"
        for number, line in enumerate(read(path).splitlines(), start=1)
        if CHINESE.search(MARKED.sub("", line))
    )
