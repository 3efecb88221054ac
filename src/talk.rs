//! Room `talk`.
