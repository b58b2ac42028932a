import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoapp.intake.rules_ledger_headings import COLUMN_NAMES, Column, column_of
from geoapp.intake.rules_ledger_places import find_places
from geoapp.intake.rules_ledger_split import SPLIT_NAMES, SplitBy, split_measures
from geoapp.intake.rules_ledger_text import (
    find_case_no,
    find_pollution,
    find_secrecy,
    find_title,
    head_field,
    normal_doc_no,
    read_serial,
    read_units,
)
from geoapp.ledger.rules import PLACE_WHY_TEXTS, PlaceWhy
from geoapp.points.rules import Secrecy

FOUR_PLACES = (
    "东滩镇海堤区域渣土消纳点土方车运输导致扬尘。"
    "观海镇大堤西侧、临港镇芦苇北侧和朝汐路 8 号制砖厂多个点位存在隐患。"
)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1 (21)", ("1", "21")),
        ("1（21）", ("1", "21")),
        ("２　（３６）", ("2", "36")),
        ("3", ("3", "")),
        ("4.", ("4", "")),
        ("三（41）", ("3", "41")),
        ("2-1", ("2-1", "")),
        ("D12", ("D12", "")),
    ],
)
def test_serial_numbers_are_read_however_they_are_typed(text, numbers):
    assert read_serial(text) == numbers


@pytest.mark.parametrize("text", ["", "备注：略", "一是", "甲乙丙"])
def test_other_words_are_no_serial_number(text):
    assert read_serial(text) is None


@pytest.mark.parametrize(
    "text",
    ["立案号: 20240305001。", "已立案，立案号：２０２４０３０５００１", "立案编号为20240305001"],
)
def test_a_case_number_is_found(text):
    assert find_case_no("", text) == "20240305001"


def test_short_numbers_and_other_digits_are_no_case_number():
    assert find_case_no("立案号:123", "电话 20240305001") == ""


@pytest.mark.parametrize(
    "text",
    ["示办发[2024]012号", "示办发〔2024〕12号", "示办发［２０２４］12 号", "示办发(2024)12号"],
)
def test_document_numbers_get_hexagonal_brackets(text):
    assert normal_doc_no(f"关于印发 {text}").endswith("示办发〔2024〕12号")


def test_the_head_line_is_read_with_and_without_values():
    lines = ("填报单位：示范镇　　联系人：张三　　联系电话：",)
    assert head_field(lines, "reporting_unit") == "示范镇"
    assert head_field(lines, "contact") == "张三"
    assert head_field(lines, "phone") == ""


def test_the_title_is_the_line_that_names_a_table():
    assert find_title(("附件一：", "某某工作措施一览表", "填报单位：甲局")) == "某某工作措施一览表"
    assert find_title(("填报单位：甲局",)) == ""


@pytest.mark.parametrize(
    ("line", "secrecy"),
    [
        ("整改方案（保密）", Secrecy.SECRET),
        ("秘密★1年", Secrecy.SECRET),
        ("内部资料 注意保管", Secrecy.INTERNAL),
        ("整改方案", None),
    ],
)
def test_marks_of_secrecy_are_recognised(line, secrecy):
    assert find_secrecy((line,)) is secrecy


def test_pollution_types_come_in_the_order_of_the_words():
    text = "运输导致跑冒滴漏、扬尘、噪声扰民，夜间有异味"
    assert find_pollution(text) == ("跑冒滴漏", "扬尘", "噪音扰民", "异味")


def test_units_with_roles_are_told_apart():
    units = read_units("牵头单位：甲局\n配合单位：乙镇、丙镇\n验收单位：丁办")
    assert (units.responsible, units.cooperating, units.accepting) == (
        "甲局",
        ("乙镇", "丙镇"),
        "丁办",
    )


def test_of_several_units_without_roles_the_first_is_responsible():
    units = read_units("甲局、乙镇和丙村")
    assert (units.responsible, units.others) == ("甲局", ("乙镇", "丙村"))


def test_units_to_be_contacted_stand_in_brackets():
    units = read_units("市容科（负责牵头联系城管中队、东滩镇）")
    assert (units.responsible, units.contact) == ("市容科", ("城管中队", "东滩镇"))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("1、甲。2、乙。", ["1、甲。", "2、乙。"]),
        ("1.甲；\n2.乙。", ["1.甲；", "2.乙。"]),
        ("（一）甲。（二）乙。", ["（一）甲。", "（二）乙。"]),
        ("一是甲；二是乙；三是丙。", ["一是甲；", "二是乙；", "三是丙。"]),
        ("首先说明。一是甲，二是乙。", ["首先说明。", "一是甲，", "二是乙。"]),
        ("①甲。②乙。", ["①甲。", "②乙。"]),
        ("3. 1. 甲。\n3. 2. 乙。", ["3. 1.甲。", "3. 2.乙。"]),
        ("第一，甲。第二，乙。", ["第一，甲。", "第二，乙。"]),
        ("１．甲。２．乙。", ["１．甲。", "２．乙。"]),
        ("甲。\n乙。\n三是丙。", ["甲。", "乙。", "三是丙。"]),
    ],
)
def test_measures_are_parted_at_numbers_or_lines(text, pieces):
    split = split_measures(text)
    assert [piece.marker + piece.text for piece in split.pieces] == pieces
    assert split.by is not SplitBy.NOTHING


@pytest.mark.parametrize(
    "text",
    [
        "覆盖1.5吨黄沙，2.5米围挡。",
        "截至3月，共清运。",
        "一是一，没有第二点。",
        "这一行没有写完\n接着写完。",
        "二是乙。三是丙。",
        "1、只有一条。",
    ],
)
def test_what_is_no_list_stays_in_one_piece(text):
    split = split_measures(text)
    assert (len(split.pieces), split.by) == (1, SplitBy.NOTHING)


@given(st.text("一二三是、.。；\n（）()123甲乙丙，", max_size=60))
def test_parting_loses_no_word(text):
    split = split_measures(text)
    kept = "".join(piece.marker + piece.text for piece in split.pieces)
    assert [sign for sign in kept if not sign.isspace()] == [
        sign for sign in text if not sign.isspace()
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            FOUR_PLACES,
            ["东滩镇海堤区域渣土消纳点", "观海镇大堤西侧", "临港镇芦苇北侧", "朝汐路8号制砖厂"],
        ),
        ("关于甲乙镇丙丁村3组农田露天焚烧", ["甲乙镇丙丁村3组农田"]),
        ("位于临海镇云山路与月湖路交叉口工地扬尘", ["临海镇云山路与月湖路交叉口工地"]),
        ("和平路12号饭店油烟扰民", ["和平路12号"]),
        ("沪海公路2500号北侧地块裸土未覆盖", ["沪海公路2500号北侧地块"]),
        ("张家浜（云山路-月湖路）水体黑臭", ["张家浜(云山路-月湖路)"]),
        ("局下属管理中心滨海中转站合同到期", ["滨海中转站"]),
        ("东滩镇、观海镇巡查不到位", []),
        ("责任落实不到位，居民投诉不断", []),
    ],
)
def test_place_names_are_found_by_their_form(text, names):
    assert [place.text for place in find_places(text)] == names


def test_a_place_points_back_into_the_original_text():
    text = "涉及朝汐路 ８ 号制砖厂。"
    (place,) = find_places(text)
    start, end = place.span
    assert (place.text, text[start:end]) == ("朝汐路8号制砖厂", "朝汐路 ８ 号制砖厂")
    assert place.why is PlaceWhy.ADDRESS
    assert "门牌" in place.reason


@given(st.text("东西镇村路号侧厂点和、。一1海 （）-河段与平站", max_size=60))
def test_every_place_stands_in_the_text(text):
    for place in find_places(text):
        start, end = place.span
        assert 0 <= start < end <= len(text)


def test_a_heading_is_known_with_brackets_and_blanks():
    assert column_of("完成时限\n（自 3 月 4 日起）") is Column.DEADLINE
    assert column_of("序 号") is Column.SERIAL
    assert column_of("验收（监管）单位") is Column.ACCEPTING
    assert column_of("天气") is None


def test_all_words_are_there():
    assert set(COLUMN_NAMES) == set(Column)
    assert set(PLACE_WHY_TEXTS) == set(PlaceWhy)
    assert set(SPLIT_NAMES) == set(SplitBy)
