//! Room `publish`.
