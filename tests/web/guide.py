"""What the style guide shows: every part of macros.html with honest texts."""

from datetime import UTC, date, datetime

from flask import request
from wtforms import (
    BooleanField,
    DateField,
    Form,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from geoapp.maps.symbols import LAMPS, STAGE_OF_STATE
from geoapp.web.paging import Page

NOW = datetime(2026, 11, 22, 7, 4, tzinfo=UTC)
POINTS = [
    (
        "PDZQ-2023-BRK-0001",
        "朝航路89号制砖厂",
        "祝桥镇",
        "rectifying",
        "red",
        date(2023, 9, 8),
        1240,
    ),
    (
        "PDHQ-2023-DSP-0002",
        "合庆镇海塘大堤西侧渣土消纳点",
        "合庆镇",
        "completed",
        "yellow",
        None,
        35600,
    ),
    (
        "PDCL-2023-DMP-0003",
        "曹路镇海塘区域",
        "曹路镇",
        "assigned",
        "green",
        date(2023, 9, 30),
        8020,
    ),
    ("PDZQ-2023-DSP-0004", "祝桥镇拱极北侧", "祝桥镇", "ongoing", "blue", None, None),
    ("SJJT-2024-RIV-0005", "九亭镇蒲汇塘（沪亭路—涞亭路）", "九亭镇", "closed", "grey", None, None),
]


class GuideForm(Form):
    name = StringField("点位名称", [InputRequired("请填写点位名称。")])
    text = TextAreaField("现场情况", [Length(min=10, message="至少写 10 个字。")])
    unit = SelectField(
        "责任单位", choices=[SelectChoice("zq", "祝桥镇"), SelectChoice("hq", "合庆镇")]
    )
    due = DateField("完成时限", [InputRequired("请填写完成时限。")])
    seen = RadioField(
        "是否属实",
        choices=[
            SelectChoice("yes", "属实"),
            SelectChoice("partly", "部分属实"),
            SelectChoice("no", "不属实"),
        ],
    )
    fixed = BooleanField("立行立改")


def guide():
    form = GuideForm(request.form)
    if request.method == "POST":
        form.validate()
    return {
        "points": POINTS,
        "form": form,
        "now": NOW,
        "lamps": {key: (index + 1) * 7 for index, key in enumerate(LAMPS)},
        "states": list(STAGE_OF_STATE),
        "page": Page(rows=POINTS, before=None, after="abc", total=28230),
    }
