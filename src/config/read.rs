//! Reads `config.yaml`.
