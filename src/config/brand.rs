//! Whose report it looks like (`brand`): a name, a logo, two colours.
//!
//! Whether the logo can be shown is found out where it is read, `report::Logo`.

use std::path::PathBuf;

use super::Brand;
use super::problem::{Parsed, Problems, Refusal};
use super::scalar::{line, printable};
use super::section::Section;
use super::words::found;
use crate::colour::{Colour, LEAST_CONTRAST, WHITE};

/// Reads `brand`; nothing of it is needed.
pub(super) fn read_brand(root: &Section<'_>, problems: &mut Problems) -> Brand {
    let keys = ["name", "logo", "colour", "accent"];
    let Some(section) = root.section("brand", &keys, problems) else {
        return Brand::default();
    };
    let brand = Brand {
        name: section.optional("name", problems, line),
        logo: section.optional("logo", problems, file),
        colour: section.optional("colour", problems, colour),
        accent: section.optional("accent", problems, colour),
    };
    if section.has("logo") && !section.has_or_means("name") {
        let reason =
            "brand.name is missing; it is told to those who cannot see the logo, and stands in the mail";
        problems.add(
            section.place_of_key("logo"),
            &section.path_of("logo"),
            Refusal::new(reason),
        );
    }
    brand
}

/// Reads a file on this machine; whether it is a picture is found out when it is shown.
fn file(text: &str) -> Parsed<PathBuf> {
    printable(text)?;
    if text.contains("://") {
        return Err(Refusal::new("expected a file on this machine, found an address"));
    }
    Ok(text.into())
}

/// Reads a colour in which text on white paper can be read; the dark page lightens it by itself.
fn colour(text: &str) -> Parsed<Colour> {
    let colour = Colour::parse(text).ok_or_else(|| {
        Refusal::new(format!(
            "expected a colour of six hexadecimal digits such as \"#1d4f7c\", found {}",
            found(text)
        ))
    })?;
    let contrast = colour.contrast(WHITE);
    if contrast < LEAST_CONTRAST {
        // Cut off and not rounded, so that what is too little never reads as enough.
        let measured = (contrast * 100.0).floor() / 100.0;
        return Err(Refusal::new(format!(
            "text in {colour} on white paper has a contrast of {measured:.2} to 1; at least {LEAST_CONTRAST} to 1 is needed, so take a \
             darker colour"
        )));
    }
    Ok(colour)
}
