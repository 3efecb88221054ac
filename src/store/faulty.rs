//! A store in memory that fails as real ones do; for tests only.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::StreamExt as _;
use futures::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path as Key;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

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
}

/// Decides by number of the operation (from 1), its name (`put`, `get`, `list`, `delete`) and its key.
type Rule = Box<dyn Fn(usize, &str, &str) -> Fault + Send + Sync>;

/// A store in memory with a rule of faults.
pub(crate) struct Faulty {
    /// What is really there.
    pub inner: Arc<InMemory>,
    count: Arc<AtomicUsize>,
    rule: Rule,
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
            rule: Box::new(rule),
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

    fn fault(&self, operation: &str, key: &Key) -> Fault {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        (self.rule)(number, operation, key.as_ref())
    }
}

fn error() -> Error {
    Error::Generic {
        store: "faulty",
        source: "injected".into(),
    }
}

fn early(fault: Fault, key: &Key) -> Result<()> {
    let path = key.to_string();
    match fault {
        Fault::Before => Err(error()),
        Fault::FalselyExists => Err(Error::AlreadyExists {
            path,
            source: "injected".into(),
        }),
        Fault::Denied => Err(Error::PermissionDenied {
            path,
            source: "injected".into(),
        }),
        Fault::None | Fault::After | Fault::Truncated | Fault::Unconditional => Ok(()),
    }
}

fn late<T>(fault: Fault, result: Result<T>) -> Result<T> {
    if fault == Fault::After {
        result.and(Err(error()))
    } else {
        result
    }
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
        late(fault, result)
    }

    async fn put_multipart_opts(
        &self,
        key: &Key,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        early(self.fault("put", key), key)?;
        self.inner.put_multipart_opts(key, options).await
    }

    async fn get_opts(&self, key: &Key, options: GetOptions) -> Result<GetResult> {
        early(self.fault("get", key), key)?;
        tokio::task::yield_now().await;
        self.inner.get_opts(key, options).await
    }

    fn delete_stream(&self, keys: BoxStream<'static, Result<Key>>) -> BoxStream<'static, Result<Key>> {
        match early(self.fault("delete", &Key::default()), &Key::default()) {
            Ok(()) => self.inner.delete_stream(keys),
            Err(error) => futures::stream::iter([Err(error)]).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Key>) -> BoxStream<'static, Result<ObjectMeta>> {
        let key = prefix.cloned().unwrap_or_default();
        match early(self.fault("list", &key), &key) {
            Ok(()) => self.inner.list(prefix),
            Err(error) => futures::stream::iter([Err(error)]).boxed(),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Key>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Key, to: &Key, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
