//! What must never be shown: values of the environment, and secrets that stand in the file by mistake.

use std::path::Path;

use super::super::{Config, ConfigError, parse};
use super::{MINIMAL, check, check_changed};

const HIDDEN: &str = "hunter2/@:secret";

fn read(text: &str, environment: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    parse("config.yaml", text, Path::new("."), environment)
}

fn hidden(name: &str) -> Option<String> {
    match name {
        "HIDDEN" => Some(HIDDEN.to_owned()),
        "BUCKET" => Some("orders".to_owned()),
        "ADDRESS" => Some(format!("smtps://user:hunter2@mail.example.com/{HIDDEN}")),
        "EMPTY" => Some(String::new()),
        "LINES" => Some(format!("{HIDDEN}\n")),
        _ => None,
    }
}

fn with_options(options: &str) -> String {
    MINIMAL.replace(
        "location: data/orders/",
        &format!("options: {{{options}}}\n    location: s3://b/x"),
    )
}

#[test]
fn variables_are_filled_in_where_secrets_may_stand() {
    let text = with_options("aws_secret_access_key: \"${HIDDEN}\", endpoint: \"https://${BUCKET}.example.com\", aws_region: eu-west-1")
        .replace("s3://b/x", "s3://${BUCKET}/x")
        + "deliver: {smtp: \"smtps://user:${HIDDEN}@mail.example.com:465\", from: a@example.com, recipients: [{to: b@example.com, edition: full}]}\n";
    let config = read(&text, &hidden).expect("every variable is set");
    let source = &config.sources["order_lines"];
    assert_eq!(source.location, "s3://orders/x");
    assert_eq!(source.options["aws_secret_access_key"].expose(), HIDDEN);
    assert_eq!(source.options["endpoint"].expose(), "https://orders.example.com");
    assert_eq!(source.options["aws_region"].expose(), "eu-west-1");
    let smtp = &config.deliver.as_ref().expect("mail is configured").smtp;
    let credentials = smtp.credentials.as_ref().expect("user and password are given");
    assert_eq!(
        (smtp.host.as_str(), credentials.user.as_str()),
        ("mail.example.com", "user")
    );
    assert_eq!(credentials.password.expose(), HIDDEN);
    assert!(
        config.effective.contains("aws_secret_access_key: \"${HIDDEN}\""),
        "{}",
        config.effective
    );
    assert!(
        config.effective.contains("location: \"s3://${BUCKET}/x\""),
        "{}",
        config.effective
    );
    assert!(!config.effective.contains("hunter2") && !format!("{config:?}").contains("hunter2"));
}

#[test]
fn a_literal_secret_is_refused_and_not_repeated() {
    for name in [
        "aws_secret_access_key",
        "sas_token",
        "password",
        "google_credentials",
        "api_key",
        "azure_sas",
    ] {
        for value in ["hunter2", "\"x${HIDDEN}\"", "\"\""] {
            let said = read(&with_options(&format!("{name}: {value}")), &hidden)
                .expect_err("a literal secret")
                .to_string();
            let expected = format!(
                "config.yaml:4:{}: sources.order_lines.options.{name}: a secret must not stand in the file; put it into an \
                 environment variable and write ${{{}}}",
                17 + name.len(),
                name.to_uppercase()
            );
            assert_eq!(said, expected);
        }
    }
    check(
        "deliver: {smtp: \"smtps://user:hunter2@mail.example.com\", from: a@example.com, recipients: [{to: b@example.com, edition: full}]}",
        "config.yaml:7:17: deliver.smtp: a password must not stand in the file; write it as ${NAME}, as in smtps://user:${SMTP_PASSWORD}@host",
    );
    let text = with_options("proxy_url: \"http://user:hunter2@proxy\"");
    let said = read(&text, &hidden).expect_err("a literal secret").to_string();
    assert!(
        said.ends_with("options.proxy_url: a password must not stand in the file; write it as ${NAME}"),
        "{said}"
    );
    read(&with_options("bucket_key_enabled: true"), &hidden).expect("a switch is no secret");
}

#[test]
fn a_bad_variable_is_named_without_its_value() {
    for (name, what) in [
        ("ABSENT", "is not set"),
        ("EMPTY", "is empty"),
        ("LINES", "contains a line break"),
    ] {
        let said = read(&with_options(&format!("token: \"${{{name}}}\"")), &hidden)
            .expect_err("a bad variable")
            .to_string();
        let expected = format!(
            "config.yaml:4:22: sources.order_lines.options.token: the environment variable {name} {what}"
        );
        assert_eq!(said, expected);
    }
    check_changed(
        "data/orders/",
        "s3://${ABSENT}/${GONE}",
        "config.yaml:4:15: sources.order_lines.location: the environment variable ABSENT is not set; the environment variable GONE is not set",
    );
}

#[test]
fn variables_elsewhere_or_badly_written_are_refused() {
    check(
        "window: ${WINDOW}",
        "config.yaml:7:9: window: `${…}` is filled in only in locations, options, deliver.smtp and schedule.alert",
    );
    for location in ["s3://${}", "s3://${A B}", "s3://${A", "s3://${1}"] {
        check_changed(
            "data/orders/",
            location,
            "config.yaml:4:15: sources.order_lines.location: `${` must be followed by the name of an environment variable and `}`, as in ${NAME}",
        );
    }
}

#[test]
fn no_message_holds_a_value_of_the_environment() {
    let texts = [
        MINIMAL.replace("data/orders/", "\"https://u:${HIDDEN}@h/x\""),
        MINIMAL.replace("data/orders/", "\"${HIDDEN}://x\""),
        MINIMAL.replace("data/orders/", "\"https://h/${HIDDEN}\""),
        MINIMAL.replace("data/orders/", "\"s3://b/${LINES}\""),
        with_options("token: \"${LINES}\""),
        format!("{MINIMAL}deliver: {{smtp: \"${{HIDDEN}}\", from: a@example.com, recipients: []}}\n"),
        format!("{MINIMAL}deliver: {{smtp: \"${{ADDRESS}}\", from: a@example.com, recipients: []}}\n"),
        format!(
            "{MINIMAL}deliver: {{smtp: \"ftp://u:${{HIDDEN}}@h\", from: a@example.com, recipients: []}}\n"
        ),
    ];
    for text in texts {
        let error = read(&text, &hidden).expect_err("refused");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{text}");
    }
}
