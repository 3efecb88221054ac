//! Words of messages: values as they are shown, lists, and what was probably meant.

/// A value as messages show it: quoted, shortened, on one line.
pub(super) fn found(text: &str) -> String {
    let mut short: String = text.chars().take(60).collect::<String>().escape_debug().collect();
    if text.chars().count() > 60 {
        short.push('…');
    }
    format!("\"{short}\"")
}

/// The candidate that `word` was probably meant to be.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    if word.len() > 64 {
        return None;
    }
    let word = word.to_lowercase().replace('-', "_");
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&word, &candidate.to_lowercase().replace('-', "_"));
            (distance, 1 + word.len().min(candidate.len()) / 4, candidate)
        })
        .filter(|(distance, limit, _)| distance <= limit)
        .min_by_key(|(distance, ..)| *distance)
        .map(|(.., candidate)| candidate.to_owned())
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => words.join(""),
    }
}
