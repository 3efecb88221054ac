//! Whose look the pages have: name, logo and two colours of the configuration, or those of the program.
//!
//! A logo is shown as an image and nothing else: its bytes stand in the page, and a browser runs and fetches nothing of an
//! image. What would need to run or to be fetched is refused all the same, because it would be missing.

use std::path::Path;

use base64::Engine as _;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Serialize;

use crate::colour::Colour;
use crate::error::{Exit, Failure};

/// Largest logo, in bytes; it stands in each page.
const MOST_BYTES: usize = 64 << 10;

/// Whose look the pages have; what is not given is the program's.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// Stands above the name of the project.
    pub name: Option<String>,
    /// Stands in place of the name, on pages but not in the mail, which has no pictures.
    pub logo: Option<Logo>,
    /// Of headings and the rules over sections.
    pub colour: Option<Colour>,
    /// Of links and of the button of the mail.
    pub accent: Option<Colour>,
}

/// A picture that can stand in a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    kind: &'static str,
    bytes: Vec<u8>,
}

/// What the templates see.
#[derive(Debug, Serialize)]
pub(crate) struct View<'a> {
    name: Option<&'a str>,
    /// A `data:` address.
    logo: Option<String>,
    colour: String,
    colour_dark: String,
    accent: String,
    accent_dark: String,
    /// Who made the report, for its foot.
    maker: &'a str,
}

/// Ink, links, and both by night, as `reports/shared/style.css` was drawn with them.
const INK: (&str, &str) = ("#15202b", "#e8ecef");
const LINK: (&str, &str) = ("#1d4f7c", "#9cc7ec");

/// Makes the view; `maker` is named where the brand has no name.
pub(crate) fn view<'a>(brand: &'a Brand, maker: &'a str) -> View<'a> {
    let pair = |colour: Option<Colour>, own: (&str, &str)| {
        colour.map_or_else(
            || (own.0.to_owned(), own.1.to_owned()),
            |colour| (colour.to_string(), colour.by_night().to_string()),
        )
    };
    let (colour, colour_dark) = pair(brand.colour, INK);
    let (accent, accent_dark) = pair(brand.accent, LINK);
    View {
        name: brand.name.as_deref(),
        logo: brand.logo.as_ref().map(Logo::address),
        colour,
        colour_dark,
        accent,
        accent_dark,
        maker: brand.name.as_deref().unwrap_or(maker),
    }
}

impl Logo {
    /// Reads a logo, PNG or SVG by its bytes.
    ///
    /// # Errors
    /// Returns exit code 2 when the file cannot be read, is too large, or is no picture that shows whole in a page.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let refused = |what: &str| {
            let message = format!("brand.logo: `{}` {what}", path.display());
            Failure::new(Exit::Usage, "config", message)
        };
        let bytes = std::fs::read(path).map_err(|error| refused("cannot be read").cause(error))?;
        Self::check(bytes).map_err(|reason| refused(&reason))
    }

    /// Passes a picture that shows whole in a page; the reason for any other is the rest of a sentence about the file.
    fn check(bytes: Vec<u8>) -> Result<Self, String> {
        if bytes.len() > MOST_BYTES {
            return Err(format!("has {} bytes; at most {MOST_BYTES} stand in each page", bytes.len()));
        }
        let kind = if bytes.starts_with(PNG) {
            check_png(&bytes)?;
            "image/png"
        } else {
            check_svg(&bytes)?;
            "image/svg+xml"
        };
        Ok(Self { kind, bytes })
    }

    /// SHA-256 of the file, lower-case hex.
    #[must_use]
    pub fn sha256(&self) -> String {
        crate::files::sha256(&self.bytes)
    }

    /// The file, byte for byte.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of the file in the record of a run.
    #[must_use]
    pub fn file_name(&self) -> &'static str {
        if self.kind == "image/png" { "logo.png" } else { "logo.svg" }
    }

    fn address(&self) -> String {
        let text = base64::engine::general_purpose::STANDARD.encode(&self.bytes);
        format!("data:{};base64,{text}", self.kind)
    }
}

/// How every PNG file begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Walks over the chunks of a PNG file: from a head with a size, over data, to the end and not beyond.
fn check_png(bytes: &[u8]) -> Result<(), String> {
    let broken = || "is a PNG file that is cut off or altered".to_owned();
    let mut rest = &bytes[PNG.len()..];
    let mut names: Vec<&[u8]> = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<4>().ok_or_else(broken)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        // Name and checksum stand around the content.
        let whole = length.checked_add(8).ok_or_else(broken)?;
        if after.len() < whole {
            return Err(broken());
        }
        names.push(&after[..4]);
        rest = &after[whole..];
    }
    match names.as_slice() {
        [b"IHDR", middle @ .., b"IEND"] if middle.contains(&b"IDAT".as_slice()) => Ok(()),
        _ => Err(broken()),
    }
}

/// Elements that run, move, lead away or take something in from elsewhere.
const REFUSED: [&str; 12] = [
    "script",
    "foreignObject",
    "iframe",
    "image",
    "feImage",
    "a",
    "animate",
    "animateMotion",
    "animateTransform",
    "set",
    "audio",
    "video",
];

/// Reads an SVG file to its end.
fn check_svg(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "is neither a PNG nor an SVG file".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut depth = 0_usize;
    let mut roots = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| {
            if roots == 0 {
                "is neither a PNG nor an SVG file".to_owned()
            } else {
                format!("is an SVG file with a mistake: {error}")
            }
        })?;
        match event {
            Event::Eof if depth == 0 && roots == 1 => return Ok(()),
            Event::Eof if roots == 0 => return Err("is neither a PNG nor an SVG file".into()),
            Event::Eof => return Err("is an SVG file that is cut off".into()),
            Event::DocType(_) => return Err("declares a document type, which a logo needs not".into()),
            Event::PI(_) => return Err("holds a processing instruction, which a logo needs not".into()),
            Event::Start(element) | Event::Empty(element) if depth == 0 && roots > 0 => {
                return Err(format!("holds <{}> behind its end", name(&element)));
            }
            Event::Start(element) => {
                check_element(&element, depth)?;
                roots += usize::from(depth == 0);
                depth += 1;
            }
            Event::Empty(element) => {
                check_element(&element, depth)?;
                roots += usize::from(depth == 0);
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => check_style(&String::from_utf8_lossy(&text))?,
            Event::CData(text) => check_style(&String::from_utf8_lossy(&text))?,
            Event::Comment(_) | Event::Decl(_) | Event::GeneralRef(_) => {}
        }
    }
}

fn name(element: &BytesStart<'_>) -> String {
    String::from_utf8_lossy(element.local_name().as_ref()).into_owned()
}

fn check_element(element: &BytesStart<'_>, depth: usize) -> Result<(), String> {
    let name = name(element);
    if depth == 0 && name != "svg" {
        return Err(format!("begins with <{name}> and not with <svg>"));
    }
    if REFUSED.contains(&name.as_str()) {
        return Err(format!("holds <{name}>; a logo is drawn from shapes only"));
    }
    let mut has_namespace = false;
    let mut has_size = false;
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|error| format!("is an SVG file with a mistake: {error}"))?;
        let key = String::from_utf8_lossy(attribute.key.as_ref()).into_owned();
        let value = String::from_utf8_lossy(&attribute.value).into_owned();
        let local = key.rsplit(':').next().unwrap_or_default().to_lowercase();
        has_namespace |= key == "xmlns" && value == "http://www.w3.org/2000/svg";
        has_size |= key == "viewBox";
        if local.starts_with("on") {
            return Err(format!("holds the handler `{key}`; a logo runs nothing"));
        }
        if local == "href" && !value.trim_start().starts_with('#') {
            return Err(format!("refers to something outside of it, by `{key}`"));
        }
        check_style(&value)?;
    }
    if depth == 0 && !has_namespace {
        return Err("lacks xmlns=\"http://www.w3.org/2000/svg\" on <svg>".into());
    }
    if depth == 0 && !has_size {
        return Err("lacks a viewBox on <svg>, so it has no shape".into());
    }
    Ok(())
}

/// Refuses what a style sheet or an attribute would take in from elsewhere.
fn check_style(text: &str) -> Result<(), String> {
    let lower = text.to_lowercase().replace(char::is_whitespace, "");
    let outside =
        lower.split("url(").skip(1).any(|rest| !rest.trim_start_matches(['"', '\'']).starts_with('#'));
    if outside || lower.contains("@import") || lower.contains("@font-face") {
        return Err("refers to something outside of it, in a style".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\">";

    fn refused(bytes: &[u8]) -> String {
        Logo::check(bytes.to_vec()).expect_err("it is refused")
    }

    fn png(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut file = PNG.to_vec();
        for (name, content) in chunks {
            let length = u32::try_from(content.len()).expect("a short chunk");
            file.extend(length.to_be_bytes());
            file.extend(*name);
            file.extend(*content);
            file.extend([0; 4]);
        }
        file
    }

    #[test]
    fn shapes_are_a_logo() {
        let text = format!(
            "<?xml version=\"1.0\"?>\n<!-- x -->{SVG}<defs><path id=\"p\" d=\"M0 0h4v4z\"/></defs><use href=\"#p\" fill=\"url(#g)\"/></svg>\n"
        );
        let logo = Logo::check(text.clone().into_bytes()).expect("an SVG file");
        let address = logo.address();
        assert!(address.starts_with("data:image/svg+xml;base64,"), "{address}");
        let whole = [(b"IHDR", &[0; 13][..]), (b"IDAT", &[1][..]), (b"IEND", &[][..])];
        let logo = Logo::check(png(&whole)).expect("a PNG file");
        assert!(logo.address().starts_with("data:image/png;base64,iVBORw0KGgo"));
    }

    #[test]
    fn what_runs_moves_or_comes_from_elsewhere_is_no_logo() {
        for (inner, expected) in [
            ("<script>alert(1)</script>", "holds <script>"),
            ("<g><foreignObject/></g>", "holds <foreignObject>"),
            ("<svg:script xmlns:svg=\"x\"/>", "holds <script>"),
            ("<image href=\"x.png\"/>", "holds <image>"),
            ("<set attributeName=\"x\"/>", "holds <set>"),
            ("<path onload=\"alert(1)\"/>", "the handler `onload`"),
            ("<path ONCLICK=\"alert(1)\"/>", "the handler `ONCLICK`"),
            ("<use href=\"https://example.com/x.svg#p\"/>", "by `href`"),
            ("<use xlink:href=\"data:x\"/>", "by `xlink:href`"),
            ("<path fill=\"url( 'https://example.com/x')\"/>", "in a style"),
            ("<style>@import 'x';</style>", "in a style"),
            ("<style><![CDATA[path{fill:URL(x)}]]></style>", "in a style"),
            ("<path>", "mistake"),
        ] {
            let refusal = refused(format!("{SVG}{inner}</svg>").as_bytes());
            assert!(refusal.contains(expected), "{inner}: {refusal}");
        }
        for (text, expected) in [
            ("", "neither"),
            ("logo", "neither"),
            ("<html></html>", "begins with <html>"),
            ("<!DOCTYPE svg><svg/>", "document type"),
            ("<?xml-stylesheet href=\"x\"?><svg/>", "processing instruction"),
            ("<svg viewBox=\"0 0 1 1\"/>", "xmlns"),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "viewBox"),
            (SVG, "cut off"),
            (&format!("{SVG}</svg><svg/>"), "behind its end"),
        ] {
            let refusal = refused(text.as_bytes());
            assert!(refusal.contains(expected), "{text}: {refusal}");
        }
        assert!(refused(&[0xff, 0xd8, 0xff]).contains("neither"));
        assert!(refused(&vec![b' '; MOST_BYTES + 1]).contains("bytes"));
    }

    #[test]
    fn a_png_file_that_is_not_whole_is_no_logo() {
        let whole = png(&[(b"IHDR", &[0; 13]), (b"IDAT", &[1]), (b"IEND", &[])]);
        for length in PNG.len()..whole.len() {
            assert!(refused(&whole[..length]).contains("cut off"), "{length}");
        }
        assert!(refused(&png(&[(b"IHDR", &[0; 13]), (b"IEND", &[])])).contains("altered"));
        let mut longer = whole;
        longer.extend(b"more");
        assert!(refused(&longer).contains("cut off"));
    }
}
