#!/usr/bin/env python3
"""Makes the Iceberg tables beside it: run in an empty folder `/tmp/warehouse`, with pyiceberg[pyarrow,sql-sqlite] and fastavro of PyPI.

usage: make.py path/to/superstore.parquet

The tables are written where no test finds them and were moved here, so their records name addresses that do not exist.
"""
import datetime as dt, gzip, json, pathlib, shutil, sys
import fastavro, pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import EqualTo
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import LongType, StringType

WAREHOUSE = pathlib.Path("/tmp/warehouse")
HERE = pathlib.Path(__file__).parent
catalog = SqlCatalog("made", uri="sqlite:///:memory:", warehouse=f"file://{WAREHOUSE}")
catalog.create_namespace("shop")


def create(name, rows, **properties):
    return catalog.create_table(f"shop.{name}", rows.schema, location=f"file://{WAREHOUSE}/{name}", properties=properties)


def sales():
    """The sample, of which the rows of one region were deleted: their file stays in the folder."""
    sample = pq.read_table(sys.argv[1])
    rows = pa.table({
        "order_id": sample["Order ID"].cast("string"), "line": sample["Row ID"], "customer_id": sample["Customer ID"].cast("string"),
        "day": pc.cast(sample["Order Date"], "date32"), "region": sample["Region"].cast("string"), "sales": sample["Sales"],
    })
    table = create("sales", rows)
    with table.update_spec() as spec:
        spec.add_field("region", IdentityTransform(), "region")
    table.append(rows)
    table.delete(EqualTo("region", "West"))


def orders(start, customer="customer", **more):
    """Six orders of 100, 101, … in the year 2024, of three customers."""
    numbers = range(start, start + 6)
    return pa.table({
        "order_id": [f"O{n}" for n in numbers], customer: [f"C{n % 3}" for n in numbers],
        "day": [dt.date(2024, 1 + n % 12, 5) for n in numbers], "pieces": pa.array([n for n in numbers], pa.int32()),
        "amount": pa.array([100 + n for n in numbers], pa.int64()), **{name: [value] * 6 for name, value in more.items()},
    })


def evolved():
    """Version 1 of the specification, packed metadata; columns that were renamed, added, widened and dropped between two snapshots."""
    table = create("evolved", orders(0, note="old"), **{"format-version": "1"})
    table.append(orders(0, note="old"))
    with table.update_schema() as schema:
        schema.rename_column("customer", "customer_id")
        schema.rename_column("amount", "net")
        schema.add_column("region", StringType())
        schema.update_column("pieces", LongType())
        schema.delete_column("note")
    rows = orders(6, "customer_id", region="North").rename_columns(["order_id", "customer_id", "day", "pieces", "net", "region"])
    table.append(rows.cast(table.schema().as_arrow()))
    # As other writers pack it.
    newest = pathlib.Path(table.metadata_location.removeprefix("file://"))
    newest.with_name(newest.name.replace(".metadata.json", ".gz.metadata.json")).write_bytes(gzip.compress(newest.read_bytes(), mtime=0))
    newest.unlink()


def added():
    """Files that another writer made, without the numbers of columns: the table maps their names."""
    (WAREHOUSE / "added/data").mkdir(parents=True)
    pq.write_table(orders(0), WAREHOUSE / "added/data/by-hand.parquet")
    table = create("added", orders(0))
    table.add_files([f"file://{WAREHOUSE}/added/data/by-hand.parquet"])
    with table.update_schema() as schema:
        schema.rename_column("customer", "customer_id")


def deletes():
    """A table of which each of three metadata files knows deletes of another kind; pyiceberg writes none, so its lists are written here."""
    table = create("deletes", orders(0))
    table.append(orders(0))
    folder = WAREHOUSE / "deletes"
    data = table.inspect.files()["file_path"][0].as_py()
    pq.write_table(pa.table({"file_path": [data], "pos": pa.array([2], pa.int64())}), folder / "data/position.parquet")
    pq.write_table(pa.table({"order_id": ["O2"]}), folder / "data/equality.parquet")
    metadata = json.loads(pathlib.Path(table.metadata_location.removeprefix("file://")).read_text())
    snapshot = metadata["snapshots"][-1]
    local = lambda address: pathlib.Path(address.removeprefix("file://"))
    with local(snapshot["manifest-list"]).open("rb") as file:
        reader = fastavro.reader(file); listed, schema_of_list = list(reader), reader.writer_schema
    with local(listed[0]["manifest_path"]).open("rb") as file:
        reader = fastavro.reader(file); entry, schema, about = next(reader), reader.writer_schema, reader.metadata
    about = {key: value for key, value in about.items() if not key.startswith("avro.")} | {"content": "deletes"}
    for kind, content, name, form in [("position", 1, "position.parquet", "PARQUET"), ("equality", 2, "equality.parquet", "PARQUET"), ("vector", 1, "position.puffin", "PUFFIN")]:
        if form == "PUFFIN":
            (folder / "data" / name).write_bytes(b"PFA1")
        file = folder / "data" / name
        deleted = {**entry["data_file"], "content": content, "file_path": f"file://{file}", "file_format": form, "record_count": 1, "file_size_in_bytes": file.stat().st_size}
        manifest = folder / f"metadata/{kind}-m0.avro"
        with manifest.open("wb") as out:
            fastavro.writer(out, schema, [{**entry, "data_file": deleted}], codec="deflate", metadata=about)
        line = {**listed[0], "manifest_path": f"file://{manifest}", "manifest_length": manifest.stat().st_size, "content": 1}
        with (folder / f"metadata/{kind}-list.avro").open("wb") as out:
            fastavro.writer(out, schema_of_list, [*listed, line], codec="null" if kind == "vector" else "deflate")
        told = {**metadata, "snapshots": [{**snapshot, "manifest-list": f"file://{folder}/metadata/{kind}-list.avro"}]}
        (folder / f"metadata/{kind}.metadata.json").write_text(json.dumps(told))


for make in (sales, evolved, added, deletes):
    make()
    shutil.rmtree(HERE / make.__name__, ignore_errors=True)
    shutil.copytree(WAREHOUSE / make.__name__, HERE / make.__name__)
