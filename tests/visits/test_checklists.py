import pytest

from geoapp.points.rules import Category
from geoapp.visits.readers import FILE, ChecklistsWrong, read_checklists, shipped_checklists
from geoapp.visits.rules import VisitMethod
from geoapp.visits.rules_checklist import (
    Answer,
    ChecklistAnswerUnknown,
    ChecklistItemUnknown,
)


def test_every_category_and_method_has_a_list():
    lists = shipped_checklists()
    for category in Category:
        for method in VisitMethod:
            assert lists.asked(category, method)


def test_no_list_asks_more_than_a_screen_holds():
    lists = shipped_checklists()
    longest = max(len(lists.asked(kind, how)) for kind in Category for how in VisitMethod)
    assert longest <= 11


def test_a_brick_factory_is_asked_for_its_equipment_and_its_material():
    asked = shipped_checklists().asked(Category.BRICK_FACTORY, VisitMethod.ON_SITE)
    texts = [item.text("zh_Hans_CN") for item in asked]
    assert "生产设备已拆除" in texts
    assert "物料已覆盖或清空" in texts


def test_an_acceptance_asks_the_five_standards_in_their_order():
    keys = shipped_checklists().by_method[VisitMethod.ACCEPTANCE]
    assert keys == (
        "all_measures_done",
        "offence_punished",
        "effect_meets",
        "similar_mended",
        "lasting_control",
    )


def test_every_item_is_worded_in_both_languages():
    for item in shipped_checklists().items.values():
        assert item.text("zh_Hans_CN") != item.text("en")
        assert item.zh.strip()
        assert item.en.isascii()


def test_unanswered_items_are_left_out():
    answers = shipped_checklists().read({"waste_cleared": "no", "waste_covered": ""})
    assert answers == {"waste_cleared": Answer.NO}


def test_an_item_that_never_existed_is_refused():
    with pytest.raises(ChecklistItemUnknown):
        shipped_checklists().read({"unheard_of": "yes"})


def test_an_answer_that_is_none_is_refused():
    with pytest.raises(ChecklistAnswerUnknown):
        shipped_checklists().read({"waste_cleared": "perhaps"})


def test_a_list_that_names_a_missing_item_is_named_with_it():
    text = FILE.read_text(encoding="utf-8").replace('"night_quiet", ', '"night_silent", ')
    with pytest.raises(ChecklistsWrong, match=r"category\.noise: night_silent"):
        read_checklists(text)


def test_a_category_without_a_list_is_named():
    text = FILE.read_text(encoding="utf-8").replace("\nnoise = ", "\nnoises = ")
    with pytest.raises(ChecklistsWrong, match="noise"):
        read_checklists(text)
