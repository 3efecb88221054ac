//! The files of `deploy/` say what the program understands.

use std::path::Path;

use karat::error::Exit;
use karat_schedule::Slots;
use serde_yaml::Value;

use crate::support::bench::CLONE;
use crate::support::program::karat;

fn text(name: &str) -> String {
    std::fs::read_to_string(Path::new(CLONE).join("deploy").join(name)).expect(name)
}

fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&text(name)).expect(name)
}

#[test]
fn the_kubernetes_job_runs_on_a_valid_line_and_gives_up_on_the_right_exit_codes() {
    let job = yaml("cronjob.yaml");
    let spec = &job["spec"];
    let line = |key: &str| spec[key].as_str().expect("text");
    Slots::new(line("schedule"), line("timeZone")).expect("a cron line in a time zone");
    assert_eq!(line("concurrencyPolicy"), "Forbid");
    let rule = &spec["jobTemplate"]["spec"]["podFailurePolicy"]["rules"][0]["onExitCodes"];
    let codes: Vec<u64> =
        rule["values"].as_sequence().expect("codes").iter().filter_map(Value::as_u64).collect();
    let hopeless = [Exit::Usage, Exit::Refused, Exit::Mail, Exit::Mismatch, Exit::Bug];
    assert_eq!(codes, hopeless.map(|exit| exit as u64));
    let container = &spec["jobTemplate"]["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["name"], rule["containerName"]);
}

/// The commands of containers, wherever they stand.
fn commands(value: &Value, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Sequence(items) => items.iter().for_each(|item| commands(item, found)),
        Value::Mapping(entries) => {
            for (key, entry) in entries {
                let is_command = ["args", "command"].iter().any(|name| key.as_str() == Some(name));
                match entry.as_sequence() {
                    Some(words) if is_command => {
                        found
                            .push(words.iter().map(|word| word.as_str().expect("text").to_owned()).collect());
                    }
                    _ => commands(entry, found),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_files_for_a_cluster_call_verbs_with_options_that_exist() {
    for name in ["cluster/compose.yaml", "cluster/kubernetes.yaml"] {
        let mut found = Vec::new();
        for document in text(name).split("\n---\n") {
            commands(&serde_yaml::from_str(document).expect(name), &mut found);
        }
        let verbs: Vec<&str> = found.iter().map(|words| words[1].as_str()).collect();
        assert_eq!(verbs, ["scheduler", "executor", "--config"], "{name}");
        for words in &found {
            let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
            words.push("--help");
            let answer = karat(Path::new(CLONE), &words);
            assert_eq!(answer.code, 0, "{name}: {words:?}: {}", answer.stderr);
        }
    }
}

#[test]
fn the_workflow_runs_on_a_valid_line_and_calls_verbs_that_exist() {
    let workflow = yaml("github-workflow.yaml");
    let line = workflow["on"]["schedule"][0]["cron"].as_str().expect("text");
    Slots::new(line, "UTC").expect("a cron line");
    let steps = workflow["jobs"]["report"]["steps"].as_sequence().expect("steps");
    let commands: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert!(commands.contains(&"karat check") && commands.contains(&"karat run --log json"), "{commands:?}");
}

#[test]
fn the_image_builds_with_the_compiler_that_the_crate_asks_for() {
    let manifest = include_str!("../Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \""))
        .and_then(|rest| rest.strip_suffix('"'))
        .expect("a version");
    assert!(text("Containerfile").contains(&format!("rust:{version}-")));
}

#[test]
fn a_release_holds_four_programs_with_checksums_components_and_provenance() {
    let release: Value =
        serde_yaml::from_str(include_str!("../.github/workflows/release.yaml")).expect("YAML");
    let build = &release["jobs"]["build"];
    let targets: Vec<&str> = build["strategy"]["matrix"]["include"]
        .as_sequence()
        .expect("a matrix")
        .iter()
        .filter_map(|machine| machine["target"].as_str())
        .collect();
    for target in [
        "x86_64-unknown-linux-gnu",
        "aarch64-unknown-linux-gnu",
        "x86_64-apple-darwin",
        "aarch64-apple-darwin",
    ] {
        assert!(targets.contains(&target), "{target} in {targets:?}");
    }
    let text = include_str!("../.github/workflows/release.yaml");
    for part in
        ["maturin build --release --locked", "cargo cyclonedx", "attest-build-provenance", "sha256sum"]
    {
        assert!(text.contains(part), "{part}");
    }
    // The compiler is the one that the crate asks for.
    assert!(text.contains("rustup toolchain install 1.95 "), "{text}");
    assert!(include_str!("../Cargo.toml").contains("rust-version = \"1.95\""));
}
