"""Small point files of every kind, written by the test that reads them."""

import csv
import zipfile

import geopandas
import pyogrio
import shapely
from openpyxl import Workbook

from geoapp.intake.readers_points import PointFileOptions, read_points
from geoapp.points.rules import Category

HEADINGS = ["名称", "类别", "经度", "纬度", "状态"]
BRICKS = ["朝航路89号制砖厂", "制砖厂", "121.7512", "31.1203", "整改中"]
DUMP = ["合庆镇海塘大堤西侧", "渣土偷乱倒", "121.7801", "31.2456", "已销号"]


def write_csv(path, rows, *, headings=HEADINGS, encoding="utf-8", delimiter=","):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows([headings, *rows] if headings else rows)
    return path


def one(folder, **cells):
    """A file of one row: the usual headings, with some cells changed or added."""
    row = dict(zip(HEADINGS, BRICKS, strict=True)) | cells
    return write_csv(folder / "a.csv", [list(row.values())], headings=list(row))


def write_xlsx(path, rows, *, headings=HEADINGS, above=(), sheets=("点位",)):
    book = Workbook()
    book.remove(book.active)
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in (*above, headings, *rows):
            sheet.append(row)
    book.save(path)
    return path


def write_layer(path, columns, shapes, *, crs="EPSG:4326", driver=None, layer=None, **options):
    frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs=crs)
    if layer:
        options["layer"] = layer
    pyogrio.write_dataframe(frame, path, driver=driver, **options)
    return path


def zip_folder(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(path, *, datum="wgs84", category=Category.OTHER, **options):
    """The rows and the findings of a point file, everything read."""
    wanted = PointFileOptions(datum=datum, category=category, **options)
    with read_points(path, wanted) as file:
        rows = [row for batch in file.batches() for row in batch]
        return rows, file.findings


def shape(row):
    return shapely.from_wkb(row.geometry_wkb)


def codes(findings):
    return [problem.code for problem in findings]
