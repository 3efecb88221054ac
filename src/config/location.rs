//! Locations (paths and addresses of folders) and the options of the object store behind them.
//!
//! A location never holds credentials: they come from `options`, and there from the environment.

use std::collections::BTreeMap;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::Secret;
use super::problem::{Parsed, Problems, Refusal};
use super::secret::{
    Environment, Insert, expand, has_literal_password, is_only_variables, is_secret_name, userinfo,
};
use super::section::Section;
use super::words::nearest;

const SCHEMES: [&str; 6] = ["file", "s3", "gs", "az", "https", "http"];

/// Reads a location that must be there: the address to open, and the text as written.
pub(super) fn required_location(
    section: &Section<'_>,
    why: &str,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> Option<(String, String)> {
    section.missing("location", why, problems);
    let leaf = section.leaf("location", problems)?;
    let value = expand(leaf.text, Insert::Plain, environment).and_then(|location| {
        check_location(&location)?;
        Ok((location, leaf.text.to_owned()))
    });
    leaf.note(value, problems)
}

/// Reads the options of the object store.
pub(super) fn options(
    section: &Section<'_>,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> BTreeMap<String, Secret> {
    let mut options = BTreeMap::new();
    let Some(section) = section.free_section("options", problems) else {
        return options;
    };
    for name in section.keys() {
        let Some(leaf) = section.leaf(name, problems) else {
            continue;
        };
        let value = option_value(name, leaf.text, environment);
        if let Some(value) = leaf.note(value, problems) {
            options.insert(name.to_owned(), value);
        }
    }
    options
}

fn option_value(name: &str, written: &str, environment: Environment<'_>) -> Parsed<Secret> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(letter) {
        return Err(Refusal::new(
            "the name of an option consists of small letters, digits and _",
        ));
    }
    // Switches such as `bucket_key_enabled: true` are no secret, whatever their name.
    let switch = ["true", "false"].contains(&written);
    if is_secret_name(name) && !switch && !is_only_variables(written) {
        let variable = name.to_uppercase();
        return Err(Refusal::new(format!(
            "a secret must not stand in the file; put it into an environment variable and write ${{{variable}}}"
        )));
    }
    if has_literal_password(written) {
        return Err(Refusal::new(
            "a password must not stand in the file; write it as ${NAME}",
        ));
    }
    let value = expand(written, Insert::Plain, environment)?;
    if value.is_empty() || value.chars().any(char::is_control) {
        return Err(Refusal::new("is empty or contains a control character"));
    }
    Ok(Secret::written_as(value, written))
}

/// Passes a location that the program can open; messages never repeat it.
fn check_location(location: &str) -> Parsed<()> {
    super::scalar::printable(location)?;
    let Some((scheme, rest)) = location.split_once("://") else {
        return match location.split_once(':') {
            Some((scheme, _)) if SCHEMES.contains(&scheme) => Err(Refusal::new(format!(
                "two slashes are missing: write {scheme}://"
            ))),
            _ => Ok(()),
        };
    };
    if !SCHEMES.contains(&scheme) {
        return Err(unknown_scheme(scheme));
    }
    // A password may hold a slash, so in an address of the web no `@` is taken for a part of the path.
    if userinfo(location).is_some() || (scheme.starts_with("http") && rest.contains('@')) {
        return Err(Refusal::new(
            "a location must not hold credentials; give them under options, as ${NAME}",
        ));
    }
    if scheme == "file" {
        let absolute = rest.starts_with('/');
        let reason = "file:// must be followed by an absolute path, as in file:///data";
        return if absolute {
            Ok(())
        } else {
            Err(Refusal::new(reason))
        };
    }
    if rest.contains(['?', '#']) {
        return Err(Refusal::new(
            "a location has no `?` or `#`; give keys and signatures under options, as ${NAME}",
        ));
    }
    let url = Url::parse(location).map_err(|error| Refusal::new(format!("not a valid address: {error}")))?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(Refusal::new(format!(
            "the bucket or host is missing after {scheme}://"
        )));
    }
    if scheme == "http" && !is_loopback(&url) {
        return Err(Refusal::new(
            "http:// is allowed only for this machine (localhost); use https://",
        ));
    }
    // In other schemes the host is a bucket, and nobody connects to it.
    if scheme.starts_with("http") {
        refuse_forbidden(&url)?;
    }
    Ok(())
}

/// Refuses an address at which a machine tells its own credentials.
pub(super) fn refuse_forbidden(url: &Url) -> Parsed<()> {
    match forbidden_host(url) {
        Some(reason) => Err(Refusal::new(reason)),
        None => Ok(()),
    }
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
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
];
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

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
            let leading = address.segments()[..6].iter().all(|part| *part == 0);
            let holds_v4 = address.to_ipv4_mapped().is_some()
                || (leading && !address.is_loopback() && !address.is_unspecified())
                || (first == 0x64 && second == 0xff9b);
            address.is_unspecified()
                || address.is_unicast_link_local()
                || METADATA_V6.contains(&address)
                || (holds_v4 && is_forbidden(IpAddr::V4(embedded)))
        }
    }
}

/// Reads the address under which readers find a folder on the web; a `/` stands at its end.
pub(super) fn web_folder(text: &str) -> Parsed<String> {
    super::scalar::printable(text)?;
    let url = Url::parse(text).map_err(|error| Refusal::new(format!("not a valid address: {error}")))?;
    if url.scheme() != "https" || !url.has_host() {
        return Err(Refusal::new(
            "expected the https:// address under which readers find the published runs",
        ));
    }
    if url.username() != "" || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(Refusal::new(
            "must hold no user, password, `?` or `#`: it stands in every mail",
        ));
    }
    let text = url.as_str().trim_end_matches('/');
    Ok(format!("{text}/"))
}

fn unknown_scheme(scheme: &str) -> Refusal {
    let suggestion = match scheme {
        "s3a" | "s3n" => Some("s3".to_owned()),
        "gcs" => Some("gs".to_owned()),
        "abfs" | "abfss" | "azure" | "adl" | "wasb" | "wasbs" => Some("az".to_owned()),
        _ => nearest(scheme, SCHEMES),
    };
    Refusal::new("unknown kind of location; expected a path, file://, s3://, gs://, az:// or https://")
        .suggest(suggestion.map(|scheme| format!("{scheme}://")))
}

/// Whether the address is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // Schemes that the URL standard does not know keep an address as a name.
        Some(Host::Domain(name)) => {
            name == "localhost"
                || name
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}
