//! Other programs that a run starts: each ends with us, and so does what it has started.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// How often it is looked whether a program has ended.
const STEP: Duration = Duration::from_millis(50);

/// A program that ends with us.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Its group first, which may be empty: a browser starts programs of its own, and may be a script itself.
        #[cfg(unix)]
        {
            let group = format!("kill -s KILL -- -{}", self.0.id());
            let mut shell = Command::new("sh");
            shell.args(["-c", &group]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            let _killed = shell.status();
        }
        // It may have ended by itself.
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

/// Runs a program to its end; when this is dropped before, the program and its group are killed.
pub(super) async fn ended(command: &mut Command) -> std::io::Result<ExitStatus> {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut running = Running(command.spawn()?);
    loop {
        if let Some(status) = running.0.try_wait()? {
            return Ok(status);
        }
        tokio::time::sleep(STEP).await;
    }
}
