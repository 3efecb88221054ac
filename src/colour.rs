//! Colours that a configuration may give, and how well text in them is read.

use std::fmt;

use serde::Deserialize;

/// Contrast that text needs with its background: WCAG 2.2, success criterion 1.4.3.
pub const LEAST_CONTRAST: f64 = 4.5;

/// A colour of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Colour([u8; 3]);

/// White paper.
pub const WHITE: Colour = Colour([255, 255, 255]);
/// The paper of the dark page, as `reports/shared/style.css` has it.
pub const NIGHT: Colour = Colour([0x10, 0x17, 0x1e]);

impl TryFrom<String> for Colour {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("no colour")
    }
}

impl Colour {
    /// Reads six hexadecimal digits, with or without a `#` before them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text);
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let mut parts = [0; 3];
        hex::decode_to_slice(digits, &mut parts).ok()?;
        Some(Self(parts))
    }

    /// The ratio of the lighter luminance to the darker one, 1 to 21, as WCAG 2.2 defines it.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The same hue, lightened only as far as text in it is read on the dark page.
    #[must_use]
    pub fn by_night(self) -> Self {
        (0..=32_u16)
            .map(|step| self.lightened(step))
            .find(|colour| colour.contrast(NIGHT) >= LEAST_CONTRAST)
            .unwrap_or(WHITE)
    }

    /// Mixes white in, in steps of a 32nd.
    fn lightened(self, step: u16) -> Self {
        Self(self.0.map(|part| {
            let part = u16::from(part);
            u8::try_from(part + (255 - part) * step / 32).unwrap_or(u8::MAX)
        }))
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { libm::pow((part + 0.055) / 1.055, 2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).expect("a colour")
    }

    #[test]
    fn contrast_is_that_of_the_published_examples() {
        // Black on white is 21 to 1; #777777 on white is known as the grey that just fails, #767676 as the one that just passes.
        assert!((colour("000000").contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((WHITE.contrast(WHITE) - 1.0).abs() < 1e-9);
        assert!(colour("#777777").contrast(WHITE) < 4.5 && colour("#767676").contrast(WHITE) > 4.5);
    }

    #[test]
    fn every_colour_is_read_by_night_and_light_ones_stay_as_they_are() {
        for red in (0..=255).step_by(51) {
            for green in (0..=255).step_by(51) {
                for blue in (0..=255).step_by(51) {
                    let colour = Colour([red, green, blue]);
                    assert!(colour.by_night().contrast(NIGHT) >= LEAST_CONTRAST, "{colour}");
                }
            }
        }
        assert_eq!(colour("9cc7ec").by_night(), colour("9cc7ec"));
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        assert_eq!(colour("#1D4F7C").to_string(), "#1d4f7c");
        for text in ["", "#", "red", "#12345", "#1234567", "##12345", "12345g", "#é2345", "rgb(1,2,3)"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }
}
