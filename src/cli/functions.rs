//! `karat functions`: what mappings may use.

use serde_json::json;

use super::options::{General, Output};
use crate::error::Exit;
use crate::output;
use crate::query::mapping::catalogue::FUNCTIONS;

/// Lists the functions and operators of mappings.
pub(super) fn functions(general: &General) -> Exit {
    if general.output() == Output::Json {
        for function in FUNCTIONS {
            output::data(
                &json!({
                    "group": function.group.title(), "form": function.form, "meaning": function.meaning,
                    "example": function.example, "result": function.result,
                })
                .to_string(),
            );
        }
        return Exit::Published;
    }
    let mut group = None;
    for function in FUNCTIONS {
        if group != Some(function.group) {
            if group.is_some() {
                output::data("");
            }
            output::data(function.group.title());
            group = Some(function.group);
        }
        let result = if function.result.is_empty() { "NULL" } else { function.result };
        output::data(&format!("  {}", function.form));
        output::data(&format!("      {}", function.meaning));
        output::data(&format!("      {} gives {result}", function.example));
    }
    Exit::Published
}
