"""What is looked at on site: items, the lists of each category and method, and the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from geoapp.core.errors import BadInput
from geoapp.core.i18n import N_
from geoapp.points.rules import Category
from geoapp.visits.rules import VisitMethod


class Answer(StrEnum):
    """What an inspector says about one item."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


ANSWER_NAMES: dict[Answer, str] = {
    Answer.YES: N_("Yes"),
    Answer.NO: N_("No"),
    Answer.NOT_APPLICABLE: N_("Not applicable"),
}


class ChecklistItemUnknown(BadInput):
    """A visit answers an item that no list has ever had."""

    code = "visits.checklist_item_unknown"
    message = N_("The checklist has no item “%(item)s”.")
    hint = N_("Reload the page and tick the list again.")


class ChecklistAnswerUnknown(BadInput):
    """An answer is none of yes, no, not applicable."""

    code = "visits.checklist_answer_unknown"
    message = N_("“%(answer)s” is no answer to the item “%(item)s”.")
    hint = N_("Answer yes, no or not applicable.")


@dataclass(frozen=True, slots=True)
class Item:
    """One statement that is good when it is true."""

    key: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        """The statement in the reader's language."""
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Checklists:
    """All items, and which of them are asked where."""

    items: Mapping[str, Item]
    by_category: Mapping[Category, tuple[str, ...]]
    by_method: Mapping[VisitMethod, tuple[str, ...]]

    def asked(self, category: Category, method: VisitMethod) -> tuple[Item, ...]:
        """Items of a visit by *method* to a point of *category*, each once."""
        keys = dict.fromkeys(self.by_category[category] + self.by_method[method])
        return tuple(self.items[key] for key in keys)

    def read(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Check *answers* by item key; unanswered items (empty) are left out.

        Items that are no longer asked stay valid: a phone may have been off line for weeks.
        """
        return {key: self._answer(key, value) for key, value in answers.items() if value}

    def _answer(self, key: str, value: str) -> str:
        if key not in self.items:
            raise ChecklistItemUnknown(item=key[:60])
        if value not in set(Answer):
            raise ChecklistAnswerUnknown(answer=value[:20], item=key)
        return value
