//! Writes the expression of a mapping for both engines, from its leaves up, and tells what it is.
//!
//! Nothing passes that is not written here: each operator, function and cast was compared on both engines with extreme values
//! (`tests/two_engines.rs`). What the engines do differently is written so that they do the same, or refused by name.

use std::collections::BTreeSet;

use arrow::datatypes::{DataType, TimeUnit};
use sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, CeilFloorKind, DataType as SqlType, Expr, Interval, UnaryOperator,
    Value,
};

use super::columns::{Columns, quoted, unknown};
use super::typed::{Both, Type, Typed, Write, not_compared, text};
use super::{casts, functions, numbers, timestamps};

/// Deepest expression: every level is on the stack.
const MAX_DEPTH: usize = 64;
/// Longest SQL of an expression: a cast of a text to a date writes the text several times.
const MAX_LENGTH: usize = 100_000;

/// Walks an expression.
pub(super) struct Writer<'a> {
    pub(super) available: &'a Columns,
    pub(super) zone: &'a str,
    pub(super) columns: BTreeSet<String>,
    pub(super) depth: usize,
}

/// The value of a column.
pub(super) fn column(name: &str, kind: &DataType, zone: &str) -> Typed {
    let sql = Both::same(quoted(name));
    let typed = Type::of(kind);
    match kind {
        DataType::Null => Typed::null(),
        // The sixteen bytes of a UUID, which only one engine knows as such.
        DataType::FixedSizeBinary(16) => Typed::new(
            Both {
                engine: format!("uuid_text({})", sql.engine),
                duckdb: format!("cast(cast({} as uuid) as varchar)", sql.duckdb),
            },
            typed,
        ),
        DataType::Float32 | DataType::Float16 => {
            Typed::new(sql.map(|sql| format!("cast({sql} as double)")), typed)
        }
        DataType::Timestamp(unit, Some(_)) => {
            let sql =
                if *unit == TimeUnit::Nanosecond { timestamps::cut(&sql, "timestamptz", "+00") } else { sql };
            Typed::new(timestamps::of_instant(&sql, zone), typed)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, None) => {
            let cut = timestamps::cut(&sql, "timestamp", "");
            Typed::new(Both { engine: format!("cast({} as timestamp(6))", cut.engine), ..cut }, typed)
        }
        _ => {
            let is_wide = matches!(typed, Type::Decimal(digits, _) if digits >= 20);
            Typed { is_wide, ..Typed::new(sql, typed) }
        }
    }
}

impl Write for Writer<'_> {
    fn zone(&self) -> &str {
        self.zone
    }

    fn write(&mut self, expression: &Expr) -> Result<Typed, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("an expression is nested more than {MAX_DEPTH} deep"));
        }
        let written = self.written(expression)?;
        self.depth -= 1;
        if written.sql.engine.len() > MAX_LENGTH {
            return Err("it becomes too long; map a simpler expression".to_owned());
        }
        Ok(written)
    }

    fn alike(&mut self, values: &[&Expr]) -> Result<(Vec<Both>, Type), String> {
        let values = values.iter().map(|value| self.write(value)).collect::<Result<Vec<_>, _>>()?;
        timestamps::alike(&values.iter().collect::<Vec<_>>())
    }
}

impl Writer<'_> {
    fn written(&mut self, expression: &Expr) -> Result<Typed, String> {
        match expression {
            Expr::Identifier(ident) => self.column(&ident.value),
            Expr::CompoundIdentifier(parts) => {
                let name = parts.iter().map(|part| part.value.as_str()).collect::<Vec<_>>().join(".");
                Err(format!("`{name}`: a column is written alone, without a table"))
            }
            Expr::Nested(inner) => {
                let inner = self.write(inner)?;
                if inner.is_literal() {
                    return Ok(inner);
                }
                Ok(Typed { sql: inner.sql.map(|sql| format!("({sql})")), ..inner })
            }
            Expr::Value(value) => literal(&value.value),
            Expr::TypedString(typed) => {
                let text = typed.value.value.clone().into_string().unwrap_or_default();
                match typed.data_type {
                    SqlType::Date => timestamps::literal(&text, false),
                    SqlType::Timestamp(..) => timestamps::literal(&text, true),
                    _ => Err(not_compared(expression)),
                }
            }
            Expr::UnaryOp { op, expr } => {
                let value = self.write(expr)?;
                match op {
                    UnaryOperator::Minus => numbers::negative(&value),
                    UnaryOperator::Plus if value.kind.is_number() => Ok(value),
                    UnaryOperator::Not => {
                        Ok(Typed::new(condition(&value)?.map(|sql| format!("not ({sql})")), Type::Boolean))
                    }
                    _ => Err(not_compared(expression)),
                }
            }
            Expr::BinaryOp { left, op, right } => self.binary(expression, left, op, right),
            Expr::IsDistinctFrom(..)
            | Expr::IsNotDistinctFrom(..)
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::IsTrue(_)
            | Expr::IsNotTrue(_)
            | Expr::IsFalse(_)
            | Expr::IsNotFalse(_)
            | Expr::InList { .. }
            | Expr::Between { .. }
            | Expr::Like { .. } => self.condition(expression),
            Expr::ILike { .. } => {
                Err("`ilike` compares letters in ways of its own: write `lower(…) like '…'`".to_owned())
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref())
            }
            Expr::Cast { kind, expr, data_type, array: false, format: None } => {
                let value = self.write(expr)?;
                let otherwise = match kind {
                    CastKind::Cast | CastKind::DoubleColon => timestamps::Otherwise::Error,
                    CastKind::TryCast => timestamps::Otherwise::Null,
                    CastKind::SafeCast => return Err(not_compared(expression)),
                };
                casts::cast(&value, data_type, otherwise, self.zone)
            }
            Expr::Function(_)
            | Expr::Extract { .. }
            | Expr::Substring { .. }
            | Expr::Trim { .. }
            | Expr::Position { .. }
            | Expr::Ceil {
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
                ..
            }
            | Expr::Floor {
                field: CeilFloorKind::DateTimeField(sqlparser::ast::DateTimeField::NoDateTime),
                ..
            } => functions::call(self, expression),
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
                Err("a column mapping is computed row by row: no subqueries".to_owned())
            }
            Expr::Interval(_) => {
                Err("an interval is added to a timestamp, as in `ordered_at + interval '8 hours'`".to_owned())
            }
            other => Err(not_compared(other)),
        }
    }

    fn condition(&mut self, expression: &Expr) -> Result<Typed, String> {
        match expression {
            Expr::IsDistinctFrom(left, right) => self.compared(left, "is distinct from", right),
            Expr::IsNotDistinctFrom(left, right) => self.compared(left, "is not distinct from", right),
            Expr::IsNull(value) => self.judged(value, "is null", false),
            Expr::IsNotNull(value) => self.judged(value, "is not null", false),
            Expr::IsTrue(value) => self.judged(value, "is true", true),
            Expr::IsNotTrue(value) => self.judged(value, "is not true", true),
            Expr::IsFalse(value) => self.judged(value, "is false", true),
            Expr::IsNotFalse(value) => self.judged(value, "is not false", true),
            Expr::InList { expr, list, negated } => {
                let values: Vec<&Expr> = std::iter::once(expr.as_ref()).chain(list).collect();
                let (sqls, _) = self.alike(&values)?;
                let list = Both::list(&sqls[1..]);
                let not = if *negated { "not " } else { "" };
                let sql = Both::join([&sqls[0], &list], |[value, list]| format!("{value} {not}in ({list})"));
                Ok(Typed::new(sql, Type::Boolean))
            }
            Expr::Between { expr, negated, low, high } => {
                let (sqls, _) = self.alike(&[expr, low, high])?;
                let not = if *negated { "not " } else { "" };
                let sql = Both::join([&sqls[0], &sqls[1], &sqls[2]], |[value, low, high]| {
                    format!("{value} {not}between {low} and {high}")
                });
                Ok(Typed::new(sql, Type::Boolean))
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                let value = text(&self.write(expr)?)?;
                let pattern = self.write(pattern)?;
                match &pattern.literal {
                    Some(words) if pattern.kind == Type::Text && !words.contains('\\') => {}
                    _ => return Err("`like` needs a pattern in quotes, without a backslash".to_owned()),
                }
                let not = if *negated { "not " } else { "" };
                let sql = Both::join([&value, &pattern.sql], |[value, pattern]| {
                    format!("{value} {not}like {pattern}")
                });
                Ok(Typed::new(sql, Type::Boolean))
            }
            other => Err(not_compared(other)),
        }
    }

    fn column(&mut self, name: &str) -> Result<Typed, String> {
        let Some(kind) = self.available.get(name) else {
            return Err(unknown(name, self.available));
        };
        self.columns.insert(name.to_owned());
        let value = column(name, kind, self.zone);
        match value.kind {
            Type::Other(type_name) => {
                Err(format!("`{name}` is {type_name}, with which nothing can be computed"))
            }
            _ => Ok(value),
        }
    }

    fn binary(
        &mut self,
        whole: &Expr,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
    ) -> Result<Typed, String> {
        match op {
            BinaryOperator::Plus | BinaryOperator::Minus if matches!(right, Expr::Interval(_)) => {
                let timestamp = self.write(left)?;
                let Expr::Interval(interval) = right else {
                    return Err(not_compared(whole));
                };
                if !timestamp.kind.is_of_time() {
                    return Err(format!("{} does not move by an interval", timestamp.kind));
                }
                let interval = span(interval)?;
                let sql = timestamps::timestamp(&timestamp)
                    .map(|sql| format!("cast({sql} {op} {interval} as timestamp(6))"));
                Ok(Typed::new(sql, Type::Timestamp))
            }
            BinaryOperator::Plus
            | BinaryOperator::Minus
            | BinaryOperator::Multiply
            | BinaryOperator::Divide => {
                let (left, right) = (self.write(left)?, self.write(right)?);
                numbers::arithmetic(&left, op, &right)
            }
            BinaryOperator::And | BinaryOperator::Or => {
                let word = if *op == BinaryOperator::And { "and" } else { "or" };
                let (left, right) = (condition(&self.write(left)?)?, condition(&self.write(right)?)?);
                let sql = Both::join([&left, &right], |[left, right]| format!("{left} {word} {right}"));
                Ok(Typed::new(sql, Type::Boolean))
            }
            BinaryOperator::Eq => self.compared(left, "=", right),
            BinaryOperator::NotEq => self.compared(left, "<>", right),
            BinaryOperator::Lt => self.compared(left, "<", right),
            BinaryOperator::LtEq => self.compared(left, "<=", right),
            BinaryOperator::Gt => self.compared(left, ">", right),
            BinaryOperator::GtEq => self.compared(left, ">=", right),
            BinaryOperator::StringConcat => {
                let (left, right) = (text(&self.write(left)?)?, text(&self.write(right)?)?);
                Ok(Typed::new(
                    Both::join([&left, &right], |[left, right]| format!("{left} || {right}")),
                    Type::Text,
                ))
            }
            BinaryOperator::Modulo => {
                Err("mappings have no `%`: engines differ on negative numbers".to_owned())
            }
            _ => Err(not_compared(whole)),
        }
    }

    fn compared(&mut self, left: &Expr, op: &str, right: &Expr) -> Result<Typed, String> {
        let (sqls, _) = self.alike(&[left, right])?;
        let sql = Both::join([&sqls[0], &sqls[1]], |[left, right]| format!("{left} {op} {right}"));
        Ok(Typed::new(sql, Type::Boolean))
    }

    fn judged(&mut self, value: &Expr, words: &str, of_condition: bool) -> Result<Typed, String> {
        let value = self.write(value)?;
        let sql = if of_condition { condition(&value)? } else { value.sql };
        Ok(Typed::new(sql.map(|sql| format!("{sql} {words}")), Type::Boolean))
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
    ) -> Result<Typed, String> {
        let mut tests = Vec::new();
        let mut results = Vec::new();
        for CaseWhen { condition: test, result } in conditions {
            tests.push(match operand {
                Some(operand) => self.compared(operand, "=", test)?.sql,
                None => condition(&self.write(test)?)?,
            });
            results.push(self.write(result)?);
        }
        results.extend(otherwise.map(|result| self.write(result)).transpose()?);
        let (results, kind) = timestamps::alike(&results.iter().collect::<Vec<_>>())?;
        let written = |pick: fn(&Both) -> &str| {
            let arms = results.iter().enumerate().map(|(at, result)| match tests.get(at) {
                Some(test) => format!("when {} then {}", pick(test), pick(result)),
                None => format!("else {}", pick(result)),
            });
            format!("case {} end", arms.collect::<Vec<_>>().join(" "))
        };
        let sql = Both { engine: written(|both| &both.engine), duckdb: written(|both| &both.duckdb) };
        Ok(Typed::new(sql, kind))
    }
}

fn literal(value: &Value) -> Result<Typed, String> {
    match value {
        Value::Number(number, _) => numbers::literal(number),
        Value::SingleQuotedString(text) => {
            Ok(Typed::literal(format!("'{}'", text.replace('\'', "''")), Type::Text, text))
        }
        Value::Boolean(truth) => Ok(Typed::same(truth.to_string(), Type::Boolean)),
        Value::Null => Ok(Typed::null()),
        Value::Placeholder(name) => Err(format!("`{name}`: no placeholders, the mapping runs as it is")),
        other => Err(format!("mappings have no `{other}`; `karat functions` lists what they may hold")),
    }
}

/// The SQL of a condition.
pub(super) fn condition(value: &Typed) -> Result<Both, String> {
    match value.kind {
        Type::Boolean => Ok(value.sql.clone()),
        Type::Null => Ok(Both::same("cast(null as boolean)")),
        ref kind => Err(format!("a condition is needed in place of {kind}")),
    }
}

/// An interval, as both engines read it.
fn span(interval: &Interval) -> Result<String, String> {
    let cannot = || format!("`{interval}`: write an interval as `interval '8 hours'`");
    let Expr::Value(value) = interval.value.as_ref() else {
        return Err(cannot());
    };
    let text = value.value.clone().into_string().ok_or_else(cannot)?;
    let written = match &interval.leading_field {
        Some(field) => format!("{text} {field}"),
        None => text,
    };
    let (number, unit) = written.trim().split_once(' ').ok_or_else(cannot)?;
    let number: i32 = number.parse().map_err(|_| cannot())?;
    let unit = unit.trim().to_lowercase();
    let unit = unit.strip_suffix('s').unwrap_or(&unit);
    if ["second", "minute", "hour", "day", "week", "month", "year"].contains(&unit) && number.abs() < 100_000
    {
        return Ok(format!("interval '{number} {unit}'"));
    }
    Err(cannot())
}
