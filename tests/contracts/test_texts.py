"""The Chinese catalogue is complete, with the same holes, and holds nothing that nobody says."""

import re

import pytest

from tests.support.catalogue import PO_DIR, features, read_catalogue, texts_of, translations
from tests.support.tree import expect_none

HOLES = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*([a-z])")
CHINESE = re.compile(r"[㐀-鿿]")
ENGLISH_WORD = re.compile(r"[a-z]{4,}")  # lower case: names such as GeoJSON may stay


def parts(text: object) -> list[str]:
    return [str(part) for part in text] if isinstance(text, tuple | list) else [str(text)]


def holes(text: str) -> list[tuple[str, str]]:
    return sorted(set(HOLES.findall(text)))


@pytest.mark.parametrize("feature", features())
def test_every_text_of_the_feature_has_its_chinese(feature: str) -> None:
    known = translations()

    def is_said(text: object) -> bool:
        said = parts(known.get(text) or known.get(parts(text)[0], ""))
        return all(said)

    expect_none(text for text in texts_of(feature) if not is_said(text))


def test_the_chinese_has_the_same_holes_as_the_english() -> None:
    expect_none(
        f"{english}: {chinese}"
        for text, said in translations().items()
        for english, chinese in zip(parts(text), parts(said), strict=False)
        if chinese and holes(english) != holes(chinese)
    )


def test_what_is_called_chinese_is_chinese() -> None:
    expect_none(
        f"{text}: {words}"
        for text, said in translations().items()
        for words in parts(said)
        if ENGLISH_WORD.search(HOLES.sub("", words)) and not CHINESE.search(words)
    )


def test_no_entry_is_left_over_from_a_text_that_is_gone() -> None:
    used = {parts(text)[0] for feature in features() for text in texts_of(feature)}
    expect_none(
        f"{path.name}: {message.id}"
        for path in sorted(PO_DIR.glob("*.po"))
        for message in read_catalogue(path)
        if message.id and parts(message.id)[0] not in used
    )


def test_no_text_is_said_in_two_ways() -> None:
    said: dict[str, set[str]] = {}
    for path in PO_DIR.glob("*.po"):
        for message in read_catalogue(path):
            said.setdefault(parts(message.id)[0], set()).add(parts(message.string)[0])
    expect_none(f"{text}: {ways}" for text, ways in said.items() if text and len(ways) > 1)


def test_no_entry_waits_for_somebody_to_look_at_it() -> None:
    expect_none(
        message.id
        for path in PO_DIR.glob("*.po")
        for message in read_catalogue(path)
        if message.id and message.fuzzy
    )
