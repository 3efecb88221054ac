"""Karat in Dagster: the published tables as one asset, weekly, for the as-of date of its schedule."""

import json
import subprocess

import dagster as dg

PROJECT = "/srv/karat"

# Input, resources, publishing, lease: time may heal these. The rest waits for a person.
WORTH_A_SECOND_TRY = {4, 5, 6, 8}

WEEKS = dg.WeeklyPartitionsDefinition(start_date="2026-01-05", day_offset=1)


@dg.asset(partitions_def=WEEKS, retry_policy=dg.RetryPolicy(max_retries=2, delay=600))
def karat_report(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The report as of the end of the week, with its tables."""
    as_of = context.partition_time_window.end.date().isoformat()
    command = ["karat", "run", "--as-of", as_of, "--log", "json", "--output", "json"]
    done = subprocess.run(command, cwd=PROJECT, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise dg.Failure(
            f"karat ended with {done.returncode}", allow_retries=done.returncode in WORTH_A_SECOND_TRY
        )
    run = json.loads(done.stdout)
    facts = {"run_id": run["run_id"], "report": run["report"]}
    return dg.MaterializeResult(metadata=facts | {line["label"]: line["text"] for line in run["headline"]})


defs = dg.Definitions(
    assets=[karat_report],
    schedules=[
        dg.build_schedule_from_partitioned_job(
            dg.define_asset_job("karat", selection=[karat_report]), hour_of_day=6
        )
    ],
)
