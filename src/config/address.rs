//! Addresses: locations of folders, the mail server, the pages on the web, who is notified; and hosts that are never used.
//!
//! A location never holds credentials: they come from `options`, and there from the environment. Messages never repeat an address.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};
use url::{Host, Url};

use super::problem::{Parsed, Refusal, nearest, printable, refuse};
use super::secret::{expand, has_literal_password, secret, unrecorded, userinfo};
use super::value::{Environment, Given, Leaf, scalar, text};

const SCHEMES: [&str; 7] = ["file", "s3", "gs", "az", "abfss", "https", "http"];

/// Ports of the two ways to encrypt.
const IMPLICIT_PORT: u16 = 465;
const SUBMISSION_PORT: u16 = 587;

/// Reads a location: the address to open.
pub(super) fn location(given: &Given<'_>) -> Parsed<Leaf> {
    let location = as_meant(&expand(given.text, false, given.environment)?, given.environment)?;
    check_location(&location)?;
    Ok((location.into(), scalar(given.text)))
}

/// Schemes by which other tools write what has one of its own here.
const ALIASES: [(&str, &str); 6] = [
    ("s3a://", "s3://"),
    ("s3n://", "s3://"),
    ("gcs://", "gs://"),
    ("azure://", "az://"),
    ("adl://", "az://"),
    ("abfs://", "abfss://"),
];

/// Addresses that other tools understand and this program does not, and the way to what they mean.
#[rustfmt::skip]
const ELSEWHERE: [(&str, &str); 7] = [
    ("hdfs://", "HDFS is not read; copy the files to an object store with `hadoop distcp`, or mount HDFS as a folder"),
    ("viewfs://", "HDFS is not read; copy the files to an object store with `hadoop distcp`, or mount HDFS as a folder"),
    ("dbfs:/", "DBFS exists inside Databricks only; write the storage behind it (s3://, abfss:// or gs://), or its mount /dbfs/"),
    ("wasb://", "write abfss://container@account.dfs.core.windows.net/…, the address of the same storage account"),
    ("wasbs://", "write abfss://container@account.dfs.core.windows.net/…, the address of the same storage account"),
    ("jdbc:", "databases are not read; let the database write its rows as Parquet or CSV"),
    ("sftp://", "SFTP is not read; mount the folder, or copy its files"),
];

/// The address that is meant, where other tools write it in another way; `~` is the folder of the user.
fn as_meant(location: &str, environment: Environment<'_>) -> Parsed<String> {
    if let Some(rest) = location.strip_prefix('~')
        && (rest.is_empty() || rest.starts_with('/'))
    {
        let home = environment("HOME").filter(|home| !home.is_empty());
        let home = home.ok_or_else(|| Refusal::from("`~` needs the environment variable HOME"))?;
        return Ok(format!("{}{rest}", home.trim_end_matches('/')));
    }
    if let [drive, b':', b'\\' | b'/', ..] = location.as_bytes()
        && drive.is_ascii_alphabetic()
    {
        return refuse("a path of Windows is not read; in WSL the drive is a folder such as /mnt/c/");
    }
    if let Some((_, way)) = ELSEWHERE.iter().find(|(start, _)| location.starts_with(start)) {
        return refuse(*way);
    }
    let alias =
        ALIASES.iter().find_map(|(theirs, ours)| Some(format!("{ours}{}", location.strip_prefix(theirs)?)));
    Ok(alias.unwrap_or_else(|| location.to_owned()))
}

/// Splits `orders/*.parquet` into the folder and the names of its files. Every file below a folder is read, so `orders/**/*.parquet` means
/// the same; a location without `*` is left as it is.
///
/// # Errors
/// Returns why a pattern is not understood.
pub(super) fn folder_and_files(location: &str) -> Parsed<(String, Option<String>)> {
    if !location.contains('*') {
        return Ok((location.to_owned(), None));
    }
    let (folder, files) = location.rsplit_once('/').unwrap_or((".", location));
    let folder = folder.trim_end_matches("/**");
    let folder = if folder == "**" { "." } else { folder };
    if folder.contains('*') {
        return refuse(
            "a `*` is understood in the last part only, as in orders/*.parquet: every file below a folder is read",
        );
    }
    let files = if files == "**" { "*" } else { files };
    Ok((format!("{folder}/"), Some(files.to_owned())))
}

fn url_of(text: &str) -> Parsed<Url> {
    Url::parse(text).map_err(|error| Refusal::from(format!("not a valid address: {error}")))
}

/// Passes a location that the program can open.
fn check_location(location: &str) -> Parsed<()> {
    printable(location)?;
    let Some((scheme, rest)) = location.split_once("://") else {
        return match location.split_once(':') {
            Some((scheme, _)) if SCHEMES.contains(&scheme) => {
                refuse(format!("two slashes are missing: write {scheme}://"))
            }
            _ => Ok(()),
        };
    };
    if !SCHEMES.contains(&scheme) {
        return Err(unknown_scheme(scheme));
    }
    // A password may hold a slash, so in an address of the web no `@` is taken for a part of the path. Before the account of Azure
    // stands the name of a container.
    let user = userinfo(location).filter(|user| scheme != "abfss" || user.contains(':'));
    if user.is_some() || (scheme.starts_with("http") && rest.contains('@')) {
        return refuse("a location must not hold credentials; give them under options, as ${NAME}");
    }
    if scheme == "file" {
        return match rest.strip_prefix('/') {
            Some(_) => Ok(()),
            None => refuse("file:// must be followed by an absolute path, as in file:///data"),
        };
    }
    if rest.contains(['?', '#']) {
        return refuse("a location has no `?` or `#`; give keys and signatures under options, as ${NAME}");
    }
    let url = url_of(location)?;
    if url.host_str().is_none_or(str::is_empty) {
        return refuse(format!("the bucket or host is missing after {scheme}://"));
    }
    if scheme == "http" && !is_loopback(&url) {
        return refuse("http:// is allowed only for this machine (localhost); use https://");
    }
    // In other schemes the host is a bucket, and nobody connects to it.
    if scheme.starts_with("http") {
        forbidden_host(&url).map_or(Ok(()), refuse)?;
    }
    Ok(())
}

fn unknown_scheme(scheme: &str) -> Refusal {
    let suggestion = nearest(scheme, SCHEMES).map(|scheme| format!("{scheme}://"));
    Refusal::from("unknown kind of location; expected a path, file://, s3://, gs://, az:// or https://")
        .suggest(suggestion)
}

/// Names under which clouds serve the credentials of a machine.
const METADATA_NAMES: [&str; 6] = [
    "metadata",
    "metadata.google.internal",
    "metadata.goog",
    "metadata.azure.internal",
    "instance-data",
    "instance-data.ec2.internal",
];

/// Tells whether a cloud serves the credentials of a machine under this name.
pub(crate) fn is_metadata_name(name: &str) -> bool {
    METADATA_NAMES.contains(&name)
}

/// Addresses outside of the link-local ranges at which clouds do.
const METADATA_V4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_V6: [Ipv6Addr; 2] =
    [Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254), Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)];

/// Why an address is refused.
pub(crate) const FORBIDDEN: &str = "link-local addresses and the metadata services of clouds are never used";

/// Says why nothing is read from this host and nothing sent to it: link-local addresses, the metadata services of clouds, and
/// the address that stands for none, however they are written. Private networks are allowed: stores live there.
pub(crate) fn forbidden_host(url: &Url) -> Option<&'static str> {
    let address = match url.host()? {
        Host::Ipv4(address) => IpAddr::V4(address),
        Host::Ipv6(address) => IpAddr::V6(address),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.').to_lowercase();
            if is_metadata_name(&name) {
                return Some(FORBIDDEN);
            }
            // Schemes that the URL standard does not know keep `0xA9FEA9FE` as a name; what connects does not.
            match Host::parse(&name) {
                Ok(Host::Ipv4(address)) => IpAddr::V4(address),
                _ => return None,
            }
        }
    };
    is_forbidden(address).then_some(FORBIDDEN)
}

/// Tells whether an address is link-local, that of a metadata service, or none.
pub(crate) fn is_forbidden(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_link_local() || address.is_unspecified() || METADATA_V4.contains(&address)
        }
        IpAddr::V6(address) => {
            let [first, second, .., high, low] = address.segments();
            let embedded = Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
            let translated = (first == 0x64 && second == 0xff9b).then_some(embedded);
            address.is_unspecified()
                || address.is_unicast_link_local()
                || METADATA_V6.contains(&address)
                || address.to_ipv4().or(translated).is_some_and(|address| is_forbidden(address.into()))
        }
    }
}

/// Whether the address is on this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // Schemes that the URL standard does not know keep an address as a name.
        Some(Host::Domain("localhost")) => true,
        Some(Host::Domain(name)) => name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
        None => false,
    }
}

/// Reads the address under which recipients find a folder on the web; a `/` is at its end.
pub(super) fn web_folder(given: &Given<'_>) -> Parsed<Leaf> {
    printable(given.text)?;
    let url = url_of(given.text)?;
    if url.scheme() != "https" || !url.has_host() {
        return refuse("expected the https:// address under which recipients find the published runs");
    }
    if url.username() != "" || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return refuse("must hold no user, password, `?` or `#`: it is printed in every mail");
    }
    Ok(text(&format!("{}/", url.as_str().trim_end_matches('/'))))
}

/// Reads the address of the mail server.
pub(super) fn mail_server(given: &Given<'_>) -> Parsed<Leaf> {
    if has_literal_password(given.text) {
        return refuse(
            "a password must not be in the file; write it as ${NAME}, as in smtps://user:${SMTP_PASSWORD}@host",
        );
    }
    let value = expand(given.text, true, given.environment)?;
    printable(&value)?;
    let url = url_of(&value)?;
    let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
        return refuse("the host of the mail server is missing");
    };
    forbidden_host(&url).map_or(Ok(()), refuse)?;
    let is_bare = ["", "/"].contains(&url.path()) && url.fragment().is_none();
    let (encryption, port) = match (url.scheme(), url.query()) {
        ("smtps" | "smtp", query) if !is_bare || query.is_some_and(|query| query != "tls=required") => {
            return refuse("nothing but ?tls=required may follow the host");
        }
        ("smtps", _) => ("Implicit", IMPLICIT_PORT),
        ("smtp", Some(_)) => ("StartTls", SUBMISSION_PORT),
        ("smtp", None) => {
            return refuse("the mail would travel unencrypted; write smtps://… or smtp://…?tls=required");
        }
        _ => return refuse("expected smtps://… or smtp://…?tls=required"),
    };
    Ok(unrecorded(json!({
        // An address of IPv6 is in brackets in a URL, and without them elsewhere.
        "host": host.trim_matches(['[', ']']),
        "port": url.port().unwrap_or(port),
        "encryption": encryption,
        "credentials": credentials(&url)?,
    })))
}

/// Takes user and password out of the address: both, or neither.
fn credentials(url: &Url) -> Parsed<Option<Value>> {
    let decoded = |text| match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => refuse("user or password is not valid UTF-8"),
    };
    match (decoded(url.username())?, url.password()) {
        (user, None) if user.is_empty() => Ok(None),
        (user, Some(password)) if !user.is_empty() => {
            Ok(Some(json!({"user": user, "password": secret(&decoded(password)?, "(secret)")})))
        }
        _ => refuse("user and password belong together, as in smtps://user:${SMTP_PASSWORD}@host"),
    }
}

/// Reads a web address, or the path of a program.
pub(super) fn alert(given: &Given<'_>) -> Parsed<Leaf> {
    let value = expand(given.text, false, given.environment)?;
    printable(&value)?;
    if !value.contains("://") {
        return Ok(unrecorded(json!({"Program": value})));
    }
    let address = requested(given, "expected https://… or the path of a program")?;
    Ok(unrecorded(json!({"Address": address})))
}

/// Reads a web address that takes requests.
pub(super) fn endpoint(given: &Given<'_>) -> Parsed<Leaf> {
    requested(given, "expected https://…, or http:// on this machine").map(unrecorded)
}

/// Reads the web address of a webhook; who knows it can write there, so no file holds it.
pub(super) fn webhook(given: &Given<'_>) -> Parsed<Leaf> {
    if !given.text.contains("${") {
        return refuse("who knows the address can write there; put it into a variable, as in ${WEBHOOK}");
    }
    requested(given, "expected an https:// address").map(unrecorded)
}

/// Passes an address to which requests are sent: it may hold a secret.
fn requested(given: &Given<'_>, expected: &str) -> Parsed<Value> {
    let value = expand(given.text, false, given.environment)?;
    printable(&value)?;
    let url = url_of(&value)?;
    forbidden_host(&url).map_or(Ok(()), refuse)?;
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        Ok(secret(&value, given.text))
    } else {
        refuse(expected)
    }
}
