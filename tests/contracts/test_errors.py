"""Every refusal has a code of its own, a status by its family, and Chinese words."""

import importlib
import pkgutil
import re
from collections import Counter

import pytest

import geoapp
from geoapp.core import errors
from geoapp.core.errors import DomainError
from geoapp.core.i18n import use_language
from geoapp.web.errors import STATUS
from tests.support.catalogue import translations
from tests.support.tree import expect_none

CODE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
FAMILIES = {
    family for family in vars(errors).values()
    if isinstance(family, type) and issubclass(family, DomainError) and family is not DomainError
}  # fmt: skip
OUR_OWN_FAULT = "geoapp.web.errors.Unexpected"  # 500: no family, because nobody raises it
RUN_AS_PROGRAM = {"geoapp.__main__"}


def all_errors() -> list[type[DomainError]]:
    for module in pkgutil.walk_packages(geoapp.__path__, "geoapp."):
        if module.name not in RUN_AS_PROGRAM:
            importlib.import_module(module.name)
    found, left = set(), [DomainError]
    while left:
        kinds = left.pop().__subclasses__()
        left += kinds
        found |= {kind for kind in kinds if kind.__module__.startswith("geoapp.")}
    return sorted(found - FAMILIES, key=lambda kind: (kind.__module__, kind.__name__))


@pytest.fixture(scope="module")
def kinds() -> list[type[DomainError]]:
    return all_errors()


def named(kinds: list[type[DomainError]]) -> list[str]:
    return [f"{kind.__module__}.{kind.__name__}" for kind in kinds]


def test_every_error_has_a_code_of_the_form_feature_cause(kinds: list[type[DomainError]]) -> None:
    expect_none(named([kind for kind in kinds if not CODE.fullmatch(kind.code)]))


def test_no_code_is_used_twice(kinds: list[type[DomainError]]) -> None:
    times = Counter(kind.code for kind in kinds)
    expect_none(code for code, count in times.items() if count > 1)


def test_every_error_belongs_to_exactly_one_family(kinds: list[type[DomainError]]) -> None:
    expect_none(
        name
        for kind, name in zip(kinds, named(kinds), strict=True)
        if sum(issubclass(kind, one) for one in FAMILIES) != 1 and name != OUR_OWN_FAULT
    )


def test_every_family_has_a_status_of_its_own() -> None:
    assert set(STATUS) == FAMILIES
    assert len(set(STATUS.values())) == len(FAMILIES)


def test_every_error_has_a_sentence_in_english_and_chinese(kinds: list[type[DomainError]]) -> None:
    known = translations()
    expect_none(
        f"{name}: {words}"
        for kind, name in zip(kinds, named(kinds), strict=True)
        for words in (kind.message, kind.hint)
        if (words and not known.get(words)) or not kind.message
    )


def test_an_error_without_data_still_says_its_code(kinds: list[type[DomainError]]) -> None:
    for kind in kinds:
        with use_language("en"):
            assert kind.code in repr(kind())
