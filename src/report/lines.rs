//! Plain text in lines that a mail program does not break again.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Longest line of plain text, in letters; mail programs show as much without breaking it again.
const LINE: usize = 72;

/// Breaks a long line between words, or between letters of scripts that set no spaces; a word that is longer than a line, as
/// an address may be, stays whole. A letter of Chinese is two columns wide.
pub(super) fn broken_lines(line: &str) -> Vec<String> {
    if line.width() <= LINE {
        return vec![line.trim_end().to_owned()];
    }
    let mut lines = vec![String::new()];
    for piece in pieces(line) {
        let last = lines.last_mut().expect("there is always a last line");
        if !last.is_empty() && last.width() + piece.trim_end().width() > LINE {
            last.truncate(last.trim_end().len());
            lines.push(piece.trim_start().to_owned());
        } else {
            last.push_str(piece);
        }
    }
    if let Some(last) = lines.last_mut() {
        last.truncate(last.trim_end().len());
    }
    lines
}

/// What a line can be broken into: words with the spaces behind them, and wide letters with the marks that belong to them.
fn pieces(line: &str) -> Vec<&str> {
    let wide = |letter: char| letter.width() == Some(2);
    // No line begins with a mark that ends something, and none ends with one that begins it.
    let closes = |letter: char| "，。、；：！？）》」』”’％".contains(letter);
    let opens = |letter: char| "（《「『“‘".contains(letter);
    let mut found = Vec::new();
    let mut from = 0;
    let mut before: Option<char> = None;
    for (at, letter) in line.char_indices() {
        let may = before.is_some_and(|before| {
            let after_space = before == ' ' && letter != ' ';
            let between_wide = letter != ' ' && (wide(before) || wide(letter));
            after_space || (between_wide && !closes(letter) && !opens(before))
        });
        if may {
            found.push(&line[from..at]);
            from = at;
        }
        before = Some(letter);
    }
    found.push(&line[from..]);
    found
}
