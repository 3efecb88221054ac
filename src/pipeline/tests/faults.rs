//! Every operation of publishing and mailing fails once, in every way, until no operation is left.
//!
//! The run is computed once; what follows is the code of every run: probe, lease, upload, commit, derived pages, removal of
//! old runs, mail. The operations of the store and of the mail server are counted together. After each fault one function,
//! [`World::check`], looks at everything that was promised; it looks before every single operation too, because that is
//! what a reader may see.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures::FutureExt as _;
use jiff::SignedDuration;
use object_store::memory::InMemory;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::super::deliver::{deliverable, letter};
use super::super::publication::Wanted;
use crate::calendar::{self, Deadline, skewed};
use crate::config::{self, Config, Edition};
use crate::deliver::{
    Answer, Carrier, Delivery, Fate, Message, NotOffered, Offered, Recipient, Reply, deliver_by,
};
use crate::error::{Exit, Failure};
use crate::files::sha256;
use crate::output::{Progress, Style};
use crate::publish::tests::{day, index, staged, work};
use crate::publish::{self, StagedRun, find_garbage, remove_garbage};
use crate::record::HashedFile;
use crate::store::Location;
use crate::store::faulty::{Fault, Faulty};

const RECIPIENTS: [&str; 2] = ["ann@example.com", "bob@example.com"];

/// What a run works on: a store, a mail server, and the one fault of this trial.
struct World {
    inner: Arc<InMemory>,
    /// How many mails each recipient has got.
    taken: Mutex<BTreeMap<String, usize>>,
    /// Operations of store and mail server so far.
    operations: AtomicUsize,
    /// Which operations fail, from and to (exclusive), and how.
    fault: (usize, usize, Fault),
    /// The highest place in the log that `latest.json` has named.
    seen: AtomicU64,
    stopped: Arc<Notify>,
}

impl World {
    fn new(inner: InMemory, fault: (usize, usize, Fault)) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::new(inner),
            taken: Mutex::default(),
            operations: AtomicUsize::new(0),
            fault,
            seen: AtomicU64::new(0),
            stopped: Arc::default(),
        })
    }

    /// Counts an operation and says how it fails.
    fn next(&self) -> Fault {
        self.check();
        let number = self.operations.fetch_add(1, Ordering::SeqCst) + 1;
        let (from, to, fault) = self.fault;
        if (from..to).contains(&number) { fault } else { Fault::None }
    }

    fn operations(&self) -> usize {
        self.operations.load(Ordering::SeqCst)
    }

    /// The store as it is, without faults.
    fn sound(&self) -> Location {
        Location::of_store(Arc::clone(&self.inner) as _, "published")
    }

    /// The bytes of an object, now.
    fn object(&self, path: &str) -> Option<Bytes> {
        let read = self.sound();
        read.read(path).now_or_never().expect("memory does not wait").expect("memory can be read")
    }

    /// Every object with its bytes, but for what may differ between two attempts.
    fn everything(&self) -> BTreeMap<String, Bytes> {
        let listed: Vec<_> =
            futures::StreamExt::collect(self.inner.list(None)).now_or_never().expect("memory does not wait");
        listed
            .into_iter()
            .map(|meta| {
                let key = meta.expect("memory can be listed").location.to_string();
                key.strip_prefix("published/").expect("below the location").to_owned()
            })
            .filter(|path| !path.ends_with("/volatile.json") && !path.starts_with("deliveries/"))
            .map(|path| {
                let bytes = self.object(&path).expect("it was listed");
                (path, bytes)
            })
            .collect()
    }

    /// What holds at every moment: the log is one chain; what it names is whole, or was removed as old; `latest.json` names
    /// an entry and never goes back; no recipient has two mails, and none one of a run that is not published.
    fn check(&self) {
        let entries = publish::history(&self.sound())
            .now_or_never()
            .expect("memory does not wait")
            .expect("the log is one chain");
        let is_whole = |folder: &str, manifest_sha256: &str| -> bool {
            let Some(manifest) = self.object(&format!("{folder}/manifest.json")) else {
                return false;
            };
            assert_eq!(sha256(&manifest), manifest_sha256, "{folder}");
            let manifest: Value = serde_json::from_slice(&manifest).expect("a manifest is JSON");
            for output in manifest["outputs"].as_array().expect("a manifest names outputs") {
                let path = format!("{folder}/{}", output["path"].as_str().expect("a path"));
                let bytes = self.object(&path).unwrap_or_else(|| panic!("`{path}` is missing"));
                assert_eq!(sha256(&bytes), output["sha256"].as_str().expect("a hash"), "{path}");
            }
            true
        };
        for entry in &entries {
            let is_newest = entry.seq == entries.len() as u64;
            assert!(
                is_whole(&entry.folder(), &entry.manifest_sha256) || !is_newest,
                "{} is published and not there",
                entry.run_id
            );
        }
        if let Some(latest) = self.object("latest.json") {
            let latest: Value = serde_json::from_slice(&latest).expect("the pointer is whole");
            let seq = latest["seq"].as_u64().expect("a place in the log");
            let entry = usize::try_from(seq).ok().and_then(|seq| entries.get(seq - 1));
            let entry = entry.unwrap_or_else(|| panic!("{latest} is not in the log"));
            assert_eq!(latest["run_id"], entry.run_id.as_str());
            assert!(is_whole(&entry.folder(), &entry.manifest_sha256), "a reader finds nothing at {latest}");
            let before = self.seen.fetch_max(seq, Ordering::SeqCst);
            assert!(seq >= before, "`latest.json` went back from {before} to {seq}");
        }
        for (recipient, count) in self.taken.lock().expect("no panic").iter() {
            assert_eq!(*count, 1, "{recipient}");
            assert!(entries.iter().any(|entry| entry.run_id == "bbbb"), "mailed before it is published");
        }
    }
}

/// A mail server of the world.
struct Post(Arc<World>);

#[async_trait::async_trait]
impl Carrier for Post {
    async fn offer(&self, _: &Message) -> Result<Box<dyn Offered>, NotOffered> {
        match self.0.next() {
            Fault::None => Ok(Box::new(Post(Arc::clone(&self.0)))),
            Fault::Denied => Err(NotOffered::Recipient(Reply::new(550, "no such user"))),
            Fault::Stop | Fault::StopAfter => {
                self.0.stopped.notify_one();
                std::future::pending().await
            }
            _ => Err(NotOffered::Server("no connection".to_owned())),
        }
    }
}

#[async_trait::async_trait]
impl Offered for Post {
    async fn hand_over(self: Box<Self>, message: &Message) -> Answer {
        let fault = self.0.next();
        if matches!(fault, Fault::None | Fault::After | Fault::StopAfter) {
            let mut taken = self.0.taken.lock().expect("no panic");
            *taken.entry(message.to.clone()).or_default() += 1;
        }
        match fault {
            Fault::None => Answer::Accepted(Reply::new(250, "queued")),
            Fault::Denied => Answer::Refused(Reply::new(552, "too big")),
            Fault::Stop | Fault::StopAfter => {
                self.0.stopped.notify_one();
                std::future::pending().await
            }
            _ => Answer::Unknown(Reply::new(0, "the connection broke")),
        }
    }

    async fn withdraw(self: Box<Self>) {}
}

/// What is the same for every trial.
struct Stage {
    home: TempDir,
    config: Config,
    progress: Progress,
    /// A store that holds an older publication.
    before: InMemory,
    attempts: AtomicUsize,
}

impl Stage {
    async fn new() -> Self {
        let text = "project: {name: Trial, currency: GBP, timezone: Europe/London}\n\
            sources: {order_lines: {location: data/, columns: \
            {order_id: a, customer_id: b, ordered_at: c, net_amount: d, cost_amount: e}}}\n\
            deliver:\n  smtp: smtps://mail.example.com\n  from: reports@example.com\n  recipients:\n    \
            - {to: ann@example.com, edition: full}\n    - {to: bob@example.com, edition: full}\n";
        let stage = Self {
            home: work(),
            config: config::parse("config.yaml", text, Path::new("."), &|_| None).expect("it is valid"),
            progress: Progress::new(Style::Quiet),
            before: InMemory::new(),
            attempts: AtomicUsize::new(0),
        };
        let place = Location::of_store(Arc::new(stage.before.fork()), "published");
        let old = stage.staged("2025-01-06", "aaaa");
        publish::publish(&place, &old, &index).await.expect("it is published");
        let before = InMemory::new();
        for object in place.list().await.expect("memory can be listed") {
            let bytes = place.read(&object.path).await.expect("memory can be read").expect("it is there");
            let key = object_store::path::Path::from(format!("published/{}", object.path));
            before.put(&key, bytes.into()).await.expect("memory takes it");
        }
        Self { before, ..stage }
    }

    /// A computed run with a mail; its volatile record is another one each time.
    fn staged(&self, as_of: &str, run_id: &str) -> StagedRun {
        let mut run = staged(&self.home, as_of, run_id);
        let attempt = self.attempts.fetch_add(1, Ordering::SeqCst);
        let volatile = json!({"started": "2025-01-13T06:00:00Z", "elapsed_ms": attempt});
        // Of three parts, where the store has it in parts of a kilobyte.
        let long = run_id.repeat(600);
        let files = [
            ("tables/results.long.csv", long),
            ("mail.html", format!("<p>{run_id}</p>")),
            ("mail.txt", run_id.to_owned()),
            ("appendix.html", format!("<h2>{run_id}</h2>")),
            ("method.html", format!("<h1>{run_id}</h1>")),
            ("volatile.json", volatile.to_string()),
        ];
        for (path, text) in &files {
            std::fs::write(run.folder.join(path), text).expect("the file can be written");
        }
        let output = |(path, text): &(&str, String)| HashedFile {
            path: (*path).to_owned(),
            sha256: sha256(text.as_bytes()),
        };
        run.manifest.outputs.extend(files[..5].iter().map(output));
        run.manifest.mail.subject = "Trial: customer profit report".to_owned();
        run
    }

    /// The run of 13 January.
    fn wanted<'a>(&'a self, place: &'a Location, deadline: &'a Deadline) -> Wanted<'a> {
        Wanted {
            place,
            as_of: day("2025-01-13"),
            run_id: "bbbb",
            keep: 1,
            index: &index,
            deadline,
            progress: &self.progress,
        }
    }

    /// The whole run after its computing, with the fault of the world; nothing when the process ended in it.
    async fn attempt(&self, world: &Arc<World>) -> Option<Result<Vec<Delivery>, Failure>> {
        self.attempt_within(world, Duration::from_mins(1)).await
    }

    async fn attempt_within(
        &self,
        world: &Arc<World>,
        allowed: Duration,
    ) -> Option<Result<Vec<Delivery>, Failure>> {
        let store = {
            let world = Arc::clone(world);
            Faulty::new(&Arc::clone(&world.inner), move |_, _, _| world.next())
        };
        let deadline = Deadline::after(allowed);
        let run = async {
            let place = store.location();
            let wanted = self.wanted(&place, &deadline);
            place.probe().await.map_err(|error| error.writing("publish"))?;
            let make = async { Ok(self.staged("2025-01-13", "bbbb").into()) };
            let (_, entry) = wanted.published(make).await?;
            let mail = self.config.deliver.as_ref().expect("a mail is configured");
            let edition = Edition::main(&self.config.project.language);
            let mailed = |failure| Failure { exit: Exit::Mail, ..failure };
            let manifest = deliverable(&place, &entry).await.map_err(mailed)?;
            let letter = letter(&self.config, mail, (&place, &entry), &manifest, &edition);
            let letter = Arc::new(letter.await.map_err(mailed)?);
            let one = |to: &&str| Recipient { to: (*to).into(), letter: Arc::clone(&letter), resend: false };
            let recipients: Vec<Recipient> = RECIPIENTS.iter().map(one).collect();
            deliver_by(&place, &Post(Arc::clone(world)), &recipients, calendar::now).await
        };
        tokio::select! {
            outcome = run => Some(outcome),
            () = store.stopped.notified() => None,
            () = world.stopped.notified() => None,
        }
    }

    /// Runs with a fault, then without, then collects garbage; gives the number of operations and how the first run ended.
    async fn trial(
        &self,
        fault: (usize, usize, Fault),
        expected: &BTreeMap<String, Bytes>,
    ) -> (usize, Option<Exit>) {
        let world = World::new(self.before.fork(), fault);
        skewed::set(usize::MAX, SignedDuration::ZERO);
        let first = self.attempt(&world).await;
        world.check();
        let operations = world.operations();
        let said = match &first {
            None => None,
            Some(Ok(_)) => Some(Exit::Published),
            Some(Err(failure)) => Some(failure.exit),
        };
        // Later, when the lease of a process that was killed on another machine has expired.
        skewed::set(1, SignedDuration::from_mins(10));
        let sound = Arc::new(World {
            inner: Arc::clone(&world.inner),
            taken: Mutex::new(world.taken.lock().expect("no panic").clone()),
            operations: AtomicUsize::new(0),
            fault: (0, 0, Fault::None),
            seen: AtomicU64::new(world.seen.load(Ordering::SeqCst)),
            stopped: Arc::default(),
        });
        let second = self.attempt(&sound).await.expect("nothing stops it");
        let second = second.unwrap_or_else(|failure| panic!("{fault:?}: a rerun fails: {failure}"));
        sound.check();
        for (recipient, delivery) in RECIPIENTS.iter().zip(&second) {
            let count = sound.taken.lock().expect("no panic").get(*recipient).copied().unwrap_or(0);
            match &delivery.fate {
                Fate::Sent | Fate::SentBefore => assert_eq!(count, 1, "{fault:?}"),
                // Nobody can know; a person decides.
                Fate::Held(_) => assert!(count <= 1, "{fault:?}"),
                other => panic!("{fault:?}: {other:?}"),
            }
        }
        if let Some(Ok(deliveries)) = &first {
            for (then, now) in deliveries.iter().zip(&second) {
                assert!(then.fate != Fate::Sent || now.fate == Fate::SentBefore, "{fault:?}");
            }
        }
        // An old run that could not be removed goes with the next publication.
        publish::prune(&sound.sound(), 1).await.expect("it can be removed");
        let limit = calendar::now() + SignedDuration::from_hours(1);
        let garbage = find_garbage(&sound.sound(), limit).await.expect("the store can be read");
        remove_garbage(&sound.sound(), &garbage).await.expect("it can be removed");
        sound.check();
        let found = sound.everything();
        assert_eq!(
            found.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>(),
            "{fault:?}: what is left"
        );
        assert!(found == *expected, "{fault:?}: the bytes differ");
        (operations, said)
    }

    /// What a run without a fault leaves.
    async fn expected(&self) -> BTreeMap<String, Bytes> {
        let world = World::new(self.before.fork(), (0, 0, Fault::None));
        skewed::set(usize::MAX, SignedDuration::ZERO);
        let deliveries = self.attempt(&world).await.expect("nothing stops it").expect("nothing fails");
        assert!(deliveries.iter().all(|delivery| delivery.fate == Fate::Sent), "{deliveries:?}");
        let mut left = world.everything();
        // What the removal of an old run leaves would be garbage.
        assert!(left.keys().all(|path| !path.contains("aaaa")), "{:?}", left.keys());
        assert_eq!(left.remove("leases"), None);
        left
    }
}

#[tokio::test]
async fn whatever_operation_of_a_run_fails_nothing_is_half_published_or_mailed_twice() {
    let stage = Stage::new().await;
    let expected = stage.expected().await;
    let forever = usize::MAX;
    let kinds: [(Fault, usize); 8] = [
        (Fault::Before, 1),
        (Fault::After, 1),
        (Fault::FalselyExists, 1),
        (Fault::Denied, 1),
        (Fault::Stop, 1),
        (Fault::StopAfter, 1),
        // An outage that lasts until the run gives up.
        (Fault::Before, forever),
        (Fault::After, forever),
    ];
    for (fault, length) in kinds {
        let (mut number, mut failed) = (0, 0);
        loop {
            number += 1;
            let (operations, said) =
                stage.trial((number, number.saturating_add(length), fault), &expected).await;
            if operations < number {
                break;
            }
            let is_stop = matches!(fault, Fault::Stop | Fault::StopAfter);
            let is_expected = match said {
                None => is_stop,
                Some(exit) if is_stop => panic!("{exit:?}: it did not stop"),
                Some(Exit::Published | Exit::Publish | Exit::Mail) => true,
                // The trial before all work fails because it may not write.
                Some(exit) => exit == Exit::Usage && fault == Fault::Denied,
            };
            assert!(is_expected, "operation {number}, {fault:?}: {said:?}");
            failed += usize::from(said != Some(Exit::Published));
        }
        assert!(number > 50, "{fault:?}: {number} operations");
        assert!(failed > 5, "{fault:?}: only {failed} of {number} faults were felt");
    }
}

#[tokio::test]
async fn a_clock_that_jumps_in_the_middle_of_a_run_changes_nothing() {
    let stage = Stage::new().await;
    let expected = stage.expected().await;
    for days in [1, -1, 400, -400] {
        let mut number = 0;
        loop {
            number += 1;
            let world = World::new(stage.before.fork(), (0, 0, Fault::None));
            skewed::set(number, SignedDuration::from_hours(24 * days));
            let outcome = stage.attempt(&world).await.expect("nothing stops it");
            let deliveries =
                outcome.unwrap_or_else(|failure| panic!("reading {number}, {days} days: {failure}"));
            assert!(deliveries.iter().all(|delivery| delivery.fate == Fate::Sent), "{deliveries:?}");
            assert!(world.everything() == expected, "reading {number}, {days} days");
            if skewed::readings() < number {
                break;
            }
        }
        assert!(number > 3, "{number}");
    }
}

#[tokio::test]
async fn a_run_whose_time_is_over_ends_before_its_commit_and_says_where() {
    let stage = Stage::new().await;
    let expected = stage.expected().await;
    let mut ended = 0;
    for number in 1.. {
        let world = World::new(stage.before.fork(), (number, number + 1, Fault::Stop));
        skewed::set(usize::MAX, SignedDuration::ZERO);
        // The operation hangs; what ends the run is its deadline, and not the end of the process.
        let hang = stage.hang(&world, Duration::from_millis(100));
        let Ok(outcome) = tokio::time::timeout(Duration::from_mins(1), hang).await else {
            panic!("operation {number} hangs beyond the deadline");
        };
        world.check();
        let Err(failure) = outcome else {
            // The commit, or a run that none of its operations stopped.
            if world.operations() < number {
                break;
            }
            continue;
        };
        assert_eq!(failure.exit, Exit::Resources, "operation {number}: {failure}");
        assert!(failure.retryable && failure.message.contains("out of time"), "{failure}");
        let is_committed = world.everything().contains_key("log/00000002.json");
        assert!(!is_committed, "operation {number}");
        ended += 1;
        // The lease is let go; the next run does the job.
        let sound = World::new(world.inner.fork(), (0, 0, Fault::None));
        let again = stage.attempt(&sound).await.expect("nothing stops it");
        again.unwrap_or_else(|failure| panic!("operation {number}: a rerun fails: {failure}"));
        for (path, bytes) in &expected {
            assert_eq!(sound.object(path).as_ref(), Some(bytes), "operation {number}: {path}");
        }
    }
    assert!(ended > 15, "{ended}");
}

impl Stage {
    /// The steps of a run until its upload, in which an operation hangs for ever; ends well when none of them does.
    async fn hang(&self, world: &Arc<World>, allowed: Duration) -> Result<(), Failure> {
        let deadline = Arc::new(Deadline::after(allowed));
        let store = {
            let (world, deadline) = (Arc::clone(world), Arc::clone(&deadline));
            Faulty::new(&Arc::clone(&world.inner), move |_, _, _| {
                // Once all is up nothing is broken off; there the client's own limits count.
                let is_up = world.object("runs/2025-01-13/bbbb/manifest.json").is_some();
                let fault = world.next();
                if is_up || deadline.left().is_zero() { Fault::None } else { fault }
            })
        };
        let place = store.location();
        let wanted = self.wanted(&place, &deadline);
        let make = async { Ok(self.staged("2025-01-13", "bbbb").into()) };
        wanted.published(make).await.map(|_| ())
    }
}

#[tokio::test]
async fn a_store_that_overwrites_is_refused_before_anything_is_read() {
    let stage = Stage::new().await;
    let store = Faulty::new(&Arc::new(InMemory::new()), |_, _, _| Fault::Unconditional);
    let home = work();
    // The project is the one of the clone, its order lines are nowhere: who reads first fails in another way.
    let config = Config {
        root: Path::new(env!("CARGO_MANIFEST_DIR")).to_owned(),
        engine: crate::config::EngineLimits {
            spill: Some(home.path().join("spill")),
            ..stage.config.engine.clone()
        },
        ..stage.config.clone()
    };
    let request = crate::pipeline::Request { as_of: Some(day("2025-01-13")), is_draft: false };
    let (place, progress) = (store.location(), &stage.progress);
    let outcome = Box::pin(crate::pipeline::run::published(&config, &place, &request, progress)).await;
    let failure = outcome.expect_err("it cannot publish safely");
    assert_eq!((failure.exit, failure.stage), (Exit::Usage, "publish"), "{failure}");
    assert!(failure.message.contains("cannot publish safely"), "{failure}");
    let left = futures::StreamExt::count(store.inner.list(None)).await;
    assert_eq!(left, 0, "the trial object is removed");
}
