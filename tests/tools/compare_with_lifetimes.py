#!/usr/bin/env python3
"""Runs the job on two histories and fits BG/NBD, MBG/NBD and Gamma-Gamma with lifetimes on the same purchase histories.

The histories are the CDNOW sample as of 1 October 1997 and a simulated one whose customers live by MBG/NBD and Gamma-Gamma.
Both programs get the customers of `business.purchase_histories`. Compared are

- each parameter: a fiftieth of its standard error apart at most (two optimisers stop at different places near the top);
- for the first 2,000 customers P(alive), expected purchases and expected spend: a millionth and a thousandth apart at most
  (Karat keeps nine decimals, and some are all but gone).

Times are those of the three fits alone. Karat's log tells those of both moments together, now and the backtest; lifetimes
fits the moment `now` only. The exit code is 1 when anything differs.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
import warnings
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter

PROJECT = Path(__file__).resolve().parents[2]

# The parameters of the simulated customers, in weeks and money.
TRUTH = {"r": 0.6, "alpha": 6.0, "a": 0.9, "b": 2.5, "p": 5.0, "q": 4.0, "gamma": 25.0}

CONFIG = """\
project: {{name: Comparison, currency: USD, timezone: UTC, language: en}}
as_of: {as_of}
window: 365d
compare: 7d
sources:
  order_lines:
    location: orders/
    amount_scale: 4
    columns:
      order_id: order_id
      customer_id: customer_id
      ordered_at: ordered_at
      gross_amount: amount
policy: {{margin: 0.4, earliest_date: 1990-01-01}}
checks: {{max_rejected_rows: 50%, max_rejected_money: 50%}}
publish: {{location: output/, tables: all}}
"""


def cdnow():
    """Gives the purchases of the CDNOW sample."""
    lines = pd.read_parquet(PROJECT / "tests/data/cdnow/cdnow_sample.parquet")
    return lines.rename(columns={"sample_id": "customer_id", "date": "ordered_at"})[
        ["customer_id", "ordered_at", "amount"]
    ]


def simulated(customers):
    """Plays out the lives of customers who come in the first of two years."""
    random = np.random.default_rng(2007)
    at = TRUTH
    rate = random.gamma(at["r"], 1 / at["alpha"], customers) / 7
    chance = random.beta(at["a"], at["b"], customers)
    scale = random.gamma(at["q"], 1 / at["gamma"], customers)
    first = random.integers(0, 365, customers).astype(float)
    who, when = [np.arange(customers)], [first]
    alive = np.flatnonzero(random.random(customers) >= chance)
    now = first.copy()
    while len(alive):
        now[alive] += random.exponential(1 / rate[alive])
        alive = alive[now[alive] < 730]
        who.append(alive)
        when.append(now[alive])
        alive = alive[random.random(len(alive)) >= chance[alive]]
    who, when = np.concatenate(who), np.concatenate(when)
    amount = random.gamma(at["p"], 1 / scale[who])
    return pd.DataFrame(
        {
            "customer_id": [f"C{number:07d}" for number in who],
            "ordered_at": pd.to_datetime("2024-01-01") + pd.to_timedelta(np.floor(when), unit="D"),
            "amount": np.maximum(np.round(amount, 2), 0.01),
        }
    )


def run(karat, folder, orders, as_of):
    """Runs the job; gives its tables and the seconds of the fits."""
    (folder / "orders").mkdir(parents=True)
    orders = orders.assign(order_id=[f"O{number}" for number in range(len(orders))])
    orders.to_parquet(folder / "orders/orders.parquet", index=False)
    (folder / "config.yaml").write_text(CONFIG.format(as_of=as_of))
    for name in ["queries", "reports"]:
        shutil.copytree(PROJECT / name, folder / name)
    job = subprocess.run(
        [karat, "--log", "json", "run", "--config", folder / "config.yaml"], capture_output=True, text=True
    )
    if job.returncode:
        sys.exit(f"the run ended with exit code {job.returncode}:\n{job.stderr[-2000:]}")
    steps = {}
    for line in job.stderr.splitlines():
        event = json.loads(line)
        if event.get("stage") == "compute" and "milliseconds" in event:
            steps[event["step"]] = event["milliseconds"]
    tables = next((folder / "output/runs").glob("*/*/tables"))
    return tables, steps["model.parameters"] / 1000, steps["model.customer_outlook"] / 1000


def fits(histories):
    """Fits the three models with lifetimes; gives them by name, and the seconds that the fits took."""
    frequency = histories["frequency"]
    recency, age = histories["recency_days"] / 7, histories["age_days"] / 7
    spenders = histories[(frequency > 0) & (histories["mean"] > 0)]
    started = time.perf_counter()
    found = {
        "bg_nbd": BetaGeoFitter().fit(frequency, recency, age),
        "mbg_nbd": ModifiedBetaGeoFitter().fit(frequency, recency, age),
        "gamma_gamma": GammaGammaFitter().fit(spenders["frequency"], spenders["mean"]),
    }
    return found, time.perf_counter() - started


def compare(name, tables, seconds, whole):
    """Compares one run; gives the number of differences."""
    histories = pd.read_parquet(tables / "business.purchase_histories.parquet")
    histories = histories[histories["moment"] == "now"].reset_index(drop=True)
    histories["mean"] = histories["repeat_revenue"].astype(float) / histories["frequency"].where(
        histories["frequency"] > 0
    )
    histories["mean"] = histories["mean"].fillna(0.0)
    models, others = fits(histories)
    print(f"{name}: {len(histories):,} customers")
    differences = 0
    parameters = pd.read_parquet(tables / "model.parameters.parquet")
    print(f"  {'model':<12} {'parameter':<10} {'Karat':>12} {'lifetimes':>12} {'standard error':>15}")
    for model, fit in models.items():
        rows = parameters[(parameters["moment"] == "now") & (parameters["model"] == model)]
        assert len(rows) == len(fit.params_), f"{model} has no fit"
        for row in rows.itertuples():
            other = fit.params_["v" if row.parameter == "gamma" else row.parameter]
            differs = not abs(row.value - other) <= row.standard_error / 50
            differences += differs
            mark = "  DIFFERS" if differs else ""
            print(
                f"  {model:<12} {row.parameter:<10} {row.value:12.6f} {other:12.6f} {row.standard_error:15.6f}{mark}"
            )
    outlook = pd.read_parquet(tables / "model.customer_outlook.parquet").head(2_000)
    some = histories.set_index("customer_id").loc[outlook["customer_id"]]
    frequency, recency, age = some["frequency"], some["recency_days"] / 7, some["age_days"] / 7
    model = models["mbg_nbd"]
    expected = {
        "p_alive": model.conditional_probability_alive(frequency, recency, age),
        "expected_orders": model.conditional_expected_number_of_purchases_up_to_time(52, frequency, recency, age),
        "expected_spend": models["gamma_gamma"].conditional_expected_average_profit(frequency, some["mean"]),
    }
    for column, values in expected.items():
        values = np.asarray(values, dtype=float)
        distance = np.abs(outlook[column].to_numpy() - values)
        apart = distance.max()
        differs = not (distance <= 1e-6 + 1e-3 * np.abs(values)).all()
        differences += differs
        print(f"  {column}: {apart:.1e} apart at most, of {len(outlook):,} customers{'  DIFFERS' if differs else ''}")
    moments = parameters["moment"].nunique()
    print(
        f"  seconds: Karat {seconds:.2f} for three fits at {moments} moment{'s' if moments > 1 else ''} "
        f"(whole step with reading, forecasts and ranges {whole:.2f}), lifetimes {others:.2f} for three fits at one; "
        f"ratio {others / max(seconds, 0.001):.1f}\n"
    )
    return differences


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--karat", required=True)
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    sample = run(options.karat, options.work / "cdnow", cdnow(), date(1997, 10, 1))
    differences = compare("CDNOW sample", *sample)
    history = run(options.karat, options.work / "simulated", simulated(options.customers), date(2026, 1, 1))
    differences += compare("Simulated history", *history)
    if differences:
        sys.exit(f"{differences} differences")
    print("Both agree.")


if __name__ == "__main__":
    main()
