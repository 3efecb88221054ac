//! Reads a location as it is in `config.yaml` and connects to it.
//!
//! Credentials come from each cloud's usual environment, with the configured options on top, never from the
//! location itself. Plain http is for loopback servers only, and certificates are always checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::http::HttpBuilder;
use object_store::{ClientConfigKey, ObjectStore, ObjectStoreScheme};
use url::{Host, Position, Url};

use crate::config::{Secret, forbidden_host};

use super::client::{CONNECT_TIMEOUT, Counting, REQUEST_TIMEOUT, retries};
use super::write::PART;
use super::{Cause, Location, Place, Single, StoreError};

/// First pause before a try is repeated.
const PAUSE: Duration = Duration::from_millis(200);
/// Names that mean one object rather than a folder.
const DATA_FILES: [&str; 7] = ["parquet", "pq", "csv", "json", "jsonl", "ndjson", "tsv"];

/// Opens `location`: a path (relative to `root`), `file://`, `s3://`, `gs://`, `az://` or `https://`.
///
/// Nothing is read yet; a local folder need not exist.
pub fn open(location: &str, root: &Path, options: &BTreeMap<String, Secret>) -> Result<Location, StoreError> {
    if location.trim().is_empty() {
        return Err(invalid("", "it is empty"));
    }
    let Some((scheme, _)) = location.split_once("://") else {
        return open_local(location, root.join(location), options);
    };
    let url = Url::parse(location).map_err(|error| invalid(scheme, &error.to_string()))?;
    let shown = shown(&url);
    refuse_secrets(&url, &shown)?;
    if url.scheme() == "file" {
        let path = url
            .to_file_path()
            .map_err(|()| invalid(&shown, "a file:// location holds an absolute path and no host"))?;
        return open_local(&shown, path, options);
    }
    let known = ["s3", "s3a", "gs", "az", "azure", "adl", "abfs", "abfss", "https", "http"];
    if !known.contains(&url.scheme()) {
        return Err(invalid(&shown, "the scheme is none of file, s3, gs, az, abfss and https"));
    }
    let (kind, base) = ObjectStoreScheme::parse(&url).map_err(|error| invalid(&shown, &error.to_string()))?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(invalid(&shown, "plain http is allowed for loopback addresses only; use https"));
    }
    if url.scheme().starts_with("http")
        && let Some(reason) = forbidden_host(&url)
    {
        return Err(invalid(&shown, reason));
    }
    let location = Location {
        shown,
        place: Place::Local { root: PathBuf::new() },
        secrets: Arc::new(options.values().cloned().collect()),
        pause: PAUSE,
        part: PART,
        retries: Arc::default(),
    };
    let store = connect(&location, &kind, &url, options)?;
    let is_http = kind == ObjectStoreScheme::Http;
    let is_folder = url.path().ends_with('/') || base.as_ref().is_empty();
    let single = match (is_folder, is_http) {
        (false, true) => Single::Always,
        (false, false) if is_data_file(base.filename().unwrap_or_default()) => Single::Perhaps,
        _ => Single::Never,
    };
    // A plain web server need not serve ranges.
    Ok(Location { place: Place::Remote { store, base, single, ranges: !is_http }, ..location })
}

fn open_local(
    location: &str,
    path: PathBuf,
    options: &BTreeMap<String, Secret>,
) -> Result<Location, StoreError> {
    if let Some(option) = options.keys().next() {
        return Err(invalid(location, &format!("a local location takes no options, but `{option}` is set")));
    }
    Ok(Location {
        shown: location.to_owned(),
        place: Place::Local { root: path },
        secrets: Arc::default(),
        pause: PAUSE,
        part: PART,
        retries: Arc::default(),
    })
}

fn invalid(location: &str, reason: &str) -> StoreError {
    StoreError::Invalid { location: location.to_owned(), reason: reason.to_owned() }
}

/// Writes the URL without password, query and fragment.
fn shown(url: &Url) -> String {
    // `az://container@account/…` names a container where others name a user.
    let user = if is_azure(url) && !url.username().is_empty() {
        format!("{}@", url.username())
    } else {
        String::new()
    };
    format!("{}://{user}{}", url.scheme(), &url[Position::BeforeHost..Position::AfterPath])
}

fn is_azure(url: &Url) -> bool {
    matches!(url.scheme(), "az" | "azure" | "adl" | "abfs" | "abfss")
}

fn refuse_secrets(url: &Url, shown: &str) -> Result<(), StoreError> {
    if url.password().is_some() || !(url.username().is_empty() || is_azure(url)) {
        return Err(invalid(shown, "a location holds no user and no password; put them into `options`"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid(shown, "a location holds no query and no fragment; put keys into `options`"));
    }
    Ok(())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_data_file(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| DATA_FILES.contains(&extension.to_ascii_lowercase().as_str()))
}

fn connect(
    location: &Location,
    kind: &ObjectStoreScheme,
    url: &Url,
    options: &BTreeMap<String, Secret>,
) -> Result<Arc<dyn ObjectStore>, StoreError> {
    let shown = &location.shown;
    let cannot = |error: &object_store::Error| invalid(shown, &location.cause(error).0);
    let counting = || Counting::new(&location.retries);
    match kind {
        ObjectStoreScheme::AmazonS3 => {
            let client = AmazonS3ConfigKey::Client;
            let mut builder = AmazonS3Builder::from_env()
                .with_url(url.as_str())
                .with_http_connector(counting())
                .with_retry(retries())
                .with_config(client(ClientConfigKey::Timeout), REQUEST_TIMEOUT)
                .with_config(client(ClientConfigKey::ConnectTimeout), CONNECT_TIMEOUT);
            for (key, value) in parsed::<AmazonS3ConfigKey>(shown, options)? {
                builder = builder.with_config(key, value);
            }
            let endpoint = builder
                .get_config_value(&AmazonS3ConfigKey::S3Endpoint)
                .or_else(|| builder.get_config_value(&AmazonS3ConfigKey::Endpoint));
            let plain = plain_loopback(shown, endpoint.as_deref())?;
            keep_certificates(
                shown,
                builder.get_config_value(&AmazonS3ConfigKey::Client(INSECURE)).as_deref(),
            )?;
            let store = builder.with_allow_http(plain).build().map_err(|error| cannot(&error))?;
            Ok(Arc::new(store))
        }
        ObjectStoreScheme::GoogleCloudStorage => {
            let client = GoogleConfigKey::Client;
            let mut builder = GoogleCloudStorageBuilder::from_env()
                .with_url(url.as_str())
                .with_http_connector(counting())
                .with_retry(retries())
                .with_config(client(ClientConfigKey::Timeout), REQUEST_TIMEOUT)
                .with_config(client(ClientConfigKey::ConnectTimeout), CONNECT_TIMEOUT);
            for (key, value) in parsed::<GoogleConfigKey>(shown, options)? {
                builder = builder.with_config(key, value);
            }
            let endpoint =
                builder.get_config_value(&GoogleConfigKey::BaseUrl).or_else(|| google_endpoint(&builder));
            plain_loopback(shown, endpoint.as_deref())?;
            keep_certificates(
                shown,
                builder.get_config_value(&GoogleConfigKey::Client(INSECURE)).as_deref(),
            )?;
            Ok(Arc::new(builder.build().map_err(|error| cannot(&error))?))
        }
        ObjectStoreScheme::MicrosoftAzure => {
            let client = AzureConfigKey::Client;
            let mut builder = MicrosoftAzureBuilder::from_env()
                .with_url(url.as_str())
                .with_http_connector(counting())
                .with_retry(retries())
                .with_config(client(ClientConfigKey::Timeout), REQUEST_TIMEOUT)
                .with_config(client(ClientConfigKey::ConnectTimeout), CONNECT_TIMEOUT);
            for (key, value) in parsed::<AzureConfigKey>(shown, options)? {
                builder = builder.with_config(key, value);
            }
            let endpoint = builder.get_config_value(&AzureConfigKey::Endpoint);
            let plain = plain_loopback(shown, endpoint.as_deref())?;
            keep_certificates(shown, builder.get_config_value(&AzureConfigKey::Client(INSECURE)).as_deref())?;
            let store = builder.with_allow_http(plain).build().map_err(|error| cannot(&error))?;
            Ok(Arc::new(store))
        }
        _ => {
            let mut builder = HttpBuilder::new()
                .with_url(&url[..Position::BeforePath])
                .with_http_connector(counting())
                .with_retry(retries())
                .with_config(ClientConfigKey::Timeout, REQUEST_TIMEOUT)
                .with_config(ClientConfigKey::ConnectTimeout, CONNECT_TIMEOUT);
            for (key, value) in parsed::<ClientConfigKey>(shown, options)? {
                if key == INSECURE {
                    keep_certificates(shown, Some(value.as_str()))?;
                }
                builder = builder.with_config(key, value);
            }
            let plain = (url.scheme() == "http").to_string();
            let store = builder
                .with_config(ClientConfigKey::AllowHttp, plain)
                .build()
                .map_err(|error| cannot(&error))?;
            Ok(Arc::new(store))
        }
    }
}

const INSECURE: ClientConfigKey = ClientConfigKey::AllowInvalidCertificates;

/// Reads the option names; an unknown one is an error, because a typo must not be passed over.
fn parsed<K: FromStr>(
    shown: &str,
    options: &BTreeMap<String, Secret>,
) -> Result<Vec<(K, String)>, StoreError> {
    options
        .iter()
        .map(|(name, value)| {
            let key = K::from_str(&name.to_ascii_lowercase())
                .map_err(|_| invalid(shown, &format!("the option `{name}` is not known for this store")))?;
            Ok((key, value.expose().to_owned()))
        })
        .collect()
}

/// Tells whether the endpoint speaks plain http, which only a loopback server may.
fn plain_loopback(shown: &str, endpoint: Option<&str>) -> Result<bool, StoreError> {
    let Some(endpoint) = endpoint.filter(|endpoint| !endpoint.is_empty()) else {
        return Ok(false);
    };
    let url = Url::parse(endpoint)
        .map_err(|error| invalid(shown, &format!("its endpoint is not a URL ({error})")))?;
    if let Some(reason) = forbidden_host(&url) {
        return Err(invalid(shown, &format!("its endpoint is refused: {reason}")));
    }
    match url.scheme() {
        "https" => Ok(false),
        "http" if is_loopback(&url) => Ok(true),
        _ => Err(invalid(shown, "its endpoint must be https; plain http is for loopback addresses only")),
    }
}

fn keep_certificates(shown: &str, insecure: Option<&str>) -> Result<(), StoreError> {
    match insecure {
        None | Some("false" | "0" | "no" | "off" | "n" | "f") => Ok(()),
        Some(_) => Err(invalid(shown, "certificates are always checked")),
    }
}

/// Finds the endpoint that a service account key may carry (local test servers have one).
fn google_endpoint(builder: &GoogleCloudStorageBuilder) -> Option<String> {
    let text = if let Some(text) = builder.get_config_value(&GoogleConfigKey::ServiceAccountKey) {
        text
    } else {
        let path = builder.get_config_value(&GoogleConfigKey::ServiceAccount)?;
        std::fs::read_to_string(path).ok()?
    };
    let key: serde_json::Value = serde_json::from_str(&text).ok()?;
    Some(key.get("gcs_base_url")?.as_str()?.to_owned())
}

impl Location {
    /// Wraps a store that a test made.
    #[cfg(test)]
    pub(crate) fn of_store(store: Arc<dyn ObjectStore>, prefix: &str) -> Self {
        Self {
            shown: format!("memory://{prefix}"),
            place: Place::Remote {
                store,
                base: object_store::path::Path::from(prefix),
                single: Single::Never,
                ranges: true,
            },
            secrets: Arc::default(),
            pause: Duration::ZERO,
            // Small, so that a small file makes an upload of many parts.
            part: 1 << 10,
            retries: Arc::default(),
        }
    }
}

impl From<tokio::task::JoinError> for Cause {
    fn from(error: tokio::task::JoinError) -> Self {
        Self(error.to_string())
    }
}
