"""Measures tables made for tests: one description, written as a workbook and as a document."""

from dataclasses import dataclass, field

import docx
import openpyxl

HEADINGS = ("序号", "具体问题", "牵头领导", "责任部门", "整改措施", "完成时限\n(自3月4日起)")


@dataclass
class Block:
    """A cell: *rows* and *columns* say over how many places it is merged."""

    text: str
    rows: int = 1
    columns: int = 1


@dataclass
class Table:
    """Rows of blocks from left to right; a place that a block above covers is left out."""

    title: str = "整改措施一览表"
    above: tuple[str, ...] = ("填报单位：示范镇环保办", "联系人：", "联系电话：021-50001234")
    headings: tuple[str | Block, ...] = HEADINGS
    rows: list[list[str | Block]] = field(default_factory=list)

    def placed(self):
        """Each block with its row and column, from 0; the headings are row 0."""
        taken = set()
        for row, blocks in enumerate([list(self.headings), *self.rows]):
            column = 0
            for block in blocks:
                while (row, column) in taken:
                    column += 1
                block = block if isinstance(block, Block) else Block(block)  # noqa: PLW2901
                taken |= {
                    (row + down, column + right)
                    for down in range(block.rows)
                    for right in range(block.columns)
                }
                yield row, column, block
                column += block.columns

    @property
    def width(self):
        return max(column + block.columns for _row, column, block in self.placed())


def write_xlsx(table, path):
    """Write the table as an office does: title merged over all columns, head line in row 2."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "附件1"
    sheet["A1"] = table.title
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=table.width)
    for place, line in enumerate(table.above):
        sheet.cell(2, 2 * place + 1, line)
    for row, column, block in table.placed():
        sheet.cell(row + 3, column + 1, block.text or None)
        if block.rows * block.columns > 1:
            sheet.merge_cells(
                start_row=row + 3,
                end_row=row + 2 + block.rows,
                start_column=column + 1,
                end_column=column + block.columns,
            )
    book.save(path)
    return path


def write_docx(table, path):
    """Write the same table into a document, the head line as one paragraph."""
    document = docx.Document()
    document.add_heading(table.title, 1)
    document.add_paragraph("    ".join(table.above))
    made = document.add_table(rows=len(table.rows) + 1, cols=table.width)
    for row, column, block in table.placed():
        cell = made.cell(row, column)
        if block.rows * block.columns > 1:
            cell = cell.merge(made.cell(row + block.rows - 1, column + block.columns - 1))
        cell.text = block.text
    document.save(path)
    return path


FULL = Table(
    rows=[
        [
            Block("1 (12)", rows=3),
            Block(
                "建筑垃圾管理不到位，东滩镇海堤区域渣土消纳点运输车辆扬尘、噪音扰民。"
                "南汇嘴镇观海大堤西侧和朝汐路 8 号制砖厂多个点位存在隐患。",
                rows=2,
            ),
            Block("甲副局长", rows=2),
            Block("市容管理科（负责牵头联系城管中队、东滩镇）", rows=2),
            "明确第一责任主体，即知即改。一是东滩镇加强巡查。二是海堤地块补种绿化。三是车辆冲洗后离场。",
            "已完成",
        ],
        ["加强行业监管，持续联合检查。", "长期坚持"],
        [
            "朝汐路 8 号制砖厂存在环境污染隐患。",
            "乙副局长",
            "督察科",
            "责令企业立即整改，2 天内拆除设备。\n启动执法程序。\n三是建立长效机制。",
            "已完成整改。该点位已立案查处,立案号: 20240305001。设备已搬离。",
        ],
        [
            Block("2（30）", rows=2),
            Block("滨海中转站合同到期后未招投标。", rows=2),
            Block("甲副局长", rows=2),
            Block("市容管理科", rows=2),
            "1、补充审议招标事宜。",
            "3月底",
        ],
        ["２、举一反三，全面排查。", "3月中旬"],
        [
            "3",
            "热线工单退单较多。",
            "丙副局长",
            "基建科",
            "3. 1. 梳理工单。\n3. 2. 与街道协商。",
            "自3月7日起至28日",
        ],
    ]
)
