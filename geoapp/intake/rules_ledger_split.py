"""Several measures in one cell: 1、…2、…, 一是…二是…, or one a line."""

import re
from dataclasses import dataclass
from enum import StrEnum

from geoapp.core.i18n import N_
from geoapp.deadlines.rules_text import chinese_number


class SplitBy(StrEnum):
    """What parts the measures of a cell."""

    NOTHING = "nothing"
    NUMBERS = "numbers"
    LINES = "lines"


SPLIT_NAMES = {
    SplitBy.NOTHING: N_("not parted"),
    SplitBy.NUMBERS: N_("by numbers"),
    SplitBy.LINES: N_("by lines"),
}


@dataclass(frozen=True, slots=True)
class Piece:
    """One measure of a cell, and the number that stood before it."""

    text: str
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """The measures of a cell, and how they were told apart."""

    pieces: tuple[Piece, ...]
    by: SplitBy


_START = r"(?:^|(?<=[\n。；;！!:：]))[ \t　]*"
_AFTER_COMMA = r"(?:^|(?<=[\n。；;！!:：，,]))[ \t　]*"
_CHINESE = "[一二三四五六七八九十]{1,3}"
_DIGITS = "[0-9０-９]{1,2}"
_MARKERS = (
    re.compile(_START + rf"(?P<marker>(?P<no>{_CHINESE})[ 　]*、[ 　]*)"),
    re.compile(_START + rf"(?P<marker>[（(](?P<no>{_CHINESE})[）)][、.]?[ 　]*)"),
    re.compile(_AFTER_COMMA + rf"(?P<marker>(?P<no>{_CHINESE})(?:是要|是)[，,]?)"),
    re.compile(
        _AFTER_COMMA + rf"(?P<marker>第(?P<no>{_CHINESE})[，,、]|其(?P<its>{_CHINESE})[，,])"
    ),
    re.compile(
        _START
        + rf"(?P<marker>(?:{_DIGITS}[ 　]*[.．、][ 　]*)?(?P<no>{_DIGITS})[ 　]*"
        + r"(?:[、）)]|[.．](?![0-9０-９]))[ 　]*)"
    ),
    re.compile(_START + r"(?P<marker>[（(](?P<no>[0-9０-９]{1,2})[）)][、.]?[ 　]*)"),
    re.compile(_START + r"(?P<marker>(?P<no>[①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳])[、.]?[ 　]*)"),
)
_SENTENCE_ENDS = "。；;！!.…”）)"
_CIRCLED_ONE = ord("①")


def _number(match: re.Match[str]) -> int:
    given = match.groupdict()
    word = given.get("no") or given.get("its") or ""
    if word.isdigit() and len(word) == 1 and not word.isdecimal():
        return ord(word) - _CIRCLED_ONE + 1
    return int(word) if word.isdecimal() else chinese_number(word)


def _chain(pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Return the markers that count 1, 2, 3... without a gap."""
    chain: list[re.Match[str]] = []
    for match in pattern.finditer(text):
        if _number(match) == len(chain) + 1:
            chain.append(match)
    return chain


def _lead_marker(text: str) -> Piece:
    """Take a number off the front of a single measure."""
    for pattern in _MARKERS:
        if match := pattern.match(text):
            return Piece(text[match.end() :].strip(), match["marker"].strip())
    return Piece(text.strip())


def split_measures(text: str) -> Split:
    """Part the measures of one cell; what stands before the first number is a measure itself."""
    text = text.strip()
    chains = [chain for pattern in _MARKERS if len(chain := _chain(pattern, text)) > 1]
    if chains:
        chain = min(chains, key=lambda found: found[0].start("marker"))
        return Split(_by_numbers(text, chain), SplitBy.NUMBERS)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and all(line[-1] in _SENTENCE_ENDS for line in lines[:-1]):
        return Split(tuple(_lead_marker(line) for line in lines), SplitBy.LINES)
    return Split((_lead_marker(text),), SplitBy.NOTHING)


def _by_numbers(text: str, chain: list[re.Match[str]]) -> tuple[Piece, ...]:
    pieces = [Piece(text[: chain[0].start("marker")].strip())]
    ends = [match.start("marker") for match in chain[1:]] + [len(text)]
    for match, end in zip(chain, ends, strict=True):
        pieces.append(Piece(text[match.end() : end].strip(), match["marker"].strip()))
    return tuple(piece for piece in pieces if piece.text)
