//! One value at a time: types, ranges, overlaps, dates, names, locations, mail and schedule.

use super::super::{Encryption, PolicyValue};
use super::{MINIMAL, check, check_changed, good, refused, threshold};

#[test]
fn wrong_types_say_what_was_expected() {
    check(
        "policy: 5",
        "config.yaml:7:9: policy: expected a section of `key: value` lines, found a single value",
    );
    check(
        "checks: [1]",
        "config.yaml:7:9: checks: expected a section of `key: value` lines, found a list",
    );
    check(
        "window: {days: 3}",
        "config.yaml:7:9: window: expected a single value, found a section",
    );
    check(
        "window:",
        "config.yaml:7:1: window: has no value; give one or remove the key",
    );
    check(
        "publish: {keep: many}",
        "config.yaml:7:17: publish.keep: expected a whole number, found \"many\"",
    );
    check(
        "publish: {keep: 1.5}",
        "config.yaml:7:17: publish.keep: expected a whole number, found \"1.5\"",
    );
    check(
        "checks: {orders_in_two_files: first}",
        "config.yaml:7:31: checks.orders_in_two_files: must be count_all or keep_last, found first",
    );
    check(
        "checks: {allow_duplicate_files: yes}",
        "config.yaml:7:33: checks.allow_duplicate_files: expected true or false, found \"yes\"",
    );
    check(
        "policy: {gold_share: a fifth}",
        "config.yaml:7:22: policy.gold_share: expected a share such as 0.05 or 5%, found \"a fifth\"",
    );
    check(
        "policy: {high_value_min_score: 4e0}",
        "config.yaml:7:32: policy.high_value_min_score: expected a number such as 12 or 0.5, found \"4e0\"",
    );
}

#[test]
fn values_out_of_range_say_the_range() {
    check(
        "policy: {gold_share: 1}",
        "config.yaml:7:22: policy.gold_share: must be above 0 and below 1, found 1",
    );
    check(
        "policy: {whale_curve_points: 401}",
        "config.yaml:7:30: policy.whale_curve_points: must be at least 50 and at most 400, found 401",
    );
    check(
        "policy: {gold_share: 0.2000001}",
        "config.yaml:7:22: policy.gold_share: has more than 6 decimals: 0.2000001",
    );
    check(
        "cost_to_serve: {per_order: -1}",
        "config.yaml:7:28: cost_to_serve.per_order: must be at least 0 and below 1000000, found -1",
    );
    check(
        "engine: {memory: 1MiB}",
        "config.yaml:7:18: engine.memory: must be at least 16MiB and at most 16TiB, found 1MiB",
    );
    check(
        "engine: {deadline: 2 hours}",
        "config.yaml:7:20: engine.deadline: expected a duration such as 45s, 90m, 2h or 1d, found \"2 hours\"",
    );
    check(
        "engine: {deadline: 31d}",
        "config.yaml:7:20: engine.deadline: must be at least 1s and at most 30d, found \"31d\"",
    );
    check(
        "engine: {threads: 0}",
        "config.yaml:7:19: engine.threads: must be at least 1 and at most 1024, found 0",
    );
    check(
        "checks: {max_rejected_rows: 120%}",
        "config.yaml:7:29: checks.max_rejected_rows: must be at least 0 and at most 1, found 1.2",
    );
    check_changed(
        "location: data/orders/",
        "amount_scale: 5\n    location: data/orders/",
        "config.yaml:4:19: sources.order_lines.amount_scale: must be at least 0 and at most 4, found 5",
    );
}

#[test]
fn a_rate_whose_driver_is_not_mapped_is_refused() {
    for (rate, missing) in [
        ("per_unit: 0.5", "sources.order_lines.columns.quantity"),
        ("freight_rate: 10%", "sources.order_lines.columns.freight_amount"),
        ("per_case: 8", "sources.service_cases"),
        ("per_minute: 1", "sources.service_cases.columns.minutes"),
    ] {
        let (name, _) = rate.split_once(':').expect("a key");
        let column = 18 + rate.find(' ').expect("a blank");
        check(
            &format!("cost_to_serve: {{{rate}}}"),
            &format!(
                "config.yaml:7:{column}: cost_to_serve.{name}: has nothing to multiply while {missing} is not there; \
                 map it or write 0"
            ),
        );
    }
    let cases = "  service_cases:\n    location: cases/\n    \
                 columns: {case_id: id, customer_id: customer, opened_at: day}\n";
    check(
        &format!("{cases}cost_to_serve: {{per_case: 8, per_minute: 1}}"),
        "config.yaml:10:42: cost_to_serve.per_minute: has nothing to multiply while \
         sources.service_cases.columns.minutes is not there; map it or write 0",
    );
    let none = "cost_to_serve: {per_unit: 0, freight_rate: 0, per_case: 0, per_minute: 0}\n";
    good(&format!("{MINIMAL}{none}"));
    // Drivers that are always there.
    let others =
        "cost_to_serve: {per_order: 1, per_line: 1, per_return: 1, payment_fee_rate: 1%, per_customer: 1}\n";
    good(&format!("{MINIMAL}{others}"));
}

#[test]
fn overlapping_thresholds_are_refused_where_they_are_given() {
    check(
        "policy: {gold_share: 0.03}",
        "config.yaml:7:10: policy.gold_share: must be above policy.platinum_share (0.05), found 0.03",
    );
    check(
        "policy: {platinum_share: 30%}",
        "config.yaml:7:10: policy.platinum_share: must be below policy.gold_share (0.2), found 0.3",
    );
    check(
        "policy: {abc_a_share: 0.9, abc_b_share: 0.9}",
        "config.yaml:7:28: policy.abc_b_share: must be above policy.abc_a_share (0.9), found 0.9",
    );
    check(
        "policy: {lapsed_days: 100}",
        "config.yaml:7:10: policy.lapsed_days: must be above policy.silent_days (180), found 100",
    );
    for (lines, low, high) in [
        (
            "middle_value_min_score: 4.5",
            "middle_value_min_score",
            "high_value_min_score",
        ),
        ("at_risk_late_ratio: 2", "at_risk_late_ratio", "lapsed_late_ratio"),
        ("ordinary_min_score: 4", "ordinary_min_score", "loyal_min_score"),
        ("new_customer_days: 400", "new_customer_days", "lapsed_days"),
        ("reactivated_days: 365", "reactivated_days", "lapsed_days"),
    ] {
        let said = refused(&format!("{MINIMAL}policy: {{{lines}}}\n"));
        assert!(
            said.starts_with(&format!(
                "config.yaml:7:10: policy.{low}: must be below policy.{high}"
            )),
            "{said}"
        );
    }
    check(
        "window: 7d",
        "config.yaml:7:1: window: compare (7d) must be shorter than window (7d)",
    );
    check(
        "compare: 53w",
        "config.yaml:7:1: compare: compare (371d) must be shorter than window (365d)",
    );
    check(
        "as_of: 2018-01-01\npolicy: {earliest_date: 2018-01-01}",
        "config.yaml:8:10: policy.earliest_date: must be before as_of (2018-01-01), found 2018-01-01",
    );
}

#[test]
fn a_refused_threshold_is_not_compared() {
    check(
        "policy: {platinum_share: 0.5, gold_share: x}",
        "config.yaml:7:43: policy.gold_share: expected a share such as 0.05 or 5%, found \"x\"",
    );
}

#[test]
fn absolute_tiers_need_both_amounts_in_order() {
    check(
        "policy: {tier_cutoff: absolute}",
        "config.yaml:7:1: policy.gold_min_profit: missing; policy.tier_cutoff is absolute and needs it\n\
         config.yaml:7:1: policy.platinum_min_profit: missing; policy.tier_cutoff is absolute and needs it",
    );
    check(
        "policy: {tier_cutoff: absolute, gold_min_profit: 0, platinum_min_profit: 5000}",
        "config.yaml:7:33: policy.gold_min_profit: must be above policy.lead_max_profit (0), found 0",
    );
    check(
        "policy: {tier_cutoff: absolute, gold_min_profit: 10, platinum_min_profit: 9.5}",
        "config.yaml:7:54: policy.platinum_min_profit: must be above policy.gold_min_profit (10), found 9.5",
    );
    check(
        "policy: {gold_min_profit: 10}",
        "config.yaml:7:10: policy.gold_min_profit: has no effect while policy.tier_cutoff is relative; write absolute or remove it",
    );
    check(
        "policy: {tier_cutoff: relativ}",
        "config.yaml:7:23: policy.tier_cutoff: expected relative or absolute, found \"relativ\"; did you mean \"relative\"?",
    );
    let config = good(&format!(
        "{MINIMAL}policy: {{tier_cutoff: absolute, gold_min_profit: 10, platinum_min_profit: 20}}\n"
    ));
    assert_eq!(
        *threshold(&config, "gold_min_profit"),
        PolicyValue::Decimal(10.into())
    );
}

#[test]
fn dates_durations_and_sizes_are_read_strictly() {
    check(
        "as_of: 2018-02-30",
        "config.yaml:7:8: as_of: there is no such day: \"2018-02-30\"",
    );
    check(
        "as_of: 2018-1-1",
        "config.yaml:7:8: as_of: expected a date such as 2018-01-31, found \"2018-1-1\"",
    );
    check(
        "as_of: last_munday",
        "config.yaml:7:8: as_of: expected a date such as 2018-01-31, last_monday, first_of_month or today, found \"last_munday\"; did you mean \"last_monday\"?",
    );
    check(
        "window: 365",
        "config.yaml:7:9: window: expected a duration in days or weeks such as 365d or 52w, found \"365\"; did you mean \"365d\"?",
    );
    check(
        "window: 0d",
        "config.yaml:7:9: window: must be at least 1d and at most 3660d, found \"0d\"",
    );
    check(
        "engine: {memory: 4GB}",
        "config.yaml:7:18: engine.memory: expected a size such as 512MiB or 4GiB, found \"4GB\"; did you mean \"4GiB\"?",
    );
    assert_eq!(good(&format!("{MINIMAL}window: 52w\n")).window_days, 364);
    assert_eq!(
        good(&format!("{MINIMAL}engine: {{memory: 512MiB}}\n"))
            .engine
            .memory,
        536_870_912
    );
    assert_eq!(
        good(&format!("{MINIMAL}checks: {{freshness: 10d}}\n"))
            .checks
            .freshness_days,
        Some(10)
    );
    let halves = ["0.5%", "0.005", "0.50 %"].map(|share| {
        good(&format!("{MINIMAL}checks: {{max_rejected_rows: {share}}}\n"))
            .checks
            .max_rejected_rows
    });
    assert!(halves.iter().all(|half| *half == halves[0]));
}

#[test]
fn names_of_the_world_are_checked() {
    check_changed(
        "Europe/London",
        "Europe/Londen",
        "config.yaml:1:49: project.timezone: unknown time zone \"Europe/Londen\"; expected an IANA name such as Europe/London; did you mean \"Europe/London\"?",
    );
    check_changed(
        "Europe/London",
        "europe/london",
        "config.yaml:1:49: project.timezone: unknown time zone \"europe/london\"; expected an IANA name such as Europe/London; did you mean \"Europe/London\"?",
    );
    check_changed(
        "GBP",
        "gbp",
        "config.yaml:1:34: project.currency: expected a currency code of three capital letters such as GBP, found \"gbp\"; did you mean \"GBP\"?",
    );
    check_changed(
        "GBP",
        "GBP, language: ../en",
        "config.yaml:1:49: project.language: expected the name of a language, such as en or zh, found \"../en\"",
    );
}

#[test]
fn locations_are_checked() {
    for (location, expected) in [
        (
            "s4://bucket/x",
            "unknown kind of location; expected a path, file://, s3://, gs://, az:// or https://; did you mean \"s3://\"?",
        ),
        (
            "abfss://c/x",
            "unknown kind of location; expected a path, file://, s3://, gs://, az:// or https://; did you mean \"az://\"?",
        ),
        ("s3:/bucket/x", "two slashes are missing: write s3://"),
        ("s3:///x", "the bucket or host is missing after s3://"),
        (
            "http://example.com/x",
            "http:// is allowed only for this machine (localhost); use https://",
        ),
        (
            "http://127.0.0.1.example.com",
            "http:// is allowed only for this machine (localhost); use https://",
        ),
        (
            "https://u:p@example.com/x",
            "a location must not hold credentials; give them under options, as ${NAME}",
        ),
        (
            "s3://bucket/x?sig=abc",
            "a location has no `?` or `#`; give keys and signatures under options, as ${NAME}",
        ),
        (
            "file://data",
            "file:// must be followed by an absolute path, as in file:///data",
        ),
        ("\"a\\nb\"", "contains a line break"),
        ("\"\"", "is empty"),
    ] {
        let expected = format!("config.yaml:4:15: sources.order_lines.location: {expected}");
        check_changed("data/orders/", location, &expected);
    }
    for location in [
        "/data",
        "s3://b/x",
        "gs://b",
        "az://c/x",
        "https://h/x",
        "http://localhost:9/x",
        "http://[::1]/x",
        "file:///x",
    ] {
        assert_eq!(
            good(&MINIMAL.replace("data/orders/", location)).sources["order_lines"].location,
            location
        );
    }
}

#[test]
fn readers_of_the_mail_are_checked() {
    let mail = |recipients: &str| {
        format!(
            "deliver:\n  smtp: smtps://mail.example.com\n  from: a@example.com\n  recipients:\n{recipients}"
        )
    };
    check(
        &mail("    - {to: nobody, edition: full}"),
        "config.yaml:11:12: deliver.recipients[0].to: expected an e-mail address such as name@example.com, found \"nobody\"",
    );
    check(
        &mail("    - {to: \"a@example.com\\r\\nBcc: x@example.com\", edition: full}"),
        "config.yaml:11:12: deliver.recipients[0].to: contains a line break",
    );
    check(
        &mail("    - {to: b@example.com, edition: fulll}"),
        "config.yaml:11:36: deliver.recipients[0].edition: expected full or aggregate, found \"fulll\"; did you mean \"full\"?",
    );
    check(
        &mail("    - {to: b@example.com, edition: full}\n    - {to: B@example.com, edition: full}"),
        "config.yaml:12:8: deliver.recipients[1].to: \"B@example.com\" is listed twice; a reader gets one mail",
    );
    check(
        &mail("    - {to: b@example.com, edition: full, where: {region: North}}"),
        "config.yaml:11:50: deliver.recipients[0].where.region: nothing tells the region of a customer; map sources.customers.columns.region or sources.order_lines.columns.region",
    );
    check(
        &mail("    - {to: b@example.com, edition: full, where: {owner: Ann, region: North}}"),
        "config.yaml:11:42: deliver.recipients[0].where: name one column, as in {region: North}; a part has one",
    );
    check(
        &mail("    - {to: b@example.com, edition: aggregate, where: {}}"),
        "config.yaml:11:47: deliver.recipients[0].where: name one column, as in {region: North}; a part has one",
    );
    check(
        &mail("    - {to: b@example.com, edition: full, language: ../zh}"),
        "config.yaml:11:52: deliver.recipients[0].language: expected the name of a language, such as en or zh, found \"../zh\"",
    );
    check(
        &mail("    - {to: b@exmaple.com, edition: full}\n  domains: [Example.com]"),
        "config.yaml:11:8: deliver.recipients[0].to: \"b@exmaple.com\" is in none of deliver.domains; did you mean \"b@example.com\"?",
    );
    check(
        &mail("    - {to: b@example.com, edition: full}\n  domains: [example.com, a@b]"),
        "config.yaml:12:26: deliver.domains[1]: expected a domain such as example.com, found \"a@b\"",
    );
    check(
        &mail("    - {to: b@example.com, edition: full}\n  domains: example.com"),
        "config.yaml:12:3: deliver.domains: expected a list, as in [a, b], found a single value",
    );
    check(
        &mail("    - {to: b@example.com, edition: full}\n  attach: false"),
        "config.yaml:12:3: deliver.attach: without the attachment the mail must link the report: set publish.url, or remove the key",
    );
    check(
        "deliver: {smtp: \"smtps://mail.example.com\", from: a@example.com, recipients: []}",
        "config.yaml:7:66: deliver.recipients: is empty; list who gets the mail, or remove deliver",
    );
}

#[test]
fn the_mail_server_and_the_address_on_the_web_are_checked() {
    let server = |address: &str, expected: &str| {
        check(
            &format!(
                "deliver: {{smtp: \"{address}\", from: a@example.com, recipients: [{{to: b@example.com, edition: full}}]}}"
            ),
            &format!("config.yaml:7:17: deliver.smtp: {expected}"),
        );
    };
    let unencrypted = "the mail would travel unencrypted; write smtps://… or smtp://…?tls=required";
    server("smtp://mail.example.com", unencrypted);
    // Not even to this machine.
    server("smtp://localhost:25", unencrypted);
    server(
        "smtp://mail.example.com?tls=opportunistic",
        "nothing but ?tls=required may follow the host",
    );
    server(
        "smtps://reports@mail.example.com",
        "user and password belong together, as in smtps://user:${SMTP_PASSWORD}@host",
    );
    server(
        "imap://mail.example.com",
        "expected smtps://… or smtp://…?tls=required",
    );
    for (url, expected) in [
        (
            "http://reports.example.com",
            "expected the https:// address under which readers find the published runs",
        ),
        ("reports", "not a valid address: relative URL without a base"),
        (
            "https://a:b@reports.example.com/x",
            "must hold no user, password, `?` or `#`: it stands in every mail",
        ),
        (
            "https://reports.example.com/?key=1",
            "must hold no user, password, `?` or `#`: it stands in every mail",
        ),
    ] {
        check(
            &format!("publish: {{url: \"{url}\"}}"),
            &format!("config.yaml:7:16: publish.url: {expected}"),
        );
    }
}

#[test]
fn the_schedule_is_checked() {
    check(
        "schedule: {cron: 0 6 * *}",
        "config.yaml:7:18: schedule.cron: expected five fields (minute, hour, day of month, month, day of week), found 4 in \"0 6 * *\"",
    );
    check(
        "schedule: {cron: 0 24 * * MON}",
        "config.yaml:7:18: schedule.cron: the hour field is not valid: \"24\"",
    );
    check(
        "schedule: {cron: 0 6 * * MON, catch_up: last}",
        "config.yaml:7:41: schedule.catch_up: expected none, latest or all, found \"last\"; did you mean \"latest\"?",
    );
    for cron in ["*/15 0-6,12 1 jan-mar,DEC 1-5", "0 6 * * MON", "0 0 31 12 7"] {
        let config = good(&format!("{MINIMAL}schedule: {{cron: \"{cron}\"}}\n"));
        let schedule = config.schedule.expect("a schedule is configured");
        assert_eq!(
            (schedule.timezone.as_str(), schedule.catch_up.as_str()),
            ("Europe/London", "latest")
        );
    }
}

#[test]
fn the_mail_server_is_read_with_its_usual_port() {
    let read = |smtp: &str| {
        let mail = format!(
            "deliver: {{smtp: \"{smtp}\", from: a@example.com, recipients: [{{to: b@example.com, edition: full, language: en}}]}}"
        );
        good(&format!(
            "{MINIMAL}{mail}\npublish: {{url: \"https://reports.example.com/karat\"}}\n"
        ))
    };
    for (written, host, port, encryption) in [
        (
            "smtps://mail.example.com",
            "mail.example.com",
            465,
            Encryption::Implicit,
        ),
        (
            "smtps://mail.example.com:10465/",
            "mail.example.com",
            10465,
            Encryption::Implicit,
        ),
        (
            "smtp://mail.example.com?tls=required",
            "mail.example.com",
            587,
            Encryption::StartTls,
        ),
        ("smtps://[::1]:25", "::1", 25, Encryption::Implicit),
    ] {
        let config = read(written);
        let deliver = config.deliver.expect("mail is configured");
        assert_eq!(
            (deliver.smtp.host.as_str(), deliver.smtp.port),
            (host, port),
            "{written}"
        );
        assert_eq!(deliver.smtp.encryption, encryption, "{written}");
        assert!(deliver.smtp.credentials.is_none() && deliver.attach && deliver.ca_file.is_none());
        // The mail links there, so it is a part of what makes the run.
        assert_eq!(
            config.publish.url.as_deref(),
            Some("https://reports.example.com/karat/")
        );
        assert!(
            config
                .effective
                .ends_with("publish:\n  url: \"https://reports.example.com/karat/\"\n")
        );
    }
}

#[test]
fn a_look_is_taken_over_and_reads_back() {
    let text = format!(
        "{MINIMAL}brand: {{name: \"House & Co\", logo: art/logo.svg, colour: \"#5B2A86\", accent: 0b6e4f}}\n"
    );
    let brand = good(&text).brand;
    assert_eq!(brand.name.as_deref(), Some("House & Co"));
    assert_eq!(brand.logo.as_deref(), Some(std::path::Path::new("art/logo.svg")));
    let colours = [brand.colour, brand.accent].map(|colour| colour.map(|colour| colour.to_string()));
    assert_eq!(colours, [Some("#5b2a86".into()), Some("#0b6e4f".into())]);
    let effective = good(&text).effective;
    let end = "brand:\n  name: \"House & Co\"\n  logo: art/logo.svg\n  colour: \"#5b2a86\"\n  accent: \"#0b6e4f\"\n";
    assert!(effective.ends_with(end), "{effective}");
    assert_eq!(good(&effective).effective, effective);
    let none = good(MINIMAL);
    assert!(!none.effective.contains("brand") && none.brand.name.is_none());
}

#[test]
fn a_look_that_nobody_can_read_is_refused_with_the_measured_contrast() {
    let line = MINIMAL.lines().count() + 1;
    let told = refused(&format!("{MINIMAL}brand: {{colour: \"#777777\"}}\n"));
    let expected = format!(
        "config.yaml:{line}:17: brand.colour: text in #777777 on white paper has a contrast of 4.47 to 1; at least 4.5 to 1 is needed"
    );
    assert!(told.contains(&expected), "{told}");
    for (lines, expected) in [
        (
            "{colour: \"#76767\"}",
            "expected a colour of six hexadecimal digits such as \"#1d4f7c\", found \"#76767\"",
        ),
        (
            "{color: \"#000000\"}",
            "brand.color: unknown key; did you mean \"colour\"",
        ),
        ("{logo: logo.svg}", "brand.logo: brand.name is missing"),
        ("{name: \"\"}", "brand.name: is empty"),
        (
            "{name: A, logo: https://example.com/logo.svg}",
            "expected a file on this machine, found an address",
        ),
    ] {
        let told = refused(&format!("{MINIMAL}brand: {lines}\n"));
        assert!(told.contains(expected), "{lines}: {told}");
    }
}
