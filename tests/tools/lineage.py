"""Validates OpenLineage events by the official JSON Schemas of tests/data/openlineage.

    lineage.py FILE     each line is an event; every facet is validated by the schema that it names
"""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

SCHEMAS = Path(__file__).resolve().parents[1] / "data" / "openlineage"


def facets_of(event):
    """Every facet of an event, with its name."""
    yield from event["run"].get("facets", {}).items()
    yield from event["job"].get("facets", {}).items()
    for dataset in event["inputs"] + event["outputs"]:
        for kind in ("facets", "inputFacets", "outputFacets"):
            yield from dataset.get(kind, {}).items()


def main():
    schemas = [json.loads(path.read_text()) for path in sorted(SCHEMAS.rglob("*.json"))]
    registry = Registry().with_resources((schema["$id"], Resource.from_contents(schema)) for schema in schemas)

    def validate(what, reference, instance):
        validator = Draft202012Validator({"$ref": reference}, registry=registry, format_checker=FormatChecker())
        for error in validator.iter_errors(instance):
            sys.exit(f"{what}: {error.json_path}: {error.message}")

    events = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    seen = set()
    for event in events:
        validate(event["eventType"], event["schemaURL"], event)
        for name, facet in facets_of(event):
            validate(name, facet["_schemaURL"], facet)
            seen.add(name)
    kinds = [event["eventType"] for event in events]
    if "START" not in kinds or "columnLineage" not in seen:
        sys.exit(f"too little to validate: {kinds}, {sorted(seen)}")
    # A validator that accepts everything proves nothing.
    broken = dict(events[0], run={"runId": "no UUID"})
    if Draft202012Validator({"$ref": broken["schemaURL"]}, registry=registry, format_checker=FormatChecker()).is_valid(broken):
        sys.exit("an event with a malformed run id is accepted")
    print(f"{len(events)} events are valid: {', '.join(kinds)}; facets {', '.join(sorted(seen))}")


main()
