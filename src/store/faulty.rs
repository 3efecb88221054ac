//! A store in memory that fails as real ones do; for tests only.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::stream::BoxStream;
use futures::{FutureExt as _, StreamExt as _};
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};
use tokio::sync::Notify;

use super::Location;

/// How one operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It does not.
    None,
    /// An error, and nothing happened.
    Before,
    /// An error, although it happened.
    After,
    /// "It exists", although nothing happened.
    FalselyExists,
    /// The credentials are not enough.
    Denied,
    /// A put that succeeds but loses the last byte.
    Truncated,
    /// A put that ignores its condition.
    Unconditional,
    /// No answer ever, and nothing happened: the process ends here.
    Stop,
    /// No answer ever, although it happened: the process ends here.
    StopAfter,
    /// A get whose body ends too early.
    Short,
    /// A get that gives one byte wrong.
    Flipped,
    /// A list that lacks its last object.
    Stale,
    /// A list that breaks off after its first object.
    Broken,
}

/// Decides by number of the operation (from 1), its name (`put`, `part`, `get`, `list`, `delete`) and its key.
type Rule = Arc<dyn Fn(usize, &str, &str) -> Fault + Send + Sync>;

/// A store in memory with a rule of faults.
pub(crate) struct Faulty {
    /// What is really there.
    pub inner: Arc<InMemory>,
    count: Arc<AtomicUsize>,
    rule: Rule,
    /// Notified when an operation stops for ever.
    pub stopped: Arc<Notify>,
}

impl Faulty {
    /// Wraps `inner`; every operation asks `rule` how to fail.
    pub(crate) fn new(
        inner: &Arc<InMemory>,
        rule: impl Fn(usize, &str, &str) -> Fault + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::clone(inner),
            count: Arc::default(),
            rule: Arc::new(rule),
            stopped: Arc::default(),
        })
    }

    /// Makes a location of it.
    pub(crate) fn location(self: &Arc<Self>) -> Location {
        Location::of_store(Arc::clone(self) as Arc<dyn ObjectStore>, "published")
    }

    /// Returns how many operations were asked for.
    pub(crate) fn operations(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }

    /// Tells the test that the process ends here, and does not go on.
    async fn stop(stopped: Arc<Notify>) {
        stopped.notify_one();
        std::future::pending::<()>().await;
    }

    async fn perhaps_stop(&self, fault: Fault, when: Fault) {
        if fault == when {
            Self::stop(Arc::clone(&self.stopped)).await;
        }
    }

    fn fault(&self, operation: &str, key: &Key) -> Fault {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        (self.rule)(number, operation, key.as_ref())
    }
}

fn error() -> Error {
    Error::Generic { store: "faulty", source: "injected".into() }
}

fn early(fault: Fault, key: &Key) -> Result<()> {
    let path = key.to_string();
    match fault {
        Fault::Before => Err(error()),
        Fault::FalselyExists => Err(Error::AlreadyExists { path, source: "injected".into() }),
        Fault::Denied => Err(Error::PermissionDenied { path, source: "injected".into() }),
        _ => Ok(()),
    }
}

fn late<T>(fault: Fault, result: Result<T>) -> Result<T> {
    if fault == Fault::After { result.and(Err(error())) } else { result }
}

/// An answer whose body is not what the store holds; what is said of it is right.
async fn spoilt(fault: Fault, answer: GetResult) -> Result<GetResult> {
    let (meta, range, attributes) = (answer.meta.clone(), answer.range.clone(), answer.attributes.clone());
    let mut bytes = answer.bytes().await?.to_vec();
    if fault == Fault::Short {
        bytes.pop();
    } else if let Some(byte) = bytes.get_mut(range.clone().count() / 2) {
        *byte ^= 0x10;
    }
    let body = futures::stream::iter([Ok(bytes::Bytes::from(bytes))]).boxed();
    Ok(GetResult { payload: GetResultPayload::Stream(body), meta, range, attributes })
}

impl fmt::Debug for Faulty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Faulty")
    }
}

impl fmt::Display for Faulty {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Faulty")
    }
}

#[async_trait::async_trait]
impl ObjectStore for Faulty {
    async fn put_opts(&self, key: &Key, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        let fault = self.fault("put", key);
        early(fault, key)?;
        self.perhaps_stop(fault, Fault::Stop).await;
        let result = match fault {
            Fault::Unconditional => self.inner.put_opts(key, payload, PutOptions::default()).await,
            Fault::Truncated => {
                let bytes = bytes::Bytes::from(payload);
                let shorter = bytes.slice(..bytes.len().saturating_sub(1));
                self.inner.put_opts(key, shorter.into(), options).await
            }
            _ => self.inner.put_opts(key, payload, options).await,
        };
        // Lets other tasks in, as a network would.
        tokio::task::yield_now().await;
        self.perhaps_stop(fault, Fault::StopAfter).await;
        late(fault, result)
    }

    async fn put_multipart_opts(
        &self,
        key: &Key,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let fault = self.fault("put", key);
        early(fault, key)?;
        self.perhaps_stop(fault, Fault::Stop).await;
        let inner = self.inner.put_multipart_opts(key, options).await;
        self.perhaps_stop(fault, Fault::StopAfter).await;
        let upload = FaultyUpload {
            inner: late(fault, inner)?,
            key: key.clone(),
            count: Arc::clone(&self.count),
            rule: Arc::clone(&self.rule),
            stopped: Arc::clone(&self.stopped),
        };
        Ok(Box::new(upload))
    }

    async fn get_opts(&self, key: &Key, options: GetOptions) -> Result<GetResult> {
        let fault = self.fault("get", key);
        early(fault, key)?;
        self.perhaps_stop(fault, Fault::Stop).await;
        tokio::task::yield_now().await;
        let result = self.inner.get_opts(key, options).await;
        self.perhaps_stop(fault, Fault::StopAfter).await;
        match fault {
            Fault::Short | Fault::Flipped => spoilt(fault, result?).await,
            _ => late(fault, result),
        }
    }

    fn delete_stream(&self, keys: BoxStream<'static, Result<Key>>) -> BoxStream<'static, Result<Key>> {
        let fault = self.fault("delete", &Key::default());
        let stopped = Arc::clone(&self.stopped);
        let inner = Arc::clone(&self.inner);
        // The operation takes place when its answer is waited for.
        futures::stream::once(async move {
            early(fault, &Key::default())?;
            if fault == Fault::Stop {
                Self::stop(Arc::clone(&stopped)).await;
            }
            let deleted: Vec<Result<Key>> = inner.delete_stream(keys).collect().await;
            if fault == Fault::StopAfter {
                Self::stop(stopped).await;
            }
            late(fault, Ok(deleted))
        })
        .flat_map(|deleted| match deleted {
            Ok(deleted) => futures::stream::iter(deleted),
            Err(error) => futures::stream::iter(vec![Err(error)]),
        })
        .boxed()
    }

    fn list(&self, prefix: Option<&Key>) -> BoxStream<'static, Result<ObjectMeta>> {
        let key = prefix.cloned().unwrap_or_default();
        let fault = self.fault("list", &key);
        let stopped = Arc::clone(&self.stopped);
        let listed = self.inner.list(prefix);
        futures::stream::once(async move {
            early(fault, &key)?;
            if matches!(fault, Fault::Stop | Fault::StopAfter) {
                Self::stop(stopped).await;
            }
            let mut listed: Vec<Result<ObjectMeta>> = listed.collect().await;
            match fault {
                Fault::Stale => {
                    listed.pop();
                }
                Fault::Broken => {
                    listed.truncate(1);
                    listed.push(Err(error()));
                }
                _ => {}
            }
            late(fault, Ok(listed))
        })
        .flat_map(|listed| match listed {
            Ok(listed) => futures::stream::iter(listed),
            Err(error) => futures::stream::iter(vec![Err(error)]),
        })
        .boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Key, to: &Key, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

/// An upload of many parts, each of which may fail, as may its end.
struct FaultyUpload {
    inner: Box<dyn MultipartUpload>,
    key: Key,
    count: Arc<AtomicUsize>,
    rule: Rule,
    stopped: Arc<Notify>,
}

impl FaultyUpload {
    fn fault(&self) -> Fault {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        (self.rule)(number, "part", self.key.as_ref())
    }

    /// Does `work` as the fault has it.
    async fn done<T>(
        fault: Fault,
        key: Key,
        stopped: Arc<Notify>,
        work: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        early(fault, &key)?;
        if fault == Fault::Stop {
            Faulty::stop(Arc::clone(&stopped)).await;
        }
        let result = work.await;
        if fault == Fault::StopAfter {
            Faulty::stop(stopped).await;
        }
        late(fault, result)
    }
}

impl fmt::Debug for FaultyUpload {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FaultyUpload")
    }
}

#[async_trait::async_trait]
impl MultipartUpload for FaultyUpload {
    fn put_part(&mut self, payload: PutPayload) -> UploadPart {
        let fault = self.fault();
        let part = self.inner.put_part(payload);
        Self::done(fault, self.key.clone(), Arc::clone(&self.stopped), part).boxed()
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let fault = self.fault();
        let (key, stopped) = (self.key.clone(), Arc::clone(&self.stopped));
        Self::done(fault, key, stopped, self.inner.complete()).await
    }

    async fn abort(&mut self) -> Result<()> {
        let fault = self.fault();
        let (key, stopped) = (self.key.clone(), Arc::clone(&self.stopped));
        Self::done(fault, key, stopped, self.inner.abort()).await
    }
}
