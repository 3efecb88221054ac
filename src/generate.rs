//! Room `generate`.
