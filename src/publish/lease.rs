//! A lease on a run, so that two schedulers do not compute the same at the same time.
//!
//! It saves work and nothing else: publishing is safe without it, whoever else publishes. A lease is an object that is
//! created only if absent; its number is a fence. The holder writes it anew every minute; one that was not written for
//! five minutes is expired, and whoever creates the next number holds the lease then. A holder that was killed is seen to
//! be dead at once by a process of the same machine.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use crate::calendar;
use crate::error::{Exit, Failure};
use crate::files::sha256;
use crate::store::{Created, Location};

use super::STAGE;

/// How often the holder says that it lives.
const HEARTBEAT: Duration = Duration::from_mins(1);
/// Seconds after the last heartbeat at which a lease is expired.
const EXPIRES_SECONDS: i64 = 300;

/// What is in a lease.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    holder: Holder,
    /// Seconds of Unix time at which the lease expires.
    until: i64,
}

/// A process, without the name of a machine or a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Holder {
    /// Hash of this start of the machine and of the space in which process numbers count; empty where that is not known.
    machine: String,
    process: u32,
    /// When the process began, in the ticks of the machine: numbers of processes come again.
    began: u64,
    /// Tells two leases of one process apart.
    nonce: u64,
}

impl Content {
    fn is_live(&self) -> bool {
        calendar::now().as_second() < self.until && !self.holder.is_dead()
    }
}

impl Holder {
    fn this() -> Self {
        let process = std::process::id();
        Self { machine: machine(), process, began: began(process).unwrap_or(0), nonce: rand::random() }
    }

    /// Whether the process is known to be gone; one of another machine never is.
    fn is_dead(&self) -> bool {
        !self.machine.is_empty() && self.machine == machine() && began(self.process) != Some(self.began)
    }
}

/// See [`Holder::machine`].
fn machine() -> String {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let space = std::fs::read_link("/proc/self/ns/pid");
    match (boot, space) {
        (Ok(boot), Ok(space)) => sha256(format!("{boot} {}", space.display()).as_bytes())[..16].to_owned(),
        _ => String::new(),
    }
}

/// The start of a process, field 22 of its `stat` (proc(5)); nothing when it is gone.
fn began(process: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in brackets and may hold anything.
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(19)?.parse().ok()
}

/// A lease that is held; let go by [`Lease::release`], else it expires.
#[derive(Debug)]
pub struct Lease {
    location: Location,
    folder: String,
    number: u64,
    heart: JoinHandle<()>,
}

impl Lease {
    /// Takes the lease on the run `run_id`.
    ///
    /// # Errors
    /// Returns exit code 8 when somebody else holds it.
    pub async fn take(location: &Location, run_id: &str) -> Result<Self, Failure> {
        let folder = format!("leases/{run_id}");
        let newest = newest(location, &folder).await?;
        if let Some((_, content)) = newest.as_ref().filter(|(_, content)| content.is_live()) {
            return Err(held(run_id, content));
        }
        let number = newest.map_or(1, |(number, _)| number + 1);
        let path = path(&folder, number);
        let holder = Holder::this();
        let created =
            location.create(&path, content(&holder)?).await.map_err(|error| error.writing(STAGE))?;
        if let Created::Different(bytes) = created {
            let winner = serde_json::from_slice(&bytes).map_err(|error| unreadable(&path).cause(error))?;
            return Err(held(run_id, &winner));
        }
        let heart = tokio::spawn(beat(location.clone(), path, holder));
        Ok(Self { location: location.clone(), folder, number, heart })
    }

    /// Makes sure that nobody took the lease over, as happens to a process that was suspended for long.
    ///
    /// # Errors
    /// Returns exit code 8 when somebody did.
    pub async fn check(&self) -> Result<(), Failure> {
        match newest(&self.location, &self.folder).await? {
            Some((number, content)) if number > self.number => Err(held(&self.folder, &content)),
            _ => Ok(()),
        }
    }

    /// Lets go: removes this lease and the expired ones before it.
    ///
    /// # Errors
    /// Returns exit code 6 when a lease cannot be removed; it expires by itself.
    pub async fn release(self) -> Result<(), Failure> {
        self.heart.abort();
        for number in numbers(&self.location, &self.folder).await? {
            if number <= self.number {
                let removed = self.location.remove(&path(&self.folder, number)).await;
                removed.map_err(|error| error.writing(STAGE))?;
            }
        }
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.heart.abort();
    }
}

/// Whether somebody holds the lease on the run `run_id`.
pub(super) async fn is_held(location: &Location, run_id: &str) -> Result<bool, Failure> {
    let newest = newest(location, &format!("leases/{run_id}")).await?;
    Ok(newest.is_some_and(|(_, content)| content.is_live()))
}

/// Says every minute that the holder lives. A heartbeat that does not get through is made up for by the next.
async fn beat(location: Location, path: String, holder: Holder) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        if let Ok(bytes) = content(&holder) {
            let _late = location.replace(&path, bytes).await;
        }
    }
}

async fn newest(location: &Location, folder: &str) -> Result<Option<(u64, Content)>, Failure> {
    for number in numbers(location, folder).await?.into_iter().rev() {
        let path = path(folder, number);
        // Let go since it was listed: not there, and no fence either.
        let Some(bytes) = location.read(&path).await.map_err(|error| error.writing(STAGE))? else {
            continue;
        };
        let content = serde_json::from_slice(&bytes).map_err(|error| unreadable(&path).cause(error))?;
        return Ok(Some((number, content)));
    }
    Ok(None)
}

/// The numbers of the leases that are there, ascending.
async fn numbers(location: &Location, folder: &str) -> Result<Vec<u64>, Failure> {
    let objects = location.list_own(folder).await.map_err(|error| error.writing(STAGE))?;
    let mut numbers: Vec<u64> = objects
        .iter()
        .filter_map(|object| object.path.rsplit('/').next()?.strip_suffix(".json")?.parse().ok())
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

fn path(folder: &str, number: u64) -> String {
    format!("{folder}/{number:08}.json")
}

fn content(holder: &Holder) -> Result<Bytes, Failure> {
    let content = Content { holder: holder.clone(), until: calendar::now().as_second() + EXPIRES_SECONDS };
    let bytes = serde_json::to_vec(&content)
        .map_err(|error| Failure::new(Exit::Bug, STAGE, "cannot write a lease").cause(error))?;
    Ok(Bytes::from(bytes))
}

fn held(run: &str, content: &Content) -> Failure {
    let until = Timestamp::from_second(content.until)
        .map_or_else(|_| "an unknown time".to_owned(), |until| until.to_string());
    let message = format!("another process computes the run {run}; its lease lasts until {until}");
    Failure::new(Exit::Lease, STAGE, message)
        .hint("Wait for it. If that process was killed, its lease expires by itself within five minutes.")
        .retryable()
}

fn unreadable(path: &str) -> Failure {
    Failure::new(Exit::Publish, STAGE, format!("`{path}` is no lease"))
        .hint("Remove it; it protects nothing.")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use tempfile::TempDir;

    use super::*;
    use crate::store;

    fn place() -> (TempDir, Arc<Location>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let location = store::open("output/", folder.path(), &BTreeMap::new()).expect("a folder");
        (folder, Arc::new(location))
    }

    #[tokio::test]
    async fn one_process_holds_the_lease_and_the_next_takes_it_when_it_is_let_go() {
        let (_folder, location) = place();
        let first = Lease::take(&location, "abc").await.expect("it is free");
        let refused = Lease::take(&location, "abc").await.expect_err("it is held");
        assert_eq!((refused.exit, refused.retryable), (Exit::Lease, true));
        Lease::take(&location, "other").await.expect("another run is free");
        first.check().await.expect("nobody took it");
        first.release().await.expect("it is let go");
        let next = Lease::take(&location, "abc").await.expect("it is free again");
        next.release().await.expect("it is let go");
    }

    #[tokio::test]
    async fn an_expired_lease_is_taken_over_and_its_old_holder_is_told() {
        let (_folder, location) = place();
        let asleep = Lease::take(&location, "abc").await.expect("it is free");
        let past = Content { holder: Holder::this(), until: calendar::now().as_second() - 1 };
        let bytes = Bytes::from(serde_json::to_vec(&past).expect("JSON"));
        location.replace(&path("leases/abc", asleep.number), bytes).await.expect("written");
        let next = Lease::take(&location, "abc").await.expect("it is expired");
        assert_eq!(asleep.check().await.expect_err("it is lost").exit, Exit::Lease);
        next.check().await.expect("it is held");
        next.release().await.expect("it is let go");
        assert!(numbers(&location, "leases/abc").await.expect("a listing").is_empty());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_lease_of_a_killed_process_of_this_machine_is_taken_over_at_once() {
        let (_folder, location) = place();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().expect("it starts");
        let holder =
            Holder { process: child.id(), began: began(child.id()).expect("it lives"), ..Holder::this() };
        let bytes = content(&holder).expect("JSON");
        location.create(&path("leases/abc", 1), bytes).await.expect("written");
        assert_eq!(Lease::take(&location, "abc").await.expect_err("it is held").exit, Exit::Lease);
        child.kill().expect("it is killed");
        child.wait().expect("it ends");
        let next = Lease::take(&location, "abc").await.expect("its holder is dead");
        assert_eq!(next.number, 2);
    }

    #[tokio::test]
    async fn of_many_that_ask_at_once_one_gets_the_lease() {
        let (_folder, location) = place();
        let asked = (0..16).map(|_| {
            let location = Arc::clone(&location);
            tokio::spawn(async move { Lease::take(&location, "abc").await })
        });
        let mut taken = Vec::new();
        for task in asked.collect::<Vec<_>>() {
            match task.await.expect("no panic") {
                Ok(lease) => taken.push(lease),
                Err(failure) => assert_eq!(failure.exit, Exit::Lease),
            }
        }
        assert_eq!(taken.len(), 1);
    }
}
