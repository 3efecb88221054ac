//! `karat tables`: every table of the project with its meaning, from the headers of the SQL files.

use serde_json::json;

use super::options::General;
use super::print::answer;
use super::project::load_to_read;
use crate::error::{Exit, Failure};
use crate::output;
use crate::pipeline;
use crate::query::{Query, TableName};

/// Lists the tables, or describes `wanted`.
pub(super) fn tables(general: &General, wanted: Option<&str>) -> Result<Exit, Failure> {
    let loaded = load_to_read(general)?;
    let queries = pipeline::queries(&loaded.config)?;
    let Some(wanted) = wanted else {
        let width = queries.iter().map(|query| query.name.to_string().len()).max();
        for query in &queries {
            answer(
                general,
                || json_of(query),
                || {
                    output::data(&format!(
                        "{:width$}  {}",
                        query.name.to_string(),
                        query.header.title,
                        width = width.unwrap_or_default()
                    ));
                },
            );
        }
        return Ok(Exit::Published);
    };
    let is_wanted = |query: &&Query| query.name.to_string() == wanted || query.name.table == wanted;
    let Some(query) = queries.iter().find(is_wanted) else {
        let nearest = TableName::nearest(wanted, queries.iter().map(|query| query.name.clone()));
        let hint = nearest.map_or_else(String::new, |name| format!("Did you mean `{name}`?"));
        return Err(Failure::new(Exit::Usage, "tables", format!("there is no table `{wanted}`")).hint(hint));
    };
    answer(general, || json_of(query), || print(query));
    Ok(Exit::Published)
}

fn json_of(query: &Query) -> serde_json::Value {
    let header = &query.header;
    json!({
        "table": query.name.to_string(), "title": header.title, "grain": header.grain, "key": header.key, "inputs": header.inputs,
        "note": header.note.as_deref().map(str::trim), "columns": header.columns, "published": header.is_published(), "kept": query.kept(),
        "path": format!("queries/{}", query.path),
    })
}

fn print(query: &Query) {
    let header = &query.header;
    output::data(&format!("{}: {}", query.name, header.title));
    output::data(&format!("  grain   {}", header.grain));
    output::data(&format!("  key     {}", header.key.join(", ")));
    output::data(&format!("  inputs  {}", header.inputs.join(", ")));
    output::data(&format!("  file    queries/{}", query.path));
    for line in header.note.iter().flat_map(|note| note.trim().lines()) {
        output::data(&format!("  {line}"));
    }
    let width = header.columns.keys().map(String::len).max().unwrap_or_default();
    for (column, meaning) in &header.columns {
        output::data(&format!("  {column:width$}  {meaning}"));
    }
}
