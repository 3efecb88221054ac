//! Everything before the first figure: a run is planned here once, and every stage borrows it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Map;

use super::pdf::Browser;
use super::project::{self, Project};
use super::recorded::Recorded;
use super::sources;
use super::workplace::Workplace;
use super::{open, outlook};
use crate::calendar::{self, Calendar, Spans};
use crate::config::Config;
use crate::engine::{ENGINE, Engine};
use crate::error::Failure;
use crate::output::Progress;
use crate::record::manifest::{self, SCHEMA};
use crate::record::{
    Determinants, EditionRecord, HashedFile, MailRecord, Manifest, RunSummary, Window, layout, libraries,
    run_id,
};
use crate::settings::{self, SettingsTable};
use crate::source::{InputRecord, Pinned, RawTable};
use crate::store::Location;

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct Request {
    /// As-of date from the command line; wins over the configuration.
    pub as_of: Option<Date>,
    /// A draft is rendered and kept apart: no log entry, no pointer.
    pub is_draft: bool,
}

/// What a planned run is for.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'a> {
    /// To be published.
    Publish,
    /// To be looked at; nothing is written.
    Look,
    /// To be compared with what is published, from whose record it is done again.
    Verify(&'a Recorded),
}

impl<'a> Purpose<'a> {
    /// The record from which the run is done again.
    fn recorded(self) -> Option<&'a Recorded> {
        match self {
            Self::Verify(recorded) => Some(recorded),
            Self::Publish | Self::Look => None,
        }
    }
}

/// A run that is planned: all that is known before the first query.
pub(super) struct Run<'a> {
    pub(super) config: &'a Config,
    pub(super) project: Project,
    pub(super) work: Workplace,
    pub(super) sources: Vec<Pinned>,
    pub(super) engine: Arc<Engine>,
    /// What prints the report, if `publish.pdf` asks for it.
    pub(super) browser: Option<Browser>,
    pub(super) id: String,
    pub(super) calendar: Calendar,
    /// Objects read and objects excluded.
    pub(super) inputs: Vec<InputRecord>,
    pub(super) raw: Vec<RawTable>,
    pub(super) settings: Vec<SettingsTable>,
    pub(super) terms: outlook::Terms,
    pub(super) is_draft: bool,
    pub(super) started: Timestamp,
    /// Requests to the publish location that failed and were tried again so far.
    pub(super) retries: u64,
    pub(super) progress: &'a Progress,
}

impl<'a> Run<'a> {
    /// Loads the project, pins the inputs, starts the engine, names the run; says whether the result can be published at all.
    pub(super) async fn prepare(
        config: &'a Config,
        place: &Location,
        request: &Request,
        purpose: Purpose<'_>,
        progress: &'a Progress,
    ) -> Result<Self, Failure> {
        let recorded = purpose.recorded();
        let mut project = match recorded {
            Some(_) => project::load_recorded_project(config)?,
            None => project::load_project(config)?,
        };
        let is_published = matches!(purpose, Purpose::Publish);
        if is_published {
            open::refuse(config, &project.queries.queries)?;
        }
        // Reported before hours of work, not after them.
        let editions = config.editions.iter().map(|edition| edition.language.as_str());
        let languages = std::iter::once(config.project.language.as_str()).chain(editions);
        let browser =
            if is_published && config.publish.pdf { Some(Browser::find(languages).await?) } else { None };
        let work = Workplace::make(config)?;
        let started = calendar::now();
        if is_published {
            place.probe().await.map_err(|error| error.writing("publish"))?;
        }
        let pinned = sources::pin_inputs(config, &work, recorded, progress).await?;
        let as_of = calendar::as_of(config.as_of, request.as_of, &config.project.timezone)?;
        let calendar = calendar::calendar(as_of, &Spans::of(config)?)?;
        let engine = Engine::start(&config.engine, &work.stage().join(layout::TABLES), &work.scratch())?;
        // What a cluster made is checked without it.
        let engine = if recorded.is_none() { engine.join(&config.engine).await? } else { engine };
        let (raw, made) = sources::raw_tables(config, &engine, &pinned, &project.queries).await?;
        project.queries.stage(made);
        let mut inputs = sources::records(config, &pinned, place, calendar.as_of);
        if let Some(recorded) = recorded {
            recorded.mark(&mut inputs);
        }
        let settings = settings::tables(config, &calendar, &inputs)?;
        for table in &settings {
            engine.add_rows(&table.name, &table.key, table.batch.clone()).await?;
        }
        Ok(Self {
            id: run_id(&determinants(config, &calendar, &project, &inputs, &raw)),
            terms: outlook::Terms::new(config, &calendar)?,
            config,
            project,
            work,
            sources: pinned,
            engine: Arc::new(engine),
            browser,
            calendar,
            inputs,
            raw,
            settings,
            is_draft: request.is_draft,
            started,
            retries: place.retries(),
            progress,
        })
    }

    /// The record of the run before anything is computed: without tables, checks, outputs and mails.
    pub(super) fn manifest(&self) -> Manifest {
        let (config, current) = (self.config, &self.calendar.snapshots[0]);
        let queries = &self.project.queries;
        let sql = queries.files().map(|query| (&query.path, &query.sha256));
        let checks = queries.checks.iter().map(|check| (&check.path, &check.sha256));
        let file = |path: String, sha256: &String| HashedFile { path, sha256: sha256.clone() };
        let mut sql: Vec<_> =
            sql.chain(checks).map(|(path, sha256)| file(layout::sql(path), sha256)).collect();
        sql.sort();
        let templates = self.project.templates.iter();
        let logo = self.project.brand.logo.as_ref();
        Manifest {
            schema: SCHEMA.to_owned(),
            run_id: self.id.clone(),
            as_of: self.calendar.as_of,
            window: Window {
                days: self.calendar.window_days,
                from: current.window_start,
                to: current.last_day,
            },
            project: config.project.name.clone(),
            currency: config.project.currency.clone(),
            timezone: config.project.timezone.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: ENGINE.to_owned(),
            libraries: libraries(),
            inputs: self.inputs.clone(),
            rejected: Vec::<Map<_, _>>::new(),
            reconciliation: Vec::new(),
            policy: manifest::policy(config),
            cost_to_serve: manifest::cost_to_serve(config),
            sql,
            templates: templates
                .map(|template| file(layout::template(&template.path), &template.sha256))
                .collect(),
            logo: logo.map(|logo| file(logo.file_name().to_owned(), &logo.sha256())),
            tables: Vec::new(),
            checks: Vec::new(),
            outputs: Vec::new(),
            switched_off: switched_off(config),
            mail: MailRecord::default(),
            editions: config.editions.iter().map(EditionRecord::new).collect(),
            language: config.project.language.clone(),
            summary: RunSummary {
                as_of: self.calendar.as_of,
                run_id: self.id.clone(),
                project: config.project.name.clone(),
                currency: config.project.currency.clone(),
                headline: Vec::new(),
                figures: Vec::new(),
                draft: self.is_draft,
            },
        }
    }

    /// Where readers find a file of the run on the web, if anywhere.
    pub(super) fn url(&self, path: &str) -> Option<String> {
        let url = self.config.publish.url.as_ref().filter(|_| !self.is_draft);
        url.map(|url| format!("{url}{}/{path}", layout::run(self.calendar.as_of, &self.id)))
    }
}

/// Sources that a report can do without; the messages say what each switches off.
const OPTIONAL: [&str; 4] = ["customers", "service_cases", "payments", "visits"];

/// Names the sources that are not configured.
pub(super) fn switched_off(config: &Config) -> Vec<String> {
    let absent = OPTIONAL.iter().filter(|source| !config.sources.contains_key(**source));
    absent.map(ToString::to_string).collect()
}

/// Lists what determines the bytes of a run.
fn determinants(
    config: &Config,
    calendar: &Calendar,
    project: &Project,
    inputs: &[InputRecord],
    raw: &[RawTable],
) -> Determinants {
    let mut list = Determinants::from([
        ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("engine".to_owned(), ENGINE.to_owned()),
        ("libraries".to_owned(), libraries()),
        ("as_of".to_owned(), calendar.as_of.to_string()),
        ("configuration".to_owned(), config.effective.clone()),
    ]);
    for table in raw {
        list.insert(format!("{} {}", table.table.schema, table.table.table), table.sql.clone());
    }
    // What readers get, not who they are. The name holds all but the value of a part.
    for edition in &config.editions {
        let value = edition.part.as_ref().map_or("", |part| part.value.as_str());
        list.insert(format!("edition {}", edition.name()), value.to_owned());
    }
    for query in project.queries.files() {
        list.insert(format!("sql {}", query.path), query.sha256.clone());
    }
    for check in &project.queries.checks {
        list.insert(format!("sql {}", check.path), check.sha256.clone());
    }
    for file in &project.templates {
        list.insert(format!("template {}", file.path), file.sha256.clone());
    }
    if let Some(logo) = &project.brand.logo {
        list.insert("logo".to_owned(), logo.sha256());
    }
    for input in inputs {
        let (name, mark) = match &input.excluded {
            Some(reason) => ("excluded", reason.to_string()),
            None => (
                "input",
                format!(
                    "{} {} {:?} {:?} {:?}",
                    input.sha256, input.address, input.etag, input.version, input.table_version
                ),
            ),
        };
        list.insert(format!("{name} {} {}", input.source, input.path), mark);
    }
    list
}
