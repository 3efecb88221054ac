#!/usr/bin/env python3
"""Writes a project whose every text column, and every free text of the configuration, holds hostile strings.

    python3 make_hostile_project.py GENERATED DIR

GENERATED is a folder that `karat generate` made, with all sources; DIR is the new project. The strings stand in
browser/hostile.json: markup, handlers, style, addresses, template syntax, formulas and odd letters. Each customer gets one of
them as id, name, region, owner and so on, and each case and visit one as its channel, so that the report has to show all of them.
"""

import json
import re
import sys
from pathlib import Path

import duckdb

CORPUS = Path(__file__).resolve().parent / "browser" / "hostile.json"
# Configured texts: they end the element, the attribute and the style sheet in which they may stand.
PROJECT = "</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}{% raw %};}*{display:none}/*"
# Names of files and folders: what a file system takes, and what a page must not.
FILE = "<img src=x onerror=alert(3)>\"'{{ 7*7 }}&amp;.parquet"
PARTITIONS = ["<script>alert(4)<!--", "\" onmouseover=\"alert(5)", "{{ 7*7 }}", "';}*{display:none}", "\u202egnp.exe"]

# The columns of each source that hold text of people; ids keep their own end, so that they stay different.
IDS = ["order_id", "customer_id", "referred_by", "case_id", "payment_id", "visit_id", "product_id"]
TEXTS = {
    "order_lines": ["country", "region", "category"],
    "customers": ["name", "kind", "industry", "country", "region", "owner"],
    "service_cases": ["kind", "channel"],
    "payments": [],
    "visits": [],
}


def main():
    generated, folder = Path(sys.argv[1]), Path(sys.argv[2])
    corpus = json.loads(CORPUS.read_text(encoding="utf-8"))
    connection = duckdb.connect(":memory:")
    connection.execute("create table corpus as select unnest(range(len(?))) as number, unnest(?) as text", [corpus, corpus])

    def picked(column, of):
        # Word by word another string, so that each column meets each string.
        return (
            f"(select corpus.text from corpus where corpus.number = "
            f"(cast(regexp_extract({of}, '[0-9]+$') as bigint) * 7 + {len(column)}) % {len(corpus)}) as {column}"
        )

    for source, texts in TEXTS.items():
        rows = f"read_parquet('{generated}/{source}/**/*.parquet', hive_partitioning = false)"
        names = [row[0] for row in connection.execute(f"describe select * from {rows}").fetchall()]
        columns = []
        for name in names:
            if name in IDS:
                end = f"regexp_extract({name}, '[0-9]+$')"
                text = f"(select corpus.text from corpus where corpus.number = cast({end} as bigint) % {len(corpus)})"
                columns.append(f"{text} || ' ' || {name} as {name}")
            elif name == "country":
                # Home and two more, so that the other places stand below them.
                columns.append(f"case when hash(customer_id) % 4 = 0 then {quoted(corpus[1])} else {quoted(corpus[0])} end as country")
            elif name == "kind" and source == "customers":
                columns.append("case when hash(customer_id) % 9 = 0 then " + picked(name, "customer_id").removesuffix(f" as {name}") + f" else {name} end as {name}")
            elif name in texts:
                columns.append(picked(name, "case_id" if source == "service_cases" else "customer_id"))
            else:
                columns.append(name)
        select = f"select {', '.join(columns)} from {rows}"
        (folder / source).mkdir(parents=True)
        if source == "visits":
            # A channel for each folder; the column itself is left out.
            for number, channel in enumerate(PARTITIONS):
                place = folder / source / f"channel={channel}"
                place.mkdir()
                copy(connection, f"select * exclude (channel) from ({select}) where hash(visit_id) % {len(PARTITIONS)} = {number}", place / FILE)
        else:
            copy(connection, select, folder / source / FILE)

    config = (generated / "config.yaml").read_text(encoding="utf-8")
    config = re.sub(r"(?m)^  name: .*", lambda _: f"  name: {json.dumps(PROJECT)}", config, count=1)
    home = f"  home: {{country: {json.dumps(corpus[0])}, region: {json.dumps(corpus[2])}}}"
    config = re.sub(r"(?m)^  home: .*", lambda _: home, config, count=1)
    # Every list is as long as the strings are many.
    config += "policy:\n  places_shown: 400\n  list_rows_shown: 200\n  silent_customers_shown: 200\n  service_channels_shown: 100\n"
    config += f"brand: {{name: {json.dumps(PROJECT)}}}\n"
    (folder / "config.yaml").write_text(config, encoding="utf-8")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def copy(connection, select, path):
    connection.execute(f"copy ({select} order by all) to {quoted(str(path))} (format parquet)")


if __name__ == "__main__":
    main()
