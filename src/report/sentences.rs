//! The sentences of the first page. `results.sentences` says which are true, what money each speaks of, and which are printed.

use super::cells::{Data, Figure};

/// Names the wordings to show, heaviest first; none when nothing is material. Which of them an
/// aggregate edition may say stands in the header of `results.sentences`.
pub(crate) fn sentences(data: &Data<'_>) -> Vec<String> {
    let mut shown: Vec<_> = data
        .rows("results.sentences")
        .into_iter()
        .filter(|row| row.get("is_shown").map(Figure::text) == Some("true"))
        .collect();
    shown.sort_by_key(|row| row.get("rank").and_then(Figure::decimal));
    shown.iter().filter_map(|row| row.get("sentence")).map(|sentence| sentence.text().to_owned()).collect()
}
