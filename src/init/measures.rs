//! What is asked of the values of a column: how many there are, their limits, and in which form texts write numbers and days.

use arrow::datatypes::{DataType, Field};

use crate::query::mapping::{number_form, quoted};

/// What is asked of a column, in one row.
pub(super) fn measures(field: &Field, place: usize) -> String {
    let name = quoted(field.name());
    let mut asked = vec![format!("count({name}) as values_{place}")];
    let counted =
        |condition: String, what: &str| format!("count(*) filter (where {condition}) as {what}_{place}");
    let limits = |value: &str| {
        let text = |of: &str| format!("cast({of}({value}) as varchar) as {of}_{place}");
        [text("min"), text("max")].join(", ")
    };
    match field.data_type() {
        DataType::Boolean => {}
        DataType::FixedSizeBinary(_) => asked.push(format!("count(distinct {name}) as distinct_{place}")),
        kind if kind.is_floating() => {
            asked.push(format!("count(distinct {name}) as distinct_{place}"));
            asked.push(limits(&name));
            // What single precision adds is far behind the decimals that were meant.
            let beyond = |scale: u8| {
                format!(
                    "abs({name}) < 1e12 and abs({name} - cast(cast({name} as decimal(24, {scale})) as double)) > 0.0000002 * greatest(1, abs({name}))"
                )
            };
            asked.extend([0, 2, 4, 6].map(|scale| counted(beyond(scale), &format!("beyond_{scale}"))));
        }
        kind if kind.is_numeric() => {
            asked.push(format!("count(distinct {name}) as distinct_{place}"));
            asked.push(limits(&name));
            if kind.is_integer() {
                asked.push(counted(format!("{name} % 100 = 0"), "hundreds"));
            }
        }
        kind if kind.is_string() => {
            asked.push(format!("count(distinct {name}) as distinct_{place}"));
            asked.push(limits(&name));
            let like =
                |pattern: &str, what: &str| counted(format!("regexp_like(trim({name}), '{pattern}')"), what);
            asked.extend(TEXTS.map(|(what, pattern)| like(pattern, what)));
            asked.extend(
                [("comma", ','), ("point", '.')].map(|(what, sign)| like(&number_form(sign).0, what)),
            );
            // Of dates with two numbers in front, those in which only one of them can be the month.
            let first = |which: u8| {
                format!(
                    "regexp_like(trim({name}), '^[0-9]{{1,2}}[./][0-9]{{1,2}}[./][0-9]{{4}}') and try_cast(split_part(replace(trim({name}), '.', '/'), '/', {which}) as bigint) > 12"
                )
            };
            asked.push(counted(first(1), "day_first"));
            asked.push(counted(first(2), "month_first"));
            for (what, sign, other) in [("point", ".", ","), ("comma", ",", ".")] {
                let digits = ["-", "+", other, " ", "\u{a0}", "\u{202f}"]
                    .iter()
                    .fold(format!("trim({name})"), |inner, part| format!("replace({inner}, '{part}', '')"));
                let minus = format!("case when strpos({name}, '-') > 0 then '-' else '' end");
                let number =
                    format!("try_cast(concat({minus}, replace({digits}, '{sign}', '.')) as decimal(28, 4))");
                asked.push(format!(
                    "max(char_length(split_part({digits}, '{sign}', 2))) as scale_{what}_{place}"
                ));
                asked.extend(
                    ["min", "max"]
                        .map(|of| format!("cast({of}({number}) as varchar) as {of}_{what}_{place}")),
                );
            }
        }
        _ => {
            asked.push(format!("count(distinct {name}) as distinct_{place}"));
            asked.push(limits(&name));
        }
    }
    asked.join(", ")
}

/// Forms of text, by their names in the answer, beside those of numbers.
const TEXTS: [(&str, &str); 9] = [
    ("empty", "^$"),
    ("whole", "^-?[0-9]{1,18}$"),
    ("zeros", "^0[0-9]+$"),
    ("number", "^-?[0-9]{1,18}([.][0-9]{1,10})?$"),
    ("signed", "[.,]"),
    ("fraction", "^[+-]?0[.,]"),
    ("date", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    ("day", "^[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}$"),
    ("compact", "^(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$"),
];
