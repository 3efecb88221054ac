#!/usr/bin/env python3
"""Re-performs published runs with DuckDB and compares every published table, row by row.

Takes run folders, or folders in which runs are published. For each run it

1. compares every file of the run folder with the SHA-256 that manifest.json records, and every local input too;
2. looks for every file of sql/ in reproduce.sql, byte for byte;
3. executes reproduce.sql unchanged, with the run folder as working directory;
4. compares each published table with the recomputed one: names and types of the columns, number and order of the rows,
   every value, decimals as decimals and doubles bit by bit (results in their published order, all others by their key);
5. compares the CSV file of each result with its Parquet file;
6. executes reproduce.sql with the rows of each table shuffled: no figure may depend on the order in which rows are read.

It does not trust the comparison that reproduce.sql itself makes at its end; that one must hold too.
The exit code is 1 when anything differs. `--prove` shows that differences are found: it alters copies of a run.
"""

import argparse
import contextlib
import hashlib
import json
import os
import re
import shutil
import struct
import sys
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb

# Files of a run folder that the manifest does not list: itself, and what may differ between two attempts.
UNLISTED = {"manifest.json", "manifest.json.sig", "volatile.json"}

# Differing rows that are printed of a table; tables stand in the order in which they are made, so the first that differ
# show the cause and the others its consequences.
SHOWN = 5

# Tables whose differing rows are printed.
SHOWN_TABLES = 4

# Rows that are compared at a time.
BATCH = 20_000

# How many problems with the files of a run are printed.
SHOWN_PROBLEMS = 20


class Finding:
    """What was found in one table, or in the files of a run."""

    def __init__(self, name, rows=None):
        self.name = name
        self.rows = rows
        self.differences = 0
        self.details = []

    def add(self, detail):
        self.differences += 1
        if len(self.details) < (SHOWN if self.rows is not None else SHOWN_PROBLEMS):
            self.details.append(detail)


def main():
    arguments = parse_arguments()
    runs = [run for folder in arguments.folders for run in find_runs(folder)]
    if not runs:
        sys.exit("no run folder found: a run folder holds manifest.json")
    if arguments.prove:
        failures = sum(prove(run) for run in runs[:1])
    else:
        failures = sum(report(run, compare_run(run)) for run in runs)
    sys.exit(1 if failures else 0)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a run folder, or a folder with published runs")
    parser.add_argument("--prove", action="store_true", help="alter copies of the first run; each alteration must be found")
    return parser.parse_args()


def find_runs(folder):
    if (folder / "manifest.json").exists():
        return [folder.resolve()]
    return sorted(path.parent.resolve() for path in folder.glob("runs/*/*/manifest.json"))


# --- One run.


def compare_run(run):
    """Compares everything; returns the findings, files first."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    script = (run / "reproduce.sql").read_text(encoding="utf-8")
    files = Finding("files and inputs")
    compare_files(run, manifest, files)
    compare_inputs(run, manifest, script, files)
    compare_sql(run, manifest, script, files)
    connection = duckdb.connect(":memory:")
    with working_directory(run):
        failure = execute(connection, script)
        if failure is not None:
            files.add(f"reproduce.sql fails: {failure}")
        tables = [compare_table(connection, table) for table in manifest["tables"]]
    connection.close()
    return [files, *tables, compare_shuffled(run, script), *(compare_part(folder) for folder in sorted(run.glob("editions/*")) if (folder / "reproduce.sql").exists())]


def compare_shuffled(run, script):
    """No row depends on the order of the rows that a query reads: with each table shuffled, reproduce.sql finds the same."""
    finding = Finding("tables whose rows are shuffled")
    connection = duckdb.connect(":memory:")
    connection.execute("select setseed(0.5)")
    with working_directory(run):
        for statement in duckdb.extract_statements(script):
            failure = execute(connection, statement)
            if failure is not None:
                finding.add(f"reproduce.sql fails: {failure}")
            if made := re.search(r"(?m)^create table (\S+) as$", statement.query):
                connection.execute(f"create or replace table {made[1]} as select * from {made[1]} order by random()")
    connection.close()
    return finding


def compare_part(folder):
    """An edition of a part of the customers is re-performed from the tables of the run; its results are compared anew."""
    finding = Finding(f"editions/{folder.name}")
    connection = duckdb.connect(":memory:")
    with working_directory(folder):
        failure = execute(connection, (folder / "reproduce.sql").read_text(encoding="utf-8"))
        if failure is not None:
            finding.add(f"reproduce.sql fails: {failure}")
        for path in sorted(Path("tables").glob("results.*.parquet")):
            if (folder.parent.parent / path).read_bytes() == path.read_bytes():
                continue
            name = path.stem
            both = [f"select * from read_parquet('{path}')", f"select * from {name}"]
            for one, other in [both, both[::-1]]:
                (rows,) = connection.execute(f"select count(*) from ({one} except all {other})").fetchone()
                if rows:
                    finding.add(f"{name}: {rows} rows differ")
    connection.close()
    return finding


@contextlib.contextmanager
def working_directory(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def execute(connection, script):
    """Executes the whole script; returns the words of its failure, if it fails."""
    try:
        connection.execute(script)
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    return None


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def compare_files(run, manifest, files):
    """Every file is listed with its hash, and every listed file is there."""
    listed = {output["path"]: output["sha256"] for output in manifest["outputs"]}
    present = {path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file()} - UNLISTED
    for path in sorted(listed.keys() - present):
        files.add(f"{path}: listed in manifest.json and missing")
    for path in sorted(present - listed.keys()):
        files.add(f"{path}: present and not listed in manifest.json")
    for path in sorted(present & listed.keys()):
        if sha256(run / path) != listed[path]:
            files.add(f"{path}: SHA-256 differs from manifest.json")
    for table in manifest["tables"]:
        path = f"tables/{table['name']}.parquet"
        if listed.get(path) != table["sha256"]:
            files.add(f"{path}: two hashes in manifest.json")
    names = {f"tables/{table['name']}.parquet" for table in manifest["tables"]}
    for path in sorted(path for path in present if path.endswith(".parquet") and path not in names and not path.startswith("editions/")):
        files.add(f"{path}: no table of manifest.json")


def compare_inputs(run, manifest, script, files):
    """The inputs that reproduce.sql reads are those that manifest.json records."""
    listings = re.findall(r"from read_(?:parquet|csv|json)\(\[\n(.*?)\n\]", script, re.DOTALL)
    addresses = [
        address for listing in listings for address in re.findall(r"^    '((?:[^']|'')*)',?$", listing, re.MULTILINE)
    ]
    recorded = [entry for entry in manifest["inputs"] if entry["excluded"] is None]
    if len(addresses) != len(recorded):
        files.add(f"reproduce.sql reads {len(addresses)} files, manifest.json records {len(recorded)}")
    for address, entry in zip(addresses, recorded):
        path = address.replace("''", "'")
        if "://" in path:
            continue
        if not (run / path).exists():
            files.add(f"{path}: input is missing")
        elif sha256(run / path) != entry["sha256"]:
            files.add(f"{path}: input changed since the run")


def compare_sql(run, manifest, script, files):
    """Every query file stands in reproduce.sql as it stands in sql/, and in queries that make tables nothing is missing."""
    for file in manifest["sql"]:
        text = (run / file["path"]).read_text(encoding="utf-8")
        if sha256(run / file["path"]) != file["sha256"]:
            files.add(f"{file['path']}: SHA-256 differs from manifest.json")
        if not file["path"].startswith("sql/checks/") and f"\n{text.rstrip()};\n" not in script:
            files.add(f"{file['path']}: its text is not in reproduce.sql")


# --- One table.


def compare_table(connection, table):
    """Compares the published Parquet file, and its CSV file if there is one, with the recomputed table."""
    name, key = table["name"], table["key"]
    finding = Finding(name, rows=table["rows"])
    path = Path("tables") / f"{name}.parquet"
    if not path.exists():
        finding.add("the file is missing")
        return finding
    published = f"read_parquet('{path}', file_row_number = true)"
    columns = described(connection, f"select * from read_parquet('{path}')")
    if name.startswith("settings."):
        # Configuration enters here: reproduce.sql reads these tables, so there is nothing to compare them with.
        compare_count(connection, path, finding)
        return finding
    try:
        recomputed_columns = described(connection, f"select * from {name}")
    except duckdb.Error as error:
        finding.add(f"not recomputed: {str(error).splitlines()[0]}")
        return finding
    compare_columns(columns, recomputed_columns, finding)
    if finding.differences:
        return finding
    compare_count(connection, path, finding)
    chosen = ", ".join(f'"{column}"' for column, _ in columns)
    is_result = name.startswith("results.")
    by_key = "order by " + ", ".join(f'"{column}" nulls last' for column in key)
    order = "" if is_result else by_key
    compare_rows(
        connection.cursor().execute(f"select {chosen} from {published} order by file_row_number"),
        connection.cursor().execute(f"select {chosen} from {name} {order}"),
        columns,
        finding,
    )
    if is_result:
        compare_csv(connection, path, columns, finding)
    return finding


def described(connection, query):
    """Names and types of the columns of a query."""
    rows = connection.execute(f"describe {query}").fetchall()
    return [(row[0], row[1]) for row in rows]


def kind(sql_type):
    """What a type can hold; whole numbers of any width are one kind, because Parquet stores 64 bits of each."""
    return "integer" if sql_type in {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UBIGINT", "UINTEGER"} else sql_type


def compare_columns(published, recomputed, finding):
    if [column for column, _ in published] != [column for column, _ in recomputed]:
        finding.add(f"columns: published {[c for c, _ in published]}, recomputed {[c for c, _ in recomputed]}")
        return
    for (column, left), (_, right) in zip(published, recomputed):
        if kind(left) != kind(right):
            finding.add(f"column {column}: published {left}, recomputed {right}")


def compare_count(connection, path, finding):
    (rows,) = connection.execute(f"select count(*) from read_parquet('{path}')").fetchone()
    if rows != finding.rows:
        finding.add(f"{rows} rows in the file, {finding.rows} in manifest.json")


def exact(row):
    """A row in which equal means equal: doubles by their bits, decimals with their digits."""
    return tuple(
        struct.pack("<d", value) if isinstance(value, float) else value.as_tuple() if isinstance(value, Decimal) else value
        for value in row
    )


def compare_rows(published, recomputed, columns, finding):
    number = 0
    while True:
        left, right = published.fetchmany(BATCH), recomputed.fetchmany(BATCH)
        if not left and not right:
            return
        for position in range(max(len(left), len(right))):
            number += 1
            one = left[position] if position < len(left) else None
            other = right[position] if position < len(right) else None
            if one is None or other is None or exact(one) != exact(other):
                finding.add(difference(number, one, other, columns))


def difference(number, published, recomputed, columns):
    if published is None:
        return f"row {number}: only recomputed: {shown(recomputed)}"
    if recomputed is None:
        return f"row {number}: only published: {shown(published)}"
    cells = [
        f"{column} published {left!r}, recomputed {right!r}"
        for (column, _), left, right in zip(columns, published, recomputed)
        if exact((left,)) != exact((right,))
    ]
    return f"row {number} ({shown(published[:3])} …): " + "; ".join(cells)


def shown(row):
    return ", ".join(str(value) for value in row)


# --- CSV.


def compare_csv(connection, path, columns, finding):
    """The CSV file says what the Parquet file says: header, plain decimals, ISO dates, nothing for NULL."""
    csv_path = path.with_suffix(".csv")
    if not csv_path.exists():
        finding.add("the CSV file is missing")
        return
    records = read_csv(csv_path.read_bytes().decode("utf-8"))
    header = [text for text, _ in records[0]] if records else []
    if header != [column for column, _ in columns]:
        finding.add(f"CSV: the header is {header}")
        return
    chosen = ", ".join(f'"{column}"' for column, _ in columns)
    rows = connection.execute(
        f"select {chosen} from read_parquet('{path}', file_row_number = true) order by file_row_number"
    ).fetchall()
    if len(rows) != len(records) - 1:
        finding.add(f"CSV: {len(records) - 1} rows, {len(rows)} in Parquet")
    for number, (row, record) in enumerate(zip(rows, records[1:]), start=1):
        for (column, _), value, cell in zip(columns, row, record):
            if len(record) != len(row) or not says(cell, value):
                finding.add(f"CSV row {number}, {column}: {cell[0]!r} is not {value!r}")
                break


def read_csv(text):
    """Records of (text, was quoted): an empty cell is NULL, a quoted empty one an empty text."""
    records, record, cell, quoted, place = [], [], [], False, 0
    inside = False
    while place < len(text):
        sign = text[place]
        if inside:
            if sign == '"' and text[place + 1 : place + 2] == '"':
                cell.append('"')
                place += 1
            elif sign == '"':
                inside = False
            else:
                cell.append(sign)
        elif sign == '"':
            inside, quoted = True, True
        elif sign in ",\n":
            record.append(("".join(cell), quoted))
            cell, quoted = [], False
            if sign == "\n":
                records.append(record)
                record = []
        else:
            cell.append(sign)
        place += 1
    if cell or record:
        records.append([*record, ("".join(cell), quoted)])
    return records


def says(cell, value):
    text, quoted = cell
    if value is None:
        return text == "" and not quoted
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, float):
        return exact((float(text),)) == exact((value,))
    if isinstance(value, Decimal):
        return text == format(value, "f")
    if isinstance(value, datetime):
        return datetime.fromisoformat(text) == value
    if isinstance(value, date):
        return text == value.isoformat()
    if isinstance(value, str) and value[:1] and value[0] in "=+-@\t\r\n\0＝＋－＠":
        # A spreadsheet would run such a text as a formula; the apostrophe keeps it a text.
        return text == f"'{value}"
    return text == str(value)


# --- Saying it.


def report(run, findings):
    """Prints the findings of a run; returns 1 when something differs."""
    width = max(len(finding.name) for finding in findings)
    print(f"\n{run}")
    print(f"  {'table':{width}}  {'rows':>9}  {'differences':>11}")
    for finding in findings:
        rows = "" if finding.rows is None else finding.rows
        print(f"  {finding.name:{width}}  {rows:>9}  {finding.differences:>11}")
    differing = [finding for finding in findings if finding.differences]
    for finding in differing[:SHOWN_TABLES]:
        for detail in finding.details:
            print(f"  {finding.name}: {detail}")
    if len(differing) > SHOWN_TABLES:
        print(f"  and rows of {len(differing) - SHOWN_TABLES} more, which may be consequences of these")
    tables = sum(finding.rows is not None for finding in findings)
    rows = sum(finding.rows or 0 for finding in findings)
    print(f"  {tables} tables, {rows} rows: " + (f"{len(differing)} of them differ" if differing else "every one agrees"))
    return 1 if differing else 0


# --- The proof that a difference is found.


def prove(run):
    """Alters copies of a run, one thing in each; returns how many alterations went unnoticed."""
    failures = 0
    for words, expected, alter in ALTERATIONS:
        with tempfile.TemporaryDirectory(prefix="karat-prove-") as folder:
            copy = copy_of(run, Path(folder))
            if alter is not None:
                alter(copy)
            findings = [finding for finding in compare_run(copy) if finding.differences]
        said = [f"{finding.name}: {detail}" for finding in findings for detail in finding.details]
        is_right = said == [] if expected is None else any(expected in detail for detail in said)
        failures += not is_right
        shown_detail = next((detail for detail in said if expected and expected in detail), said[0] if said else "no difference")
        print(f"  {'ok    ' if is_right else 'WRONG '}  {words}: {shown_detail[:160]}")
    print(f"  {len(ALTERATIONS)} copies, {failures} judged wrongly")
    return failures


def copy_of(run, folder):
    """Copies a run so deep that relative paths to inputs stay inside `folder`, where links lead to the inputs."""
    script = (run / "reproduce.sql").read_text(encoding="utf-8")
    inputs = [path for path in re.findall(r"^    '((?:[^']|'')*)',?$", script, re.MULTILINE) if not os.path.isabs(path)]
    inputs = [path.replace("''", "'") for path in inputs if "://" not in path]
    depth = max((Path(path).parts.count("..") for path in inputs), default=0)
    copy = folder.joinpath(*(f"level_{level}" for level in range(depth)), "run")
    shutil.copytree(run, copy)
    for path in inputs:
        link = Path(os.path.normpath(copy / path))
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.exists():
            link.symlink_to((run / path).resolve())
    return copy


def rewrite(copy, table, query):
    """Replaces a table by what `query` makes of it (`{t}` stands for it), and what the manifest says of it."""
    path = copy / "tables" / f"{table}.parquet"
    before = path.with_suffix(".before")
    path.rename(before)
    source = f"read_parquet('{before}')"
    duckdb.connect(":memory:").execute(f"copy ({query.replace('{t}', source)}) to '{path}' (format parquet)")
    before.unlink()
    forge(copy, f"tables/{table}.parquet")


def forge(copy, path):
    """Makes the manifest agree with an altered file, as a forger would."""
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    digest = sha256(copy / path)
    for entry in manifest["outputs"] + manifest["sql"]:
        if entry["path"] == path:
            entry["sha256"] = digest
    for table in manifest["tables"]:
        if f"tables/{table['name']}.parquet" == path:
            table["sha256"] = digest
            (table["rows"],) = duckdb.connect(":memory:").execute(f"select count(*) from '{copy / path}'").fetchone()
    (copy / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def alter_table(table, query):
    return lambda copy: rewrite(copy, table, query)


def alter_csv(copy):
    path = "tables/results.tier_profitability.csv"
    text = (copy / path).read_text(encoding="utf-8")
    (copy / path).write_text(text.replace("platinum", "platin", 1), encoding="utf-8")
    forge(copy, path)


def alter_page(copy):
    with open(copy / "report.html", "a", encoding="utf-8") as page:
        page.write(" ")


def alter_sql(copy):
    path = "sql/2_business/customer_tiers.sql"
    with open(copy / path, "a", encoding="utf-8") as file:
        file.write("-- and one line more\n")
    forge(copy, path)


CUSTOMER = "select snapshot, customer_id from {t} order by snapshot, customer_id limit 1 offset 7"

# What is altered, words that a finding must hold (None: nothing must be found), and how.
ALTERATIONS = [
    ("an unaltered copy", None, None),
    (
        "a table written anew without a change",
        None,
        alter_table("business.customer_profit", "select * from {t}"),
    ),
    (
        "one amount by its last digit",
        "business.customer_profit: row 8 ",
        alter_table(
            "business.customer_profit",
            "select * replace (cast(profit + case when (snapshot, customer_id) in "
            f"(select (snapshot, customer_id) from ({CUSTOMER})) "
            "then 0.0000000001 else 0 end as decimal(28, 10)) as profit) from {t} order by snapshot, customer_id",
        ),
    ),
    (
        "one ratio by one bit",
        "results.tier_profitability: row 2 (gold",
        alter_table(
            "results.tier_profitability",
            "select * replace (case when tier = 'gold' then profit_rate * (1 + 2.220446049250313e-16::double) "
            "else profit_rate end as profit_rate) from {t}",
        ),
    ),
    (
        "one tier",
        "business.customer_classes: row 8 ",
        alter_table(
            "business.customer_classes",
            f"select * replace (case when (snapshot, customer_id) in (select (snapshot, customer_id) from ({CUSTOMER})) "
            "then 'platin' else tier end as tier) from {t} order by snapshot, customer_id",
        ),
    ),
    (
        "two rows in another order",
        "results.abc_classes: row 1 ",
        alter_table("results.abc_classes", "select * from {t} order by abc_class desc"),
    ),
    (
        "one row less",
        "canonical.order_lines: row 1 ",
        alter_table("canonical.order_lines", "select * from {t} order by order_id, line_number offset 1"),
    ),
    (
        "one row twice",
        "business.orders: row 2 ",
        alter_table("business.orders", "select * from {t} union all (select * from {t} limit 1) order by order_id"),
    ),
    (
        "one column of another type",
        "results.whale_summary: column customers",
        alter_table("results.whale_summary", "select * replace (customers::double as customers) from {t}"),
    ),
    ("a word in a CSV file", "results.tier_profitability: CSV row 1", alter_csv),
    ("a space in the report", "report.html: SHA-256 differs", alter_page),
    ("a line in a SQL file", "its text is not in reproduce.sql", alter_sql),
]


if __name__ == "__main__":
    main()
