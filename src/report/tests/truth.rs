//! Findings in the odd cases: losses, no losses, no past, one customer, nobody.

use super::{both, fixture, rendered};
use crate::report::Inputs;
use crate::table::Cell;

fn decimal(text: &str) -> Cell {
    Cell::Decimal(text.parse().expect("a decimal"))
}

/// The text of the finding of a section, without its elements.
pub(super) fn finding(page: &str, section: &str) -> String {
    let start = page.find(&format!("<h2 id=\"{section}\"")).expect("the section is there");
    let rest = &page[start..];
    let start = rest.find("<p class=\"finding\">").expect("it has a finding");
    let end = rest[start..].find("</p>").expect("the finding ends");
    plain(&rest[start..start + end])
}

fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for letter in html.chars() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text.trim().to_owned()
}

#[test]
fn shows_the_figures_of_the_sample() {
    let page = both(&fixture::inputs());
    for text in ["$733,215", "$74,297", "10.1%", ">693<", "$1,021", "−41,688", "$115,985", "71.0%", "−56.1%"]
    {
        assert!(page.contains(text), "{text}");
    }
    assert_eq!(finding(&page, "pyramid"), "5% of customers bring 71% of profit; 26% together lose $41,688");
    assert_eq!(finding(&page, "whale"), "512 customers bring $115,985; 181 others give $41,688 of it back");
    assert_eq!(
        finding(&page, "waterfall"),
        "Discount sets the Lead tier apart: it is given 41% of list price, Platinum 8%"
    );
    assert_eq!(finding(&page, "abc"), "64 of the 260 largest customers by revenue bring no profit");
    assert_eq!(finding(&page, "brief"), "More revenue, more profit, a thinner rate");
}

#[test]
fn rows_that_the_filter_left_out_have_a_column_of_their_own() {
    let mut inputs = fixture::inputs();
    let heads = |page: &str| page.matches("scope=\"col\">Left out by the filter</th>").count();
    assert_eq!(heads(&both(&inputs)), 0);
    inputs.set("results.sources", ("source", "order_lines"), "rows_filtered", &Cell::Integer(9));
    let page = both(&inputs);
    assert_eq!(heads(&page), 1);
    let filtered = page.find("sources/order_lines/rows_filtered").expect("the rows are shown");
    assert!(filtered < page.find("sources/order_lines/rows_rejected").expect("so are the rejected"));
}

#[test]
fn unknown_discounts_are_among_what_is_not_computed() {
    let mut inputs = fixture::inputs();
    let listed = "<li>Discounts are not known: the order lines have one price only.</li>";
    let places =
        ["discount_amount/value", "total/discount_amount", "total/discount_rate", "gold,discount/amount"];
    let page = both(&inputs);
    assert!(!page.contains(listed) && places.iter().all(|place| page.contains(place)));
    inputs.set("results.class_gaps", ("gap", "visits"), "gap", &Cell::Text("discount".into()));
    for column in ["discount_amount", "discount_rate"] {
        inputs.set_all("results.tier_profitability", column, &Cell::Null);
    }
    inputs.set("results.headline", ("measure", "discount_amount"), "value", &Cell::Null);
    for column in ["amount", "share_of_list"] {
        inputs.set("results.price_waterfall", ("step", "discount"), column, &Cell::Null);
    }
    // No table and no chart has a discount then, not even one of 0.
    let page = both(&inputs);
    assert!(page.contains(listed) && page.contains("gold,profit/amount"));
    for place in places {
        assert!(!page.contains(place), "{place}");
    }
}

#[test]
fn tells_the_truth_when_nobody_loses_money() {
    let mut inputs = fixture::inputs();
    let lead = ("tier", "lead");
    for column in ["customers", "orders"] {
        inputs.set("results.tier_profitability", lead, column, &Cell::Integer(0));
    }
    inputs.set("results.tier_profitability", lead, "profit", &decimal("0"));
    inputs.set_all("results.whale_summary", "unprofitable_customers", &Cell::Integer(0));
    inputs.set_all("results.whale_summary", "erosion_amount", &decimal("0"));
    let page = both(&inputs);
    assert_eq!(finding(&page, "pyramid"), "5% of customers bring 71% of profit; nobody gives any back");
    assert_eq!(finding(&page, "whale"), "512 customers bring $115,985, and nobody gives any of it back");
    assert_eq!(finding(&page, "waterfall"), "8.1% of list price is kept as profit");
    assert!(!page.contains("eroded by"));
}

#[test]
fn shows_money_where_a_part_is_larger_than_the_whole() {
    let mut inputs = fixture::inputs();
    let often = ("frequency_class", "high");
    inputs.set("results.frequency_classes", often, "profit_share", &Cell::Double(1.08));
    assert_eq!(
        finding(&both(&inputs), "habits"),
        "The 71% of customers who order more often bring $69,962 of profit"
    );
    inputs.set("results.frequency_classes", often, "profit_share", &Cell::Null);
    inputs.set("results.frequency_classes", often, "revenue_share", &Cell::Double(1.67));
    assert_eq!(
        finding(&both(&inputs), "habits"),
        "The 71% of customers who order more often bring $634,100 of net revenue"
    );
}

#[test]
fn shows_money_where_a_share_of_a_loss_would_mislead() {
    let mut inputs = fixture::inputs();
    for table in ["tier_profitability", "lifecycle_stages", "rfm_segments", "abc_classes"] {
        inputs.set_all(&format!("results.{table}"), "profit_share", &Cell::Null);
    }
    inputs.set("results.tier_profitability", ("tier", "total"), "profit", &decimal("-5000"));
    inputs.set("results.headline", ("measure", "profit"), "value", &decimal("-5000"));
    inputs.set_all("results.whale_summary", "peak_profit_share", &Cell::Null);
    inputs.set_all("results.whale_summary", "total_profit", &decimal("-5000"));
    inputs.set_all("results.whale_curve", "cumulative_profit_share", &Cell::Null);
    inputs.set(
        "results.concentration",
        ("measure", "profit_concentration_customer_share"),
        "value",
        &Cell::Null,
    );
    let page = both(&inputs);
    assert_eq!(
        finding(&page, "pyramid"),
        "181 customers of the Lead tier together lose $41,688, all that the others bring and more"
    );
    assert_eq!(
        finding(&page, "whale"),
        "512 customers bring $115,985; 181 others give all of it back and $5,000 more"
    );
    assert_eq!(finding(&page, "brief"), "A loss of $5,000, but a better result than a year ago");
    assert_eq!(finding(&page, "concentration"), "38% of customers bring 80% of revenue");
    assert!(!page.contains("NaN") && !page.contains("inf"));
}

#[test]
fn says_that_there_is_no_earlier_year() {
    let mut inputs = fixture::inputs();
    for column in [
        "previous_value",
        "year_ago_value",
        "change_on_previous",
        "change_on_year",
        "change_rate_on_previous",
        "change_rate_on_year",
        "is_adverse_on_previous",
        "is_adverse_on_year",
    ] {
        inputs.set_all("results.headline", column, &Cell::Null);
    }
    inputs.set_all("results.tier_profitability", "year_ago_profit", &Cell::Null);
    let page = both(&inputs);
    assert_eq!(finding(&page, "brief"), "A profit of $74,297; there is no earlier year to compare it with");
    assert!(page.contains(">nothing known of the year before<"));
}

#[test]
fn nothing_is_compared_with_a_year_that_the_history_does_not_cover_and_every_page_says_why() {
    for (language, why, compared) in [
        (
            "en",
            "Nothing is compared with a year earlier: the orders begin on 28 December 2016, the window of that time on 2 January 2016.",
            "compared with the same window a year earlier",
        ),
        (
            "zh",
            "不与一年前比较：订单自2016年12月28日开始，而当时的统计期自2016年1月2日开始。",
            "与去年同期比较",
        ),
    ] {
        let mut inputs = fixture::inputs();
        inputs.facts.language = language.into();
        let of_year = ("snapshot", "year_ago");
        let first = Cell::Date(jiff::civil::date(2016, 12, 28));
        inputs.set_all("results.snapshot_coverage", "first_order_date", &first);
        inputs.set("results.snapshot_coverage", of_year, "is_covered", &Cell::Boolean(false));
        for column in ["year_ago_value", "change_on_year", "change_rate_on_year"] {
            inputs.set_all("results.headline", column, &Cell::Null);
        }
        for table in ["change_summary", "churn_by_tier", "profit_bridge", "tier_migration"] {
            let table = inputs.tables.get_mut(&format!("results.{table}")).expect("a known table");
            let place = table.position("from_snapshot").expect("a column");
            table.rows.retain(|row| row[place].to_string() != "year_ago");
        }
        let pages = rendered(&inputs);
        for (page, times) in [(&pages.report, 1), (&pages.mail.html, 1), (&pages.mail.text, 1)] {
            // Lines are broken where the plain text of a mail would be too wide.
            let text = plain(page).split_whitespace().collect::<String>();
            let close = |words: &str| words.split_whitespace().collect::<String>();
            assert_eq!(text.matches(&close(why)).count(), times, "{language}");
            assert!(!text.contains(&close(compared)), "{language}");
        }
        // The customers who are silent now are listed all the same.
        assert!(pages.appendix.contains("<h2 id=\"retention\""), "{language}");
    }
}

#[test]
fn speaks_of_one_customer_in_the_singular_and_draws_no_conclusion() {
    let mut inputs = fixture::inputs();
    for tier in ["gold", "iron", "lead", "platinum"] {
        inputs.set("results.tier_profitability", ("tier", tier), "customers", &Cell::Integer(0));
    }
    inputs.set("results.tier_profitability", ("tier", "iron"), "customers", &Cell::Integer(1));
    inputs.set("results.tier_profitability", ("tier", "total"), "customers", &Cell::Integer(1));
    inputs.set("results.tier_profitability", ("tier", "total"), "profit", &decimal("12.5"));
    inputs.set_all("results.whale_summary", "profitable_customers", &Cell::Integer(1));
    inputs.set_all("results.whale_summary", "erosion_amount", &decimal("0"));
    inputs.set_all("results.whale_summary", "peak_profit", &decimal("12.5"));
    let page = both(&inputs);
    assert_eq!(
        finding(&page, "pyramid"),
        "Only 1 customer, with a profit of $13: too few for tiers to mean anything"
    );
    assert_eq!(finding(&page, "whale"), "1 customer brings $13, and nobody gives any of it back");
    assert_eq!(finding(&page, "concentration"), "Too few customers to speak of concentration");
}

#[test]
fn counts_the_rejected_rows_of_all_reasons() {
    let mut inputs = fixture::inputs();
    let table = inputs.tables.get_mut("results.data_quality").expect("a known table");
    let (reason, rows) =
        (table.position("reason").expect("a column"), table.position("rows").expect("a column"));
    let total = table.position("outcome_rows").expect("a column");
    let mut first = table.rows[3].clone();
    first[rows] = Cell::Integer(3);
    first[total] = Cell::Integer(7);
    let mut second = first.clone();
    first[reason] = Cell::Text("customer_missing".into());
    second[reason] = Cell::Text("a_reason_without_a_word".into());
    second[rows] = Cell::Integer(4);
    table.rows.splice(3..4, [first, second]);
    let page = both(&inputs);
    assert_eq!(finding(&page, "quality"), "7 order lines of 9,994 rejected, for several reasons");
    assert!(
        page.contains("Rejected: customer missing") && page.contains("Rejected: a reason without a word")
    );
}

#[test]
fn lists_every_source_with_its_rows_or_that_it_is_not_configured() {
    let page = both(&fixture::inputs());
    let row = |name: &str| {
        let start = page.find(&format!("<th scope=\"row\">{name}</th>"));
        let rest = &page[start.unwrap_or_else(|| panic!("no row `{name}`"))..];
        rest[..rest.find("</tr>").expect("a row ends")].to_owned()
    };
    assert!(row("Payments").contains("not configured"));
    let cases = row("Service cases");
    for cell in ["\"sources/service_cases/rows_used\"", ">380<", ">9<", "29 December 2017"] {
        assert!(cases.contains(cell), "{cell} is not in {cases}");
    }
    assert!(row("Rejected: two different rows of one case").contains(">8<"));
    // The order lines have a table of their own, and these rows no day.
    assert!(row("Visits").ends_with("<td>–</td>"), "{}", row("Visits"));
}

#[test]
fn renders_a_window_without_any_order() {
    let mut inputs = fixture::inputs();
    for table in
        inputs.tables.iter_mut().filter(|(name, _)| name.starts_with("results.")).map(|(_, table)| table)
    {
        for row in &mut table.rows {
            for cell in row.iter_mut() {
                *cell = match &*cell {
                    Cell::Integer(_) => Cell::Integer(0),
                    Cell::Decimal(_) => decimal("0"),
                    Cell::Double(_) => Cell::Null,
                    other => other.clone(),
                };
            }
        }
    }
    for curve in ["results.whale_curve", "results.lorenz_curve"] {
        inputs.tables.get_mut(curve).expect("a known table").rows.clear();
    }
    inputs.facts.data_through = None;
    let page = both(&inputs);
    assert_eq!(finding(&page, "brief"), "No customer ordered in the window");
    assert!(
        !page.contains("<h2 id=\"whale\"") && page.contains("need a customer with an order in the window")
    );
    assert!(!page.contains("NaN"));
}

#[test]
fn calls_equal_years_unchanged() {
    let mut inputs = fixture::inputs();
    for column in ["change_on_year", "change_on_four_weeks", "change_on_previous"] {
        inputs.set_all("results.headline", column, &decimal("0"));
    }
    for column in ["change_rate_on_year", "change_rate_on_four_weeks", "change_rate_on_previous"] {
        inputs.set_all("results.headline", column, &Cell::Double(0.0));
    }
    let page = both(&inputs);
    assert_eq!(finding(&page, "brief"), "Revenue and profit stand where they stood a year ago");
    assert!(page.contains("<span>unchanged</span> in a year"));
    assert!(!page.contains("▲") && !page.contains("▼"));
}

#[test]
fn an_assumed_margin_turns_tiers_by_profit_into_tiers_by_revenue_and_hides_the_rate_it_sets() {
    let mut inputs = fixture::inputs();
    inputs.set_all("settings.policy", "cost_is_mapped", &Cell::Boolean(false));
    inputs.set_all("settings.policy", "margin", &decimal("0.3"));
    inputs.set("results.headline", ("measure", "profit_rate"), "tile", &Cell::Null);
    for language in ["en", "zh"] {
        inputs.facts.language = language.into();
        let pages = rendered(&inputs);
        let all = [&pages.report, &pages.appendix, &pages.mail.html, &pages.mail.text];
        let [assumed, tiers, rate] = match language {
            "en" => ["an assumed margin of", "ranked by profit at an assumed margin", "Profit rate<"],
            _ => ["的假设毛利率", "按假设毛利率下的利润排序", "利润率<"],
        };
        for page in all {
            let page = &page.replace('\n', if language == "en" { " " } else { "" });
            assert!(page.contains(assumed) && page.contains(tiers), "{language}");
            assert!(!page.contains(rate), "{language}");
        }
        assert!(!pages.report.contains("profit rate"), "{language}");
    }
}

#[test]
fn costs_of_some_lines_are_neither_none_nor_all() {
    let mut inputs = fixture::inputs();
    inputs.set_all("settings.policy", "margin", &decimal("0.25"));
    inputs.set_all("results.cost_coverage", "is_estimated", &Cell::Boolean(true));
    inputs.set_all("results.cost_coverage", "cost_share", &Cell::Double(0.207));
    inputs.facts.cost_is_estimated = true;
    let pages = rendered(&inputs);
    let stated =
        "20.7% of order lines in the window carry a cost; for the others a margin of 25% is assumed.";
    for page in [&pages.report, &pages.appendix, &pages.mail.html, &pages.mail.text] {
        let page = plain(page).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.contains(stated), "{page}");
        assert!(!page.contains("has no cost"), "{page}");
    }
}

#[test]
fn a_change_of_a_week_is_reported_only_when_material_and_never_as_bad_news() {
    let mut inputs = fixture::inputs();
    let seen = |inputs: &Inputs| {
        let page = rendered(inputs).report;
        let tiles =
            page.split("<li class=\"tile\">").skip(1).map(|tile| tile.split("</li>").next().expect("a tile"));
        tiles
            .map(|tile| tile.rsplit("<p class=\"delta\">").next().expect("a change").to_owned())
            .collect::<Vec<_>>()
    };
    let weeks = seen(&inputs);
    assert_eq!(weeks.len(), 5);
    assert!(
        weeks[..4].iter().all(|week| week.starts_with("<span>little change</span> in a week")),
        "{weeks:?}"
    );
    assert!(weeks[4].contains("3.8%"), "{weeks:?}");
    inputs.set_all("results.headline", "is_material_on_previous", &Cell::Boolean(true));
    let weeks = seen(&inputs);
    assert!(weeks[0].contains("1.0%") && !weeks.concat().contains("adverse"), "{weeks:?}");
}

#[test]
fn with_another_limit_of_lead_nobody_with_a_profit_is_said_to_have_none() {
    let mut inputs = fixture::inputs();
    let pyramid = |inputs: &Inputs| finding(&both(inputs), "pyramid");
    // All are in the Lead tier, and some of them bring a profit.
    inputs.set("results.tier_profitability", ("tier", "lead"), "customers", &Cell::Integer(693));
    assert_eq!(pyramid(&inputs), "All 693 customers are in the Lead tier; their profit together is $74,297");
    inputs.set_all("results.whale_summary", "profitable_customers", &Cell::Integer(0));
    assert_eq!(pyramid(&inputs), "No customer brings a profit; together they lose $74,297");
    // The Lead tier brings a profit as a whole, and some of it lose.
    let mut inputs = fixture::inputs();
    inputs.set("results.tier_profitability", ("tier", "lead"), "profit", &decimal("100"));
    assert_eq!(pyramid(&inputs), "5% of customers bring 71% of profit");
    // Others than the Lead tier lose, too.
    inputs.set("results.tier_profitability", ("tier", "total"), "profit", &decimal("-5"));
    assert_eq!(pyramid(&inputs), "Together the customers lose $5");
}
