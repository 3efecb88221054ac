"""Karat in Airflow: one task, weekly, that runs for the end of its data interval."""

import subprocess
from datetime import datetime, timedelta

try:  # Airflow 3
    from airflow.providers.standard.operators.python import PythonOperator
    from airflow.sdk import DAG
    from airflow.sdk.exceptions import AirflowException, AirflowFailException
except ImportError:
    from airflow import DAG
    from airflow.exceptions import AirflowException, AirflowFailException
    from airflow.operators.python import PythonOperator

PROJECT = "/srv/karat"

# Input, resources, publishing, lease: time may heal these. The rest waits for a person.
WORTH_A_SECOND_TRY = {4, 5, 6, 8}


def report(as_of: str) -> None:
    """Runs Karat; its talk becomes the log of the task."""
    command = ["karat", "run", "--as-of", as_of, "--log", "json"]
    code = subprocess.run(command, cwd=PROJECT, check=False).returncode
    if code in WORTH_A_SECOND_TRY:
        raise AirflowException(f"karat ended with {code}")
    if code != 0:
        raise AirflowFailException(f"karat ended with {code}")


with DAG(
    dag_id="karat",
    schedule="0 6 * * MON",
    start_date=datetime(2026, 1, 5),
    catchup=False,
    max_active_runs=1,
) as dag:
    PythonOperator(
        task_id="report",
        python_callable=report,
        op_args=["{{ data_interval_end | ds }}"],
        retries=2,
        retry_delay=timedelta(minutes=10),
        execution_timeout=timedelta(hours=2),
    )
