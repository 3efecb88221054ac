//! Re-performs a published run with `DuckDB`, an engine that shares no code with ours: its `reproduce.sql` runs there.
//!
//! Nothing is written into the folder of the run; what `DuckDB` spills goes to a private folder.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::program::ended;
use crate::error::{Exit, Failure};

/// The program, where a folder of `PATH` holds it, and the interpreter that may have the package.
const PROGRAM: &str = "duckdb";
const PYTHON: &str = "python3";

/// What the script says when every table agrees.
const AGREES: &str = "every table agrees";

/// Tables that a message names.
const SHOWN: usize = 5;

/// Runs a script with the Python package, as the program `duckdb` does: the rows of the comparison, then the verdict.
/// Modules are looked for before the folder of the run is entered, and never in it.
const RUNNER: &str = "\
import sys
sys.path = [path for path in sys.path if path]
import duckdb, os
connection = duckdb.connect()
connection.execute('set python_enable_replacements = false')
text = open(sys.argv[1], encoding='utf-8').read()
os.chdir(sys.argv[2])
try:
    verdict = connection.execute(text).fetchall()
except duckdb.Error as error:
    verdict = None
    print(str(error), file=sys.stderr)
try:
    for row in connection.execute('select table_name, rows, differing_rows from comparison').fetchall():
        print(','.join(str(cell) for cell in row))
except duckdb.Error:
    pass
if verdict is None:
    sys.exit(1)
print(verdict[0][0])
";

/// Which `DuckDB` re-performs a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DuckDb {
    /// The program `duckdb` on the `PATH`, else the package of `python3`.
    Any,
    /// This program, or this interpreter of Python with its package.
    At(PathBuf),
    /// None.
    None,
}

/// What `DuckDB` made of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reperformance {
    /// Every table agrees.
    Agrees {
        /// Version of `DuckDB`.
        version: String,
        /// Tables that were compared, those of editions among them.
        tables: usize,
    },
    /// Something differs, or a script cannot be run there; the problems say what.
    Differs {
        /// Version of `DuckDB`.
        version: String,
    },
    /// It was not asked, because of this.
    Not(String),
}

/// A `DuckDB` that answers.
#[derive(Debug)]
pub(super) struct Program {
    path: PathBuf,
    is_python: bool,
    pub(super) version: String,
}

impl Program {
    /// Finds the `DuckDB` that is asked for; `None` where any would do and there is none.
    pub(super) fn find(choice: &DuckDb) -> Result<Option<Self>, Failure> {
        match choice {
            DuckDb::None => Ok(None),
            DuckDb::Any => {
                Ok(Self::asked(Path::new(PROGRAM), false).or_else(|| Self::asked(Path::new(PYTHON), true)))
            }
            DuckDb::At(path) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let found = Self::asked(path, name.starts_with("python"));
                found.map(Some).ok_or_else(|| {
                    Failure::new(
                        Exit::Usage,
                        "verify",
                        format!("`{}` does not run as DuckDB", path.display()),
                    )
                    .hint("`--duckdb` names the program `duckdb`, or an interpreter `python3` with the package `duckdb`.")
                })
            }
        }
    }

    /// Asks for the version.
    fn asked(path: &Path, is_python: bool) -> Option<Self> {
        let mut command = Command::new(path);
        if is_python {
            let ask = "import sys; sys.path = [path for path in sys.path if path]; import duckdb; print(duckdb.__version__)";
            command.args(["-c", ask]);
        } else {
            command.arg("--version");
        }
        let answer = command.stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&answer.stdout).into_owned();
        let version = text.split_whitespace().next()?.trim_start_matches('v').to_owned();
        let is_version = version.starts_with(|letter: char| letter.is_ascii_digit());
        (answer.status.success() && is_version).then(|| Self { path: path.to_owned(), is_python, version })
    }

    /// Runs `script` in `folder`, and gives the number of tables that agree, or what is wrong.
    ///
    /// # Errors
    /// Returns exit code 5 when the program cannot be started.
    pub(super) async fn run(
        &self,
        script: &str,
        folder: &Path,
        scratch: &Path,
    ) -> Result<Result<usize, String>, Failure> {
        let cannot = |error: std::io::Error| {
            let message = format!("cannot run `{}`", self.path.display());
            Failure::new(Exit::Resources, "verify", message).cause(error)
        };
        std::fs::create_dir_all(scratch).map_err(cannot)?;
        let (folder, scratch) =
            (folder.canonicalize().map_err(cannot)?, scratch.canonicalize().map_err(cannot)?);
        let spill = scratch.join("spill").display().to_string().replace('\'', "''");
        let input = scratch.join("script.sql");
        std::fs::write(&input, format!("set temp_directory = '{spill}';\n{script}")).map_err(cannot)?;
        let (out, err) = (scratch.join("stdout"), scratch.join("stderr"));
        let mut command = Command::new(&self.path);
        if self.is_python {
            // Not started in the folder of the run, where modules of its own might lie.
            command.current_dir(&scratch).args(["-c", RUNNER]).arg(&input).arg(folder);
        } else {
            command
                .current_dir(folder)
                .args(["-init", "/dev/null", "-bail", "-csv", "-noheader"])
                .stdin(File::open(&input).map_err(cannot)?);
        }
        command.stdout(File::create(&out).map_err(cannot)?).stderr(File::create(&err).map_err(cannot)?);
        let status = ended(&mut command).await.map_err(cannot)?;
        let read = |file: &Path| {
            std::fs::read(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(cannot)
        };
        Ok(verdict(status, &read(&out)?, &read(&err)?))
    }
}

/// Reads what was printed: a line `table,rows,differing rows` for each table, and the verdict.
fn verdict(status: ExitStatus, printed: &str, errors: &str) -> Result<usize, String> {
    let tables: Vec<(&str, u64)> = printed
        .lines()
        .filter_map(|line| {
            let (table, rows) = line.split_once(',')?;
            let (_, differing) = rows.split_once(',')?;
            Some((table, differing.trim().parse().ok()?))
        })
        .collect();
    let differing: Vec<String> = tables
        .iter()
        .filter(|(_, rows)| *rows > 0)
        .map(|(table, rows)| format!("{rows} rows of `{table}`"))
        .collect();
    if !differing.is_empty() {
        let more = differing.len().saturating_sub(SHOWN);
        let rest = if more > 0 { format!(" and of {more} more tables") } else { String::new() };
        let shown: Vec<String> = differing.into_iter().take(SHOWN).collect();
        return Err(format!("gives other rows: {}{rest}", shown.join(", ")));
    }
    let agrees = printed.lines().last().is_some_and(|line| line.trim() == AGREES);
    if status.success() && agrees && !tables.is_empty() {
        return Ok(tables.len());
    }
    // An interpreter tells first where it was.
    let mut lines = errors.lines().filter(|line| !line.trim().is_empty());
    let first = lines.next();
    let why = lines
        .find(|line| line.contains("Error"))
        .filter(|_| first.is_some_and(|line| line.starts_with("Traceback")))
        .or(first);
    Err(format!("fails: {}", why.unwrap_or("no verdict was printed").trim()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    fn said(code: i32, printed: &str, errors: &str) -> Result<usize, String> {
        verdict(ExitStatus::from_raw(code << 8), printed, errors)
    }

    #[test]
    fn only_the_words_of_the_script_and_no_differing_row_are_agreement() {
        assert_eq!(said(0, "a.b,3,0\na.c,0,0\nevery table agrees\n", ""), Ok(2));
        let differs = said(0, "a.b,3,1\na.c,0,0\nevery table agrees\n", "");
        assert_eq!(differs, Err("gives other rows: 1 rows of `a.b`".to_owned()));
        for (code, printed) in
            [(1, "a.b,3,0\nevery table agrees\n"), (0, "a.b,3,0\n"), (0, "every table agrees\n")]
        {
            assert!(said(code, printed, "").is_err(), "{code} {printed}");
        }
        let fails = said(1, "", "\nOverflow in multiplication\nat line 3");
        assert_eq!(fails, Err("fails: Overflow in multiplication".to_owned()));
    }

    #[test]
    fn a_path_that_is_no_duckdb_is_a_mistake_of_usage() {
        let failure = Program::find(&DuckDb::At("/dev/null".into())).expect_err("no program");
        assert_eq!(failure.exit, Exit::Usage);
        assert!(Program::find(&DuckDb::None).is_ok_and(|found| found.is_none()));
    }
}
