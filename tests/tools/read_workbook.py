"""Compares what LibreOffice reads of report.xlsx with the published tables: every cell of every sheet, as reports/workbook.yaml lists them.

    read_workbook.py WORKBOOK TABLES_FOLDER REPORTS_FOLDER LANGUAGE

LibreOffice opens the file and writes each sheet as CSV with the values of its cells. A workbook holds numbers as doubles, so they are
compared to 14 digits; days, texts and yes or no exactly. Fails with the first cells that differ.
"""

import csv
import pathlib
import re
import subprocess
import sys
import tempfile
from decimal import Decimal

import duckdb
import yaml

workbook, tables, reports, language = *map(pathlib.Path, sys.argv[1:4]), sys.argv[4]
messages = dict(re.findall(r"^([\w-]+) = (.*)$", (reports / f"messages/{language}.ftl").read_text(encoding="utf-8"), re.M))
is_assumed = not duckdb.sql(f"select cost_is_mapped from '{tables}/settings.policy.parquet'").fetchall()[0][0]

# Comma, quotes, UTF-8, from the first line, texts quoted, cells as they are and not as they are shown, every sheet.
FORM = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


def sheets():
    """Name of each sheet, and its rows as LibreOffice reads them."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", FORM, "--outdir", folder]
        subprocess.run([*command, str(workbook)], check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for path in pathlib.Path(folder).glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                yield path.stem.removeprefix(f"{workbook.stem}-"), list(csv.reader(file))


def word(message):
    """A message, in the form for an assumed margin where there is one and it applies."""
    return messages.get(f"{message}_if_assumed", messages[message]) if is_assumed else messages[message]


def is_equal(read, value, column):
    """Whether a cell of the workbook says the same as one of the table."""
    if value is None:
        return read == ""
    if isinstance(value, str):
        return read == (messages.get(f"{column['label']}-{value}", value) if "label" in column else value)
    if isinstance(value, bool):
        return read.upper() == str(value).upper()
    if isinstance(value, (int, float, Decimal)):
        number, exact = Decimal(read.removesuffix("%")) / (100 if read.endswith("%") else 1), Decimal(str(value))
        return abs(number - exact) <= abs(exact) * Decimal("1e-14") + Decimal("1e-12")
    return read == str(value)


found = dict(sheets())
compared, wrong = 0, []
for sheet in yaml.safe_load((reports / "workbook.yaml").read_text(encoding="utf-8")):
    columns = [column for column in sheet["columns"] if not (is_assumed and column.get("needs_cost"))]
    names = ", ".join(f'"{column["column"]}"' for column in columns)
    rows = duckdb.sql(f"select {names} from '{tables}/{sheet['table']}.parquet'").fetchall()
    name = word(sheet["name"])
    head, *read = found.pop(name)
    assert head == [word(column["head"]) for column in columns], f"{name}: {head}"
    assert len(read) == len(rows), f"{name}: {len(read)} rows of {len(rows)}"
    for number, (left, right) in enumerate(zip(read, rows, strict=True)):
        for cell, value, column in zip(left, right, columns, strict=True):
            compared += 1
            if not is_equal(cell, value, column):
                wrong.append(f"{name}, row {number + 1}, {column['column']}: {cell} is not {value}")
definitions = found.pop(word("workbook-definitions"))
assert all(all(row) for row in definitions), f"a definition is missing: {[row for row in definitions if not all(row)]}"
assert not found, f"sheets that workbook.yaml does not list: {', '.join(found)}"
assert not wrong, "\n".join(wrong[:20])
assert compared > 200, f"only {compared} cells"
print(f"LibreOffice reads {compared} cells of report.xlsx ({language}) as the tables have them, and {len(definitions) - 1} definitions")
