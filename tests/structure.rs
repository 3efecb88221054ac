//! The structure of the code, read from its text: which module of `src` imports which, and how long files and functions are.
//!
//! A module imports only those above it in `lib.rs`, and no file imports itself by way of others. What is too long is listed with
//! its size, and may only become shorter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Most lines of a file and of a function, and most parameters.
const FILE: usize = 400;
const FUNCTION: usize = 80;
const PARAMETERS: usize = 5;

/// Files that are longer, each with its lines. Nothing is added here, and no number grows.
const LONG_FILES: &[(&str, usize)] = &[
    ("deliver/tests.rs", 432),
    ("disclosure/tests.rs", 427),
    ("engine/mod.rs", 483),
    ("pipeline/tests/faults.rs", 523),
    ("query/lint.rs", 467),
    ("report/page.rs", 430),
    ("report/tests/moves.rs", 423),
    ("source/contract.rs", 486),
];

/// Functions that are longer, each with its lines. Nothing is added here, and no number grows.
const LONG_FUNCTIONS: &[(&str, usize)] = &[
    ("query/mapping/casts.rs::cast", 100),
    ("query/mapping/expression.rs::written", 100),
    ("report/page.rs::register", 166),
    ("store/open.rs::connect", 107),
];

/// Functions with more parameters. Nothing is added here, and no number grows.
const WIDE_FUNCTIONS: &[(&str, usize)] = &[
    // As the trait of Ballista has it.
    ("cluster/executor.rs::create_query_stage_exec", 8),
];

/// The sources by their paths below `src`; those of other crates begin with `crates/`.
fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeMap::new();
    let mut folders = vec![root.join("src"), root.join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of src") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root).expect("below the project").display().to_string();
                found.insert(
                    name.trim_start_matches("src/").to_owned(),
                    std::fs::read_to_string(&path).expect("a source"),
                );
            }
        }
    }
    assert!(found.len() > 100, "src was not found");
    found
}

type Name = Vec<String>;

/// The modules by their paths, without tests and comments.
fn modules() -> BTreeMap<Name, String> {
    let code = |text: &str| -> String {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n")
    };
    let sources = sources().into_iter().filter(|(path, _)| !path.starts_with("crates/"));
    sources
        .filter_map(|(path, text)| {
            let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
            let name: Name = path.split('/').map(str::to_owned).collect();
            let is_test = name.iter().any(|part| part == "tests") || path == "main";
            (!is_test).then(|| if path == "lib" { (Vec::new(), code(&text)) } else { (name, code(&text)) })
        })
        .collect()
}

/// One import: its path as it is written, and whether it only hands a name on.
struct Use {
    path: Vec<String>,
    is_handed_on: bool,
}

fn uses(text: &str) -> Vec<Use> {
    let mut found = Vec::new();
    for statement in text.split(';') {
        let statement = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(at) = statement.rfind("use ").filter(|at| {
            let before = statement[..*at].trim_end();
            before.is_empty() || before.ends_with(['}', ']', ')', '{']) || before.ends_with("pub")
        }) else {
            continue;
        };
        let is_handed_on =
            statement[..at].trim_end().ends_with("pub") || statement[..at].contains("pub(crate)");
        for path in expanded(&statement[at + 4..]) {
            let path = path.split(" as ").next().unwrap_or_default().trim();
            let path = path.split("::").map(|part| part.trim().to_owned()).collect();
            found.push(Use { path, is_handed_on });
        }
    }
    found
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn expanded(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else {
        return vec![tree.to_owned()];
    };
    let inner = rest.rsplit_once('}').map_or(rest, |(inner, _)| inner);
    let (mut depth, mut start, mut parts) = (0_i32, 0, Vec::new());
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| expanded(&format!("{before}{}", part.trim()))).collect()
}

/// The path from the root of the crate; none for another crate.
fn absolute(modules: &BTreeMap<Name, String>, here: &Name, path: &[String]) -> Option<Name> {
    let mut base = here.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => return Some(path[1..].to_vec()),
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                rest = &rest[1..];
                base.pop();
            }
        }
        first => {
            base.push(first.to_owned());
            let is_below = modules.contains_key(&base);
            base.pop();
            if !is_below {
                return None;
            }
        }
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// Which file imports from which; names that are handed on lead to the file that has them.
fn imports() -> BTreeMap<Name, BTreeSet<Name>> {
    let modules = modules();
    let mut named: BTreeMap<(Name, String), Name> = BTreeMap::new();
    let mut all: Vec<(Name, Name)> = Vec::new();
    for (here, text) in &modules {
        for import in uses(text) {
            let Some(target) = absolute(&modules, here, &import.path) else {
                continue;
            };
            if let Some(last) = target.last() {
                named.insert((here.clone(), last.clone()), target.clone());
            }
            if !import.is_handed_on {
                all.push((here.clone(), target));
            }
        }
    }
    let owner = |target: &Name| {
        let mut target = target.clone();
        for _ in 0..10 {
            let length = (0..=target.len()).rev().find(|length| modules.contains_key(&target[..*length]))?;
            let (module, rest) = (target[..length].to_vec(), &target[length..]);
            let known = rest.first().and_then(|name| named.get(&(module.clone(), name.clone())));
            match known {
                Some(known) if *known != target => {
                    target = known.iter().chain(&rest[1..]).cloned().collect();
                }
                _ => return Some(module),
            }
        }
        None
    };
    let mut found: BTreeMap<Name, BTreeSet<Name>> = BTreeMap::new();
    for (here, target) in all {
        let owner = owner(&target).filter(|owner| *owner != here);
        found.entry(here).or_default().extend(owner);
    }
    found
}

#[test]
fn no_file_imports_itself_by_way_of_others() {
    let mut left = imports();
    let count: usize = left.values().map(BTreeSet::len).sum();
    assert!(count > 500, "only {count} imports were found");
    // Files that import none of those that are left are in no circle.
    loop {
        let names: BTreeSet<Name> = left.keys().cloned().collect();
        let before = left.len();
        left.retain(|_, targets| targets.iter().any(|target| names.contains(target)));
        if left.len() == before {
            break;
        }
    }
    // Nor are those that none of the others imports.
    loop {
        let targets: BTreeSet<Name> = left.values().flatten().cloned().collect();
        let before = left.len();
        left.retain(|name, _| targets.contains(name));
        if left.len() == before {
            break;
        }
    }
    let circle: Vec<String> = left.keys().map(|name| name.join("::")).collect();
    assert!(circle.is_empty(), "these files import each other: {}", circle.join(", "));
}

#[test]
fn a_module_imports_only_those_above_it() {
    let modules = modules();
    let order: Vec<&str> = modules[&Vec::new()]
        .lines()
        .filter_map(|line| line.split_once("mod ")?.1.strip_suffix(';'))
        .collect();
    let place = |name: &str| order.iter().position(|known| *known == name);
    let mut wrong = Vec::new();
    for (name, text) in &modules {
        let Some(here) = name.first().and_then(|first| place(first)) else {
            continue;
        };
        for rest in text.split("crate::").skip(1) {
            let other: String =
                rest.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect();
            if place(&other).is_some_and(|other| other > here) {
                wrong.push(format!("{} imports {other}", name.join("::")));
            }
        }
    }
    assert!(order.len() > 20, "{order:?}");
    assert!(wrong.is_empty(), "against the order of lib.rs: {}", wrong.join(", "));
}

/// Functions by `path::name`, with their lines and their parameters.
fn functions() -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (start, line) in lines.iter().enumerate() {
            let code = line.trim_start();
            let Some(at) = code.find("fn ").filter(|at| {
                code[..*at].split(' ').all(|word| {
                    word.is_empty() || word.starts_with("pub") || ["async", "const"].contains(&word)
                })
            }) else {
                continue;
            };
            let name: String = code[at + 3..]
                .chars()
                .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
                .collect();
            let end = format!("{}}}", &line[..line.len() - code.len()]);
            let length = lines[start..].iter().position(|line| *line == end).map_or(1, |length| length + 1);
            let length = if line.ends_with('}') || line.ends_with(';') { 1 } else { length };
            let head = lines[start..].join("\n");
            found.push((format!("{path}::{name}"), length, parameters(&head)));
        }
    }
    assert!(found.len() > 1_000, "only {} functions were found", found.len());
    found
}

/// How many parameters the first function of a text has.
fn parameters(text: &str) -> usize {
    let (mut angle, mut depth, mut count, mut is_open) = (0_i32, 0_i32, 0, false);
    let mut last = ' ';
    for letter in text.chars() {
        match letter {
            '<' => angle += 1,
            '>' if last != '-' && last != '=' => angle -= 1,
            '(' | '[' if angle == 0 || depth > 0 => depth += 1,
            ')' | ']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return count + usize::from(is_open);
                }
            }
            ',' if depth == 1 && angle == 0 => {
                count += 1;
                is_open = false;
            }
            letter if depth == 1 && !letter.is_whitespace() => is_open = true,
            _ => {}
        }
        last = letter;
    }
    count
}

/// Compares what is too large with the list of what may be.
fn refuse_growth(
    what: &str,
    limit: usize,
    found: impl Iterator<Item = (String, usize)>,
    listed: &[(&str, usize)],
) {
    let large: BTreeMap<String, usize> = found.filter(|(_, size)| *size > limit).collect();
    let allowed: BTreeMap<&str, usize> = listed.iter().copied().collect();
    let grown: Vec<String> = large
        .iter()
        .filter(|(name, size)| allowed.get(name.as_str()).is_none_or(|allowed| *size > allowed))
        .map(|(name, size)| format!("    (\"{name}\", {size}),"))
        .collect();
    assert!(grown.is_empty(), "{what}: at most {limit}, or as the list says:\n{}", grown.join("\n"));
    let mended: Vec<&str> = allowed.into_keys().filter(|name| !large.contains_key(*name)).collect();
    assert!(mended.is_empty(), "no longer too large, so strike them off the list: {}", mended.join(", "));
}

#[test]
fn long_files_only_become_shorter() {
    let sizes = sources().into_iter().map(|(path, text)| (path, text.lines().count()));
    refuse_growth("lines of a file", FILE, sizes, LONG_FILES);
}

#[test]
fn long_functions_only_become_shorter() {
    let sizes = functions().into_iter().map(|(name, lines, _)| (name, lines));
    refuse_growth("lines of a function", FUNCTION, sizes, LONG_FUNCTIONS);
}

#[test]
fn functions_take_few_parameters() {
    let sizes = functions().into_iter().map(|(name, _, parameters)| (name, parameters));
    refuse_growth("parameters of a function", PARAMETERS, sizes, WIDE_FUNCTIONS);
}

#[test]
fn what_is_read_from_a_text_is_what_it_says() {
    let text = "use a::{b, c::{d, e}};\npub use f::g;\nfn x(\n    a: Map<B, (C, D)>,\n    b: impl Fn(u8, u8) -> Vec<u8>,\n) -> E {\n}\n";
    let found: Vec<(String, bool)> =
        uses(text).iter().map(|import| (import.path.join("::"), import.is_handed_on)).collect();
    let expected = [("a::b", false), ("a::c::d", false), ("a::c::e", false), ("f::g", true)];
    assert_eq!(found, expected.map(|(path, is_handed_on)| (path.to_owned(), is_handed_on)));
    assert_eq!(parameters("fn x(\n    a: Map<B, (C, D)>,\n    b: impl Fn(u8, u8) -> Vec<u8>,\n) -> E {"), 2);
    assert_eq!(parameters("fn x<'a>() {"), 0);
    assert_eq!(parameters("fn x(&self, b: u8) {"), 2);
}
