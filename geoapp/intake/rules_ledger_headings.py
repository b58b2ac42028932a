"""The headings of measures tables: what offices call the columns."""

import re
from enum import StrEnum

from geoapp.core.i18n import N_
from geoapp.deadlines.rules_text import fold


class Column(StrEnum):
    """What a column of a measures table holds."""

    SERIAL = "serial"
    UPSTREAM = "upstream"
    PROBLEM = "problem"
    GOAL = "goal"
    LEADER = "leader"
    UNIT = "unit"
    PERSON = "person"
    COOPERATING = "cooperating"
    CONTACT = "contact"
    ACCEPTING = "accepting"
    MEASURE = "measure"
    DEADLINE = "deadline"
    PROGRESS = "progress"
    CASE_NO = "case_no"
    PLACE = "place"
    POLLUTION = "pollution"
    REMARK = "remark"


COLUMN_NAMES = {
    Column.SERIAL: N_("Serial number"),
    Column.UPSTREAM: N_("Upstream number"),
    Column.PROBLEM: N_("Problem"),
    Column.GOAL: N_("Goal"),
    Column.LEADER: N_("Lead leader"),
    Column.UNIT: N_("Responsible unit"),
    Column.PERSON: N_("Responsible person"),
    Column.COOPERATING: N_("Cooperating units"),
    Column.CONTACT: N_("Contact units"),
    Column.ACCEPTING: N_("Accepting unit"),
    Column.MEASURE: N_("Measures"),
    Column.DEADLINE: N_("Deadline"),
    Column.PROGRESS: N_("Progress so far"),
    Column.CASE_NO: N_("Case number"),
    Column.PLACE: N_("Place"),
    Column.POLLUTION: N_("Pollution type"),
    Column.REMARK: N_("Remark"),
}
_SYNONYMS = {
    Column.SERIAL: ("序号 编号 问题编号 问题序号 序次 No"),
    Column.UPSTREAM: ("上级编号 上级序号 反馈序号 反馈编号 原序号 原编号 方案序号 受理编号"),
    Column.PROBLEM: (
        "具体问题 问题 存在问题 反馈问题 整改问题 问题描述 主要问题 问题表现 突出问题"
        " 反馈意见 具体问题描述 问题清单 问题内容 督察反馈问题 发现问题"
    ),
    Column.GOAL: ("整改目标 目标 目标任务 整改任务 整改标准 整改要求 任务清单"),
    Column.LEADER: (
        "牵头领导 责任领导 分管领导 包案领导 市级领导 区级领导 牵头区领导 镇领导 挂图领导"
    ),
    Column.UNIT: (
        "责任部门 责任单位 整改责任单位 整改责任部门 牵头单位 牵头部门 主责单位 主责部门"
        " 责任处室 责任主体 主体责任单位 整改单位 责任单位(牵头) 实施主体 整改实施主体"
        " 整改主体 责任清单"
    ),
    Column.PERSON: ("责任人 整改责任人 直接责任人 具体责任人 第一责任人"),
    Column.COOPERATING: ("配合单位 配合部门 协办单位 协同单位 协助单位 配合处室 责任单位(配合)"),
    Column.CONTACT: ("联系单位 牵头联系单位"),
    Column.ACCEPTING: (
        "验收单位 验收部门 监管单位 监管责任单位 验收责任单位 监管(验收)责任单位"
        " 验收(监管)单位 督办单位 督导单位 销号单位"
    ),
    Column.MEASURE: (
        "整改措施 措施 工作措施 主要措施 具体措施 重点措施 整改工作措施 措施清单 工作举措 整改举措"
    ),
    Column.DEADLINE: (
        "完成时限 整改时限 完成时间 时限 整改期限 计划完成时间 整改完成时间 期限 时间节点"
        " 完成期限 整改完成时限 时限要求 完成时间节点 时限清单"
    ),
    Column.PROGRESS: (
        "完成情况 整改情况 整改进展 落实情况 进展情况 整改落实情况 整改完成情况 进度 整改进度"
        " 目前进展 办理情况 是否完成 整改状态"
    ),
    Column.CASE_NO: ("立案号 案件编号 案号 立案编号"),
    Column.PLACE: ("点位 点位名称 地点 地址 位置 点位地址 问题点位 具体位置 具体点位"),
    Column.POLLUTION: ("污染类型 问题类型 类型 问题类别 类别"),
    Column.REMARK: ("备注 说明"),
}
REQUIRED = (Column.SERIAL, Column.PROBLEM, Column.MEASURE, Column.DEADLINE)
EXPECTED = (Column.UNIT, Column.LEADER)
"""Columns whose absence is said, but does not stop the import."""
_NOISE = re.compile(r"[\s:*、.。/（）()]")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def _plain(text: str) -> str:
    return _NOISE.sub("", fold(text).text)


_BY_NAME = {_plain(name): column for column, names in _SYNONYMS.items() for name in names.split()}


def column_of(heading: str) -> Column | None:
    """Return the column that *heading* names, brackets and punctuation aside; None: unknown."""
    folded = fold(heading).text
    return _BY_NAME.get(_plain(folded)) or _BY_NAME.get(_plain(_BRACKETS.sub("", folded)))


def guess_column(heading: str) -> Column | None:
    """Return the column of a longer heading that contains one known name; the longest wins."""
    plain = _plain(_BRACKETS.sub("", fold(heading).text))
    found = [name for name in _BY_NAME if len(name) > 1 and name in plain]
    if not found:
        return None
    longest = max(len(name) for name in found)
    columns = {_BY_NAME[name] for name in found if len(name) == longest}
    return columns.pop() if len(columns) == 1 else None
