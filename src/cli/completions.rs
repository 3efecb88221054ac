//! `karat completions`: completions of shells, and man pages.

use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::args::Cli;
use crate::error::{Exit, Failure};
use crate::output;

/// Prints the completions of `shell`, or writes man pages to the folder `man`.
pub(super) fn completions(shell: Option<Shell>, man: Option<&Path>) -> Result<Exit, Failure> {
    let command = Cli::command();
    if let Some(folder) = man {
        let written =
            std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command.clone(), folder));
        written.map_err(|error| {
            Failure::new(
                Exit::Usage,
                "completions",
                format!("cannot write man pages to `{}`", folder.display()),
            )
            .cause(error)
        })?;
    }
    if let Some(shell) = shell {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command.clone(), "karat", &mut script);
        output::bytes(&mut script.as_slice());
    }
    Ok(Exit::Published)
}
