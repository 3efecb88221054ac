"""The same core as core_duckdb.sql, written by hand in Polars; benchmark.py runs it in the folder of the history.

Money is summed as decimals and divided nowhere; profit uses floating point only for the rates, as an analyst would.
"""
from datetime import date, timedelta

import polars as pl

SNAPSHOTS = {"current": date(2026, 1, 1), "previous": date(2025, 12, 25), "year_ago": date(2025, 1, 1)}
WINDOW = timedelta(days=365)


def orders():
    lines = pl.scan_parquet("order_lines/**/*.parquet", hive_partitioning=False)
    day = pl.col("ordered_at").dt.date()
    return (
        lines.filter(pl.col("customer_id").is_not_null() & (day < SNAPSHOTS["current"]))
        .group_by("order_id")
        .agg(
            pl.col("customer_id").min(), day.min().alias("order_date"),
            pl.col("gross_amount").sum().cast(pl.Float64).alias("gross"),
            pl.col("discount_amount").fill_null(0).sum().cast(pl.Float64).alias("discount"),
            pl.col("cost_amount").sum().cast(pl.Float64).alias("cost"),
            pl.len().alias("lines"), (pl.col("quantity") < 0).sum().alias("returned_lines"),
        )
        .collect()
    )


def customers(orders, cases):
    parts = []
    for name, as_of in SNAPSHOTS.items():
        inside = pl.col("order_date") >= as_of - WINDOW
        sums = [pl.col(c).filter(inside).sum() for c in ("gross", "discount", "cost", "lines", "returned_lines")]
        known = orders.filter(pl.col("order_date") < as_of).group_by("customer_id").agg(
            pl.col("order_date").min().alias("first_day"), pl.col("order_date").max().alias("last_day"),
            pl.len().alias("orders_ever"), inside.sum().alias("orders"), *sums,
        )
        of_window = cases.filter((pl.col("day") < as_of) & (pl.col("day") >= as_of - WINDOW))
        costs = of_window.group_by("customer_id").agg(pl.col("cost").sum().alias("case_cost"))
        parts.append(
            known.filter(pl.col("orders") > 0).join(costs, on="customer_id", how="left")
            .with_columns(pl.lit(name).alias("snapshot"), pl.lit(as_of).alias("as_of"),
                          (pl.col("gross") - pl.col("discount")).alias("revenue"))
        )
    return pl.concat(parts).with_columns(
        (pl.col("revenue") * (1 - 0.019) - pl.col("cost") - 2.50 * pl.col("orders") - 0.30 * pl.col("lines")
         - 6.00 * pl.col("returned_lines") - pl.col("case_cost").fill_null(0)).alias("profit")
    )


def classes(customers):
    def rank(column):
        return pl.col(column).rank("min", descending=True).over("snapshot")

    def score(column):
        return 5 - (5 * (rank(column) - 1) / pl.len().over("snapshot")).floor().clip(0, 4)

    ordered = customers.sort("snapshot", "revenue", descending=[False, True])
    before = pl.col("revenue").cum_sum().over("snapshot") - pl.col("revenue")
    total = pl.col("revenue").sum().over("snapshot")
    share = rank("profit") / pl.len().over("snapshot")
    return ordered.with_columns(
        pl.when(pl.col("profit") <= 0).then(pl.lit("lead")).when(share <= 0.05).then(pl.lit("platinum"))
        .when(share <= 0.2).then(pl.lit("gold")).otherwise(pl.lit("iron")).alias("tier"),
        score("last_day").alias("r"), score("orders").alias("f"), score("revenue").alias("m"),
        pl.when(pl.col("revenue") <= 0).then(pl.lit("d")).when(before < 0.8 * total).then(pl.lit("a"))
        .when(before < 0.95 * total).then(pl.lit("b")).otherwise(pl.lit("c")).alias("abc"),
        rank("profit").alias("profit_rank"),
    )


def main():
    cases = (
        pl.scan_parquet("service_cases/**/*.parquet", hive_partitioning=False)
        .select("customer_id", pl.col("opened_at").dt.date().alias("day"), pl.col("cost").cast(pl.Float64).fill_null(8.0))
        .collect()
    )
    all_orders = orders()
    people = classes(customers(all_orders, cases))
    now = people.filter(pl.col("snapshot") == "current")
    days = all_orders.select("customer_id", "order_date").unique().sort("customer_id", "order_date")
    gaps = days.with_columns((pl.col("order_date") - pl.col("order_date").shift().over("customer_id")).dt.total_days().alias("gap"))
    rhythm = gaps.group_by("customer_id").agg(
        pl.col("gap").count().alias("gaps"), pl.col("gap").quantile(0.9, "higher").alias("p90"))
    since = (pl.col("as_of") - pl.col("last_day")).dt.total_days()
    lifecycle = now.join(rhythm, on="customer_id").with_columns(
        pl.when((pl.col("as_of") - pl.col("first_day")).dt.total_days() <= 60).then(pl.lit("new"))
        .when((pl.col("gaps") >= 4) & (since > 2 * pl.col("p90"))).then(pl.lit("lapsed"))
        .when((pl.col("gaps") >= 4) & (since > pl.col("p90"))).then(pl.lit("at_risk")).otherwise(pl.lit("active")).alias("stage"))
    money = [pl.len().alias("c"), pl.col("revenue").sum(), pl.col("profit").sum()]
    tiers = people.group_by("snapshot", "tier").agg(*money).sort("snapshot", "tier")
    now.group_by("r", "f").agg(*money).sort("r", "f")
    now.group_by("abc").agg(*money).sort("abc")
    lifecycle.group_by("stage").agg(pl.len(), pl.col("profit").sum()).sort("stage")
    earlier = people.filter(pl.col("snapshot") == "year_ago").select("customer_id", pl.col("tier").alias("was"), pl.col("profit").alias("before"))
    moves = earlier.join(now.select("customer_id", "tier", "profit"), on="customer_id", how="full")
    moves.group_by("was", "tier").agg(pl.len(), (pl.col("profit").fill_null(0) - pl.col("before").fill_null(0)).sum()).sort("was", "tier")
    first = all_orders.group_by("customer_id").agg(pl.col("order_date").min().alias("first_day"))
    month = lambda column: 12 * pl.col(column).dt.year() + pl.col(column).dt.month()
    all_orders.join(first, on="customer_id").group_by(
        pl.col("first_day").dt.truncate("1mo").alias("cohort"), (month("order_date") - month("first_day")).alias("age")
    ).agg(pl.col("customer_id").n_unique(), (pl.col("gross") - pl.col("discount")).sum()).sort("cohort", "age")
    now.sort("profit", "customer_id", descending=[True, False]).select("profit_rank", pl.col("profit").cum_sum())
    daily = all_orders.group_by("order_date").agg((pl.col("gross") - pl.col("discount")).sum().alias("r"), pl.len().alias("o"))
    spans = days.with_columns(
        pl.min_horizontal(pl.col("order_date") + WINDOW, pl.col("order_date").shift(-1).over("customer_id")).alias("to_day"))
    for week in range(53):
        end = SNAPSHOTS["current"] - timedelta(days=7 * week)
        inside = (pl.col("order_date") < end) & (pl.col("order_date") >= end - WINDOW)
        daily.filter(inside).select(pl.col("r").sum(), pl.col("o").sum())
        spans.filter((pl.col("order_date") < end) & (pl.col("to_day") >= end)).height
    return tiers


if __name__ == "__main__":
    current = main().filter(pl.col("snapshot") == "current")
    print({tier: (count, round(profit)) for tier, count, profit in current.select("tier", "c", "profit").iter_rows()})
