//! The text of an event.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Emitter, Name};
use crate::calendar;
use crate::engine::ENGINE;
use crate::error::Failure;

/// Who makes the events.
const PRODUCER: &str = concat!("urn:karat:", env!("CARGO_PKG_VERSION"));

/// What a run read and made, as far as it came.
#[derive(Debug, Default)]
pub(crate) struct Datasets {
    /// The sources.
    pub(crate) inputs: Vec<Dataset>,
    /// The published tables.
    pub(crate) outputs: Vec<Dataset>,
}

/// A source or a published table.
#[derive(Debug)]
pub(crate) struct Dataset {
    pub(crate) name: Name,
    /// What it is called in the project.
    pub(crate) title: String,
    /// The state of the data: its version where it has one.
    pub(crate) version: Option<String>,
    pub(crate) rows: u64,
    pub(crate) bytes: Option<u64>,
    pub(crate) files: Option<usize>,
    pub(crate) columns: Vec<Column>,
    /// Columns that decide which rows there are; `None` where that is not known.
    pub(crate) rows_from: Option<BTreeSet<(Name, String)>>,
}

/// A column of a dataset.
#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) data_type: String,
    pub(crate) meaning: Option<String>,
    /// Columns of sources from which it is computed; `None` where that is not known.
    pub(crate) from: Option<BTreeSet<(Name, String)>>,
}

impl Emitter<'_> {
    pub(super) fn event(&self, kind: &str, datasets: &Datasets, failure: Option<&Failure>) -> Value {
        let (engine, version) = ENGINE.split_once(' ').unwrap_or((ENGINE, ""));
        let engine = json!({"name": engine, "version": version, "openlineageAdapterVersion": env!("CARGO_PKG_VERSION")});
        let mut of_run = facets([("processing_engine", "1-1-1/ProcessingEngineRunFacet", engine)]);
        if let Some(nominal) = self.nominal {
            let time = json!({"nominalStartTime": nominal.to_string()});
            of_run.extend(facets([("nominalTime", "1-0-1/NominalTimeRunFacet", time)]));
        }
        if let Some(failure) = failure {
            let error = json!({"message": failure.message, "programmingLanguage": "Rust"});
            of_run.extend(facets([("errorMessage", "1-0-1/ErrorMessageRunFacet", error)]));
        }
        let kind_of_job = json!({"processingType": "BATCH", "integration": "KARAT", "jobType": "JOB"});
        json!({
            "eventTime": calendar::now().to_string(),
            "eventType": kind,
            "producer": PRODUCER,
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": self.run, "facets": of_run},
            "job": {
                "namespace": self.to.namespace, "name": self.job,
                "facets": facets([("jobType", "2-0-4/JobTypeJobFacet", kind_of_job)]),
            },
            "inputs": datasets.inputs.iter().map(input).collect::<Vec<_>>(),
            "outputs": datasets.outputs.iter().map(output).collect::<Vec<_>>(),
        })
    }
}

/// Facets: the name of each, its schema, and what it says.
fn facets<const N: usize>(all: [(&str, &str, Value); N]) -> Map<String, Value> {
    let facet = |(name, schema, mut facet): (&str, &str, Value)| {
        let file = schema.split_once('/').map_or(schema, |(_, file)| file);
        facet["_producer"] = PRODUCER.into();
        facet["_schemaURL"] =
            format!("https://openlineage.io/spec/facets/{schema}.json#/$defs/{file}").into();
        (name.to_owned(), facet)
    };
    all.into_iter().map(facet).collect()
}

fn described(dataset: &Dataset) -> Map<String, Value> {
    let fields = dataset.columns.iter().map(|column| {
        let mut field = json!({"name": column.name, "type": column.data_type});
        if let Some(meaning) = &column.meaning {
            field["description"] = meaning.clone().into();
        }
        field
    });
    let schema = json!({"fields": fields.collect::<Vec<_>>()});
    let title = json!({"description": dataset.title});
    let mut found = facets([
        ("schema", "1-2-0/SchemaDatasetFacet", schema),
        ("documentation", "1-1-0/DocumentationDatasetFacet", title),
    ]);
    if let Some(version) = &dataset.version {
        let version = json!({"datasetVersion": version});
        found.extend(facets([("version", "1-0-1/DatasetVersionDatasetFacet", version)]));
    }
    found
}

/// Facts of which some are not known.
fn known(facts: &[(&str, Option<u64>)]) -> Value {
    facts.iter().filter_map(|(name, fact)| Some(((*name).to_owned(), json!((*fact)?)))).collect()
}

fn statistics(dataset: &Dataset) -> Value {
    let files = dataset.files.and_then(|files| u64::try_from(files).ok());
    known(&[("rowCount", Some(dataset.rows)), ("size", dataset.bytes), ("fileCount", files)])
}

fn input(dataset: &Dataset) -> Value {
    let read = ("inputStatistics", "1-0-0/InputStatisticsInputDatasetFacet", statistics(dataset));
    json!({
        "namespace": dataset.name.namespace, "name": dataset.name.name,
        "facets": described(dataset), "inputFacets": facets([read]),
    })
}

fn output(dataset: &Dataset) -> Value {
    let mut found = described(dataset);
    let references = |columns: &BTreeSet<(Name, String)>| {
        let reference = |(of, field): &(Name, String)| json!({"namespace": of.namespace, "name": of.name, "field": field});
        columns.iter().map(reference).collect::<Vec<_>>()
    };
    if let Some(rows_from) = &dataset.rows_from {
        let fields = dataset.columns.iter().filter_map(|column| {
            let from = column.from.as_ref().filter(|from| !from.is_empty())?;
            Some((column.name.clone(), json!({"inputFields": references(from)})))
        });
        let lineage = json!({"fields": fields.collect::<Map<_, _>>(), "dataset": references(rows_from)});
        found.extend(facets([("columnLineage", "1-2-0/ColumnLineageDatasetFacet", lineage)]));
    }
    let made = ("outputStatistics", "1-0-2/OutputStatisticsOutputDatasetFacet", statistics(dataset));
    json!({
        "namespace": dataset.name.namespace, "name": dataset.name.name,
        "facets": found, "outputFacets": facets([made]),
    })
}
