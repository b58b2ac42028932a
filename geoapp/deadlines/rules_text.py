"""Text as offices type it, folded for matching: full width, blanks, Chinese numbers."""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; *origin* tells for each character where it stood in the original."""

    text: str
    origin: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of the folded text into one of the original."""
        return self.origin[start], self.origin[end - 1] + 1


_SAME = str.maketrans({"—": "-", "–": "-", "−": "-", "﹣": "-", "〜": "~", "［": "[", "］": "]"})


def fold(text: str) -> Folded:
    """Fold full-width forms and dashes to plain ones and leave out blanks.

    A blank stays only between two Latin letters or digits, where it parts words and numbers.
    """
    characters: list[str] = []
    origin: list[int] = []
    blank_at = -1
    for place, character in enumerate(text):
        for plain in unicodedata.normalize("NFKC", character).translate(_SAME):
            if plain.isspace():
                blank_at = place
            elif unicodedata.category(plain) != "Cf":
                if blank_at >= 0 and _parts_words(characters, plain):
                    characters.append(" ")
                    origin.append(blank_at)
                blank_at = -1
                characters.append(plain)
                origin.append(place)
    return Folded("".join(characters), tuple(origin))


def _parts_words(before: list[str], after: str) -> bool:
    return bool(before) and all(sign.isascii() and sign.isalnum() for sign in (before[-1], after))


_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_NUMERAL = "〇零一二两三四五六七八九十百"
_COUNTED = re.compile(rf"[{_NUMERAL}]+(?=个|天|日|号|月|年|小时|时|点|分|周|星期|季度?)")


def chinese_number(numeral: str) -> int:
    """Read 二〇二三, 十五 or 一百二十 as a number below 1000, or as a row of digits."""
    if "十" not in numeral and "百" not in numeral:
        return int("".join(str(_DIGITS[sign]) for sign in numeral))
    total, digit = 0, None
    for sign in numeral:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
            continue
        total += (1 if digit is None else digit) * (100 if sign == "百" else 10)
        digit = None
    return total + (digit or 0)


def plain_numbers(text: str) -> str:
    """Write counted Chinese numbers as digits: 九月底 → 9月底, 十五个工作日 → 15个工作日."""
    text = text.replace("半个月", "15天").replace("半月", "15天")
    text = re.sub(r"(?<![上下])半年(?!度)", "6个月", text)
    # 每周三日 and 周三 name a weekday, not a count
    return _COUNTED.sub(
        lambda match: (
            match[0]
            if text[max(match.start() - 1, 0) : match.start()] in {"周", "期"}
            else str(chinese_number(match[0]))
        ),
        text,
    )
