//! Functions that the engine lacks, or has in another way than `DuckDB`.

use std::sync::{Arc, LazyLock};

use arrow::array::{ArrayRef, FixedSizeBinaryArray, Float64Array, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, exec_datafusion_err};
use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry as _;
use datafusion::functions::core::get_field;
use datafusion::logical_expr::expr::GetFieldAccess;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawFieldAccessExpr};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ExprSchemable, LogicalPlan, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature,
    Volatility,
};
use datafusion::optimizer::AnalyzerRule;
use datafusion::prelude::SessionContext;
use datafusion_functions_nested::extract::array_slice_udf;
use datafusion_functions_nested::length::array_length_udf;
use regex::Regex;

use crate::query::mapping::number_form;

/// As [`register`], with those that only plans call; for a process that is sent plans.
#[cfg(feature = "cluster")]
pub(super) fn register_all(context: &SessionContext) {
    register(context);
    context.register_udf(ScalarUDF::clone(&DoubleOfDecimal::new().0));
}

/// Makes the functions known to a session.
pub(super) fn register(context: &SessionContext) {
    let of_text = || Signature::string(1, Volatility::Immutable);
    let of_uuid = Signature::exact(vec![DataType::FixedSizeBinary(16)], Volatility::Immutable);
    for (gives, signature) in [
        (Gives::Lower, of_text()),
        (Gives::Upper, of_text()),
        (Gives::Sha256, of_text()),
        (Gives::Uuid, of_uuid),
    ] {
        context.register_udf(ScalarUDF::from(OfOne { gives, signature }));
    }
    let signature = Signature::string(2, Volatility::Immutable);
    context.register_udf(ScalarUDF::from(PlainNumber { signature }));
    // For the checks of staging queries; no query may name them.
    for function in [array_length_udf(), array_slice_udf()] {
        context.register_udf(ScalarUDF::clone(&function));
    }
    let fields: Arc<dyn ExprPlanner> = Arc::new(Fields);
    let _one_more = context.state_ref().write().register_expr_planner(fields);
}

/// The field of a struct, as `article['price']`.
#[derive(Debug)]
struct Fields;

impl ExprPlanner for Fields {
    fn plan_field_access(
        &self,
        access: RawFieldAccessExpr,
        _: &DFSchema,
    ) -> Result<PlannerResult<RawFieldAccessExpr>> {
        Ok(match access.field_access {
            GetFieldAccess::NamedStructField { name } => {
                PlannerResult::Planned(get_field().call(vec![access.expr, Expr::Literal(name, None)]))
            }
            _ => PlannerResult::Original(access),
        })
    }
}

/// Makes of a decimal the nearest double, as `DuckDB` does: the engine would round its digits, then divide and round again, and
/// a long decimal would come out another in its last bit.
#[derive(Debug)]
pub(super) struct DoubleOfDecimal(Arc<ScalarUDF>);

impl DoubleOfDecimal {
    pub(super) fn new() -> Self {
        Self(Arc::new(ScalarUDF::from(OfOne {
            gives: Gives::Double,
            signature: Signature::any(1, Volatility::Immutable),
        })))
    }

    /// Writes every cast of a decimal to a double as a call.
    fn written(&self, node: LogicalPlan) -> Result<Transformed<LogicalPlan>> {
        let schema = merge_schema(&node.inputs());
        let names = NamePreserver::new(&node);
        let changed = node.map_expressions(|expression| {
            let name = names.save(&expression);
            let changed = expression.transform_up(|part| match part {
                Expr::Cast(cast)
                    if *cast.field.data_type() == DataType::Float64
                        && matches!(cast.expr.get_type(&schema), Ok(DataType::Decimal128(..))) =>
                {
                    Ok(Transformed::yes(self.0.call(vec![*cast.expr])))
                }
                part => Ok(Transformed::no(part)),
            })?;
            Ok(changed.update_data(|expression| name.restore(expression)))
        })?;
        if changed.transformed {
            return changed.map_data(LogicalPlan::recompute_schema);
        }
        Ok(changed)
    }
}

impl AnalyzerRule for DoubleOfDecimal {
    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|node| self.written(node)).map(|changed| changed.data)
    }

    fn name(&self) -> &'static str {
        "double_of_decimal"
    }
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Gives {
    Lower,
    Upper,
    Sha256,
    Uuid,
    Double,
}

/// A function of one value.
#[derive(Debug, PartialEq, Eq, Hash)]
struct OfOne {
    gives: Gives,
    signature: Signature,
}

impl ScalarUDFImpl for OfOne {
    fn name(&self) -> &str {
        match self.gives {
            Gives::Lower => "lower",
            Gives::Upper => "upper",
            Gives::Sha256 => "sha256",
            Gives::Uuid => "uuid_text",
            Gives::Double => "double_of_decimal",
        }
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.gives {
            Gives::Double => DataType::Float64,
            _ => DataType::Utf8,
        })
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let values = ColumnarValue::values_to_arrays(&args.args)?;
        let [value] = values.as_slice() else {
            return datafusion::common::internal_err!("`{}` takes one value", self.name());
        };
        let given = match self.gives {
            Gives::Lower => lower(value),
            Gives::Upper => upper(value),
            Gives::Sha256 => sha256(value),
            Gives::Uuid => uuid_text(value),
            Gives::Double => double(value),
        };
        given.map(ColumnarValue::Array)
    }
}

/// A number as people write it, as a text that a cast reads: what `plain_number` of a mapping gives.
#[derive(Debug, PartialEq, Eq, Hash)]
struct PlainNumber {
    signature: Signature,
}

impl ScalarUDFImpl for PlainNumber {
    fn name(&self) -> &'static str {
        "plain_number"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let values = ColumnarValue::values_to_arrays(&args.args)?;
        let texts = values.iter().map(|value| cast(value, &DataType::Utf8)).collect::<Result<Vec<_>, _>>()?;
        let [texts, signs] = texts.as_slice() else {
            return datafusion::common::internal_err!("`plain_number` takes two values");
        };
        let (texts, signs) = (
            datafusion::common::cast::as_string_array(texts)?,
            datafusion::common::cast::as_string_array(signs)?,
        );
        let given = texts.iter().zip(signs).map(|(text, sign)| match (text, sign?) {
            (Some(text), ",") => Some(plain_number(text, ',')),
            (Some(text), ".") => Some(plain_number(text, '.')),
            _ => None,
        });
        Ok(ColumnarValue::Array(Arc::new(given.collect::<StringArray>())))
    }
}

/// The forms of numbers with `,` and with `.` before their decimals, with what stands between groups of digits.
static FORMS: LazyLock<[(Regex, [char; 4]); 2]> = LazyLock::new(|| {
    [',', '.'].map(|decimal| {
        let (form, groups) = number_form(decimal);
        (Regex::new(&form).expect("the form is a regular expression"), groups)
    })
});

fn plain_number(text: &str, decimal: char) -> String {
    let trimmed = text.trim_matches(' ');
    let (form, groups) = &FORMS[usize::from(decimal == '.')];
    if !form.is_match(trimmed) {
        return format!("{text}?");
    }
    let sign = trimmed.contains('-').then_some('-');
    let bare = trimmed.chars().filter(|letter| !groups.contains(letter) && !['+', '-'].contains(letter));
    sign.into_iter().chain(bare.map(|letter| if letter == decimal { '.' } else { letter })).collect()
}

/// Letter by letter, each to one letter, as `DuckDB` does: the engine would end a Greek word in another sigma.
fn lower(values: &ArrayRef) -> Result<ArrayRef> {
    by_letter(values, str::to_ascii_lowercase, |letter| {
        let mut lower = letter.to_lowercase();
        lower.next().unwrap_or(letter)
    })
}

/// Letter by letter: what has no single capital stays, but for the sharp s.
fn upper(values: &ArrayRef) -> Result<ArrayRef> {
    by_letter(values, str::to_ascii_uppercase, |letter| {
        let mut upper = letter.to_uppercase();
        match (letter, upper.next(), upper.next()) {
            ('ß', ..) => 'ẞ',
            (_, Some(single), None) => single,
            _ => letter,
        }
    })
}

fn by_letter(values: &ArrayRef, ascii: fn(&str) -> String, letter: fn(char) -> char) -> Result<ArrayRef> {
    let texts = cast(values, &DataType::Utf8)?;
    let texts = datafusion::common::cast::as_string_array(&texts)?;
    let changed: StringArray = texts
        .iter()
        .map(|text| {
            text.map(|text| if text.is_ascii() { ascii(text) } else { text.chars().map(letter).collect() })
        })
        .collect();
    Ok(Arc::new(changed))
}

/// The SHA-256 of the bytes of a text, in hexadecimal digits.
fn sha256(values: &ArrayRef) -> Result<ArrayRef> {
    let texts = cast(values, &DataType::Utf8)?;
    let texts = datafusion::common::cast::as_string_array(&texts)?;
    let hashes: StringArray =
        texts.iter().map(|text| text.map(|text| crate::files::sha256(text.as_bytes()))).collect();
    Ok(Arc::new(hashes))
}

/// The sixteen bytes of a UUID, as text.
fn uuid_text(values: &ArrayRef) -> Result<ArrayRef> {
    let bytes: &FixedSizeBinaryArray = datafusion::common::cast::as_fixed_size_binary_array(values)?;
    let texts: StringArray = bytes
        .iter()
        .map(|bytes| {
            bytes.map(|bytes| {
                let digits = hex::encode(bytes);
                [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]).join("-")
            })
        })
        .collect();
    Ok(Arc::new(texts))
}

/// Whole numbers up to this one, and powers of ten up to this one, have a double of their own.
const EXACT: u128 = 1 << 53;
const EXACT_POWER: u32 = 22;

#[expect(
    clippy::cast_precision_loss,
    clippy::float_arithmetic,
    reason = "a conversion to floating point, of two numbers that lose nothing"
)]
fn double(values: &ArrayRef) -> Result<ArrayRef> {
    let decimals = datafusion::common::cast::as_decimal128_array(values)?;
    let scale = u32::try_from(decimals.scale()).unwrap_or(0);
    let doubles = decimals.iter().map(|decimal| {
        let Some(decimal) = decimal else {
            return Ok(None);
        };
        if decimal.unsigned_abs() <= EXACT && scale <= EXACT_POWER {
            return Ok(Some(decimal as f64 / 10_i128.pow(scale) as f64));
        }
        let nearest = format!("{decimal}e-{scale}").parse();
        nearest.map(Some).map_err(|error| exec_datafusion_err!("{error}"))
    });
    Ok(Arc::new(doubles.collect::<Result<Float64Array>>()?))
}

#[cfg(test)]
mod tests {
    use arrow::array::Decimal128Array;

    use super::*;

    #[test]
    fn a_decimal_becomes_the_nearest_double() {
        for (decimal, scale, nearest) in [
            (12_345, 2, 123.45),
            (618_148_437_645_801_325_067, 4, 61_814_843_764_580_136.0),
            (-96_336_696_296_720_570_309, 4, -9_633_669_629_672_058.0),
            (83_500_810_531_026_284, 16, 8.350_081_053_102_63),
        ] {
            let decimals = Decimal128Array::from(vec![decimal])
                .with_precision_and_scale(38, scale)
                .expect("digits and decimals");
            let doubles = double(&(Arc::new(decimals) as ArrayRef)).expect("a double");
            let expected: ArrayRef = Arc::new(Float64Array::from(vec![nearest]));
            assert_eq!(&doubles, &expected);
        }
    }

    #[test]
    fn a_number_as_people_write_it_is_one_in_its_own_form_only() {
        for (text, comma, point) in [
            ("1.234,56-", "-1234.56", "1.234,56-?"),
            (" 1.234,50 ", "1234.50", " 1.234,50 ?"),
            ("1 234 567,8", "1234567.8", "1 234 567,8?"),
            ("12.50", "12.50?", "12.50"),
            ("1,234.56", "1,234.56?", "1234.56"),
            ("-7", "-7", "-7"),
            ("", "?", "?"),
        ] {
            assert_eq!(
                (plain_number(text, ','), plain_number(text, '.')),
                (comma.to_owned(), point.to_owned())
            );
        }
    }

    #[test]
    fn letters_change_one_by_one() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["ΟΔΟΣ İ Straße ﬁ"]));
        let expected: ArrayRef = Arc::new(StringArray::from(vec!["οδοσ i straße ﬁ"]));
        assert_eq!(&lower(&texts).expect("texts"), &expected);
        let expected: ArrayRef = Arc::new(StringArray::from(vec!["ΟΔΟΣ İ STRAẞE ﬁ"]));
        assert_eq!(&upper(&texts).expect("texts"), &expected);
    }
}
