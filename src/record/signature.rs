//! Ed25519 signatures of manifests, with keys as OpenSSL writes them.
//!
//! A signature is that of the bytes of `manifest.json` and nothing else, so that any tool can check it:
//! `openssl pkeyutl -verify -pubin -inkey KEY -rawin -in manifest.json -sigfile manifest.json.sig`.

use base64::Engine as _;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

/// How a public key of this kind begins (RFC 8410); its 32 bytes follow.
const PUBLIC: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Signs with a private key; never shows it.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// Reads a private key: PKCS#8, as PEM or as the base64 text within.
    ///
    /// # Errors
    /// Returns what is wrong with it, as the rest of a sentence; nothing of the key.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "is no Ed25519 key in PKCS#8, as `openssl genpkey -algorithm ed25519` writes it";
        let bytes = decoded(text).ok_or(EXPECTED)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&bytes).map_err(|_| EXPECTED)?;
        Ok(Self(pair))
    }

    /// Signs these bytes; the same bytes have the same signature.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).as_ref().to_vec()
    }

    /// The key with which others check its signatures.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.public_key().as_ref().to_vec())
    }
}

/// Checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// Reads a public key: PEM, or the base64 text within.
    ///
    /// # Errors
    /// Returns what is wrong with it, as the rest of a sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let bytes = decoded(text).unwrap_or_default();
        match bytes.strip_prefix(&PUBLIC) {
            Some(key) if key.len() == 32 => Ok(Self(key.to_vec())),
            _ => Err("is no public Ed25519 key, as `openssl pkey -pubout` writes it"),
        }
    }

    /// Whether `signature` is that of `bytes`.
    #[must_use]
    pub fn verifies(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(bytes, signature).is_ok()
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    let body: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .flat_map(|line| line.chars().filter(|letter| !letter.is_whitespace()))
        .collect();
    base64::engine::general_purpose::STANDARD.decode(body).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keys and signature of RFC 8032, section 7.1, test 2: of the one byte 0x72.
    const SEED: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    const KEY: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    const SIGNATURE: &str = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                             085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    fn bytes(hexadecimal: &str) -> Vec<u8> {
        hex::decode(hexadecimal).expect("hexadecimal digits")
    }

    fn base64(bytes: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    #[test]
    fn the_published_example_is_signed_and_verified() {
        let head = bytes("302e020100300506032b657004220420");
        let signer = Signer::parse(&base64(&[head, bytes(SEED)].concat())).expect("a key");
        assert_eq!(signer.sign(&[0x72]), bytes(SIGNATURE));
        let pem = format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
            base64(&[PUBLIC.to_vec(), bytes(KEY)].concat())
        );
        let key = PublicKey::parse(&pem).expect("a key");
        assert_eq!(key, signer.public_key());
        assert!(key.verifies(&[0x72], &bytes(SIGNATURE)));
        assert!(!key.verifies(&[0x73], &bytes(SIGNATURE)));
        assert!(!key.verifies(&[0x72], b"short"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "no key", "AAAA", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"] {
            assert!(Signer::parse(text).is_err(), "{text}");
            assert!(PublicKey::parse(text).is_err(), "{text}");
        }
    }
}
