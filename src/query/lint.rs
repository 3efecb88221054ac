//! The portable subset: what a file may say so that two engines give the same numbers.
//!
//! Each rule stands for a difference between `DataFusion` and `DuckDB` that was seen, or for a result that changes from
//! run to run. `queries/SQL.md` lists the rules for authors.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, CastKind, DataType, Expr, Function, OrderByExpr, OrderByKind, Query as SqlQuery, Select,
    SelectItem, SetExpr, Spanned, Statement, Value, ValueWithSpan, Visit, Visitor, WindowType,
};
use sqlparser::dialect::GenericDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer};

/// Longest SQL text that is parsed, in bytes: far above any readable file, far below what exhausts a parser's stack.
const MAX_BYTES: usize = 256 * 1024;

/// Most words and signs of a SQL text: five times the longest file of the program. A tree of more could be deeper than a stack.
const MAX_TOKENS: usize = 10_000;

/// Deepest nesting of brackets and `case`. The parser tries some of them in two ways, so that each level can double its work.
const MAX_NESTING: usize = 16;

/// Most dots in a row of names: a column has two before it, and a row without an end doubles the work with each.
const MAX_DOTS: usize = 6;

/// Deepest expression, and longest chain of `union`: the planner walks both recursively.
const MAX_DEPTH: usize = 500;

/// Functions of one row that were seen to give the same values on both engines.
const ROW_FUNCTIONS: [&str; 30] = [
    "abs",
    "ceil",
    "char_length",
    "chr",
    "coalesce",
    "concat",
    "date_part",
    "date_trunc",
    "exp",
    "floor",
    "greatest",
    "least",
    "left",
    "length",
    "ln",
    "lower",
    "lpad",
    "nullif",
    "power",
    "replace",
    "right",
    "sha256",
    "split_part",
    "sqrt",
    "starts_with",
    "strpos",
    "substr",
    "trim",
    "upper",
    "rpad",
];

/// Functions of many rows that were seen to give the same values on both engines.
const GROUP_FUNCTIONS: [&str; 13] = [
    "count",
    "dense_rank",
    "first_value",
    "grouping",
    "lag",
    "last_value",
    "lead",
    "max",
    "median",
    "min",
    "rank",
    "row_number",
    "sum",
];

/// Parses `sql` as one statement.
///
/// # Errors
/// Returns what is wrong, with the line.
pub(super) fn parse(sql: &str) -> Result<Statement, (u64, String)> {
    if sql.len() > MAX_BYTES {
        return Err((0, format!("the file has {} bytes; at most {MAX_BYTES} are read", sql.len())));
    }
    let cannot = |text: String| (line_in(&text), format!("cannot parse the SQL: {text}"));
    let statements =
        parser(sql).map_err(cannot)?.parse_statements().map_err(|error| cannot(error.to_string()))?;
    let mut statements = statements.into_iter();
    match (statements.next(), statements.next()) {
        (Some(statement @ Statement::Query(_)), None) => Ok(statement),
        (Some(Statement::Query(_)), Some(_)) => Err((0, "one file holds one statement".to_owned())),
        (Some(_), _) => Err((0, "only a query (`select` or `with … select`) is allowed here".to_owned())),
        (None, _) => Err((0, "the file holds no statement".to_owned())),
    }
}

static DIALECT: GenericDialect = GenericDialect {};

/// A parser of a text that is not too long and not too deep for it.
///
/// # Errors
/// Returns what is wrong; the place, where one is known, is in the words.
pub(super) fn parser(sql: &str) -> Result<Parser<'static>, String> {
    let tokens = Tokenizer::new(&DIALECT, sql).tokenize_with_location().map_err(|error| error.to_string())?;
    let mut nesting = Nesting::default();
    let mut count = 0;
    for TokenWithSpan { token, span } in &tokens {
        if matches!(token, Token::Whitespace(_)) {
            continue;
        }
        count += 1;
        nesting.pass(token);
        if nesting.dots > MAX_DOTS {
            return Err(format!(
                "more than {MAX_DOTS} names are joined by dots at Line: {}, Column: {}",
                span.start.line, span.start.column
            ));
        }
        if nesting.depth() > MAX_NESTING {
            return Err(format!(
                "brackets and `case` are nested more than {MAX_NESTING} deep at Line: {}, Column: {}",
                span.start.line, span.start.column
            ));
        }
    }
    if count > MAX_TOKENS {
        return Err(format!("there are {count} words and signs; at most {MAX_TOKENS} are read"));
    }
    Ok(Parser::new(&DIALECT).with_recursion_limit(50).with_tokens_with_locations(tokens))
}

/// What is open at a place of the text, as far as it makes the parser try twice.
#[derive(Default)]
struct Nesting<'t> {
    /// Brackets and `case`; true for `case`.
    open: Vec<bool>,
    /// Each `interval` that no literal follows: the parser takes what follows for its value, and ends nowhere.
    intervals: usize,
    /// Dots between the names of one row.
    dots: usize,
    before: Option<&'t Token>,
}

impl<'t> Nesting<'t> {
    fn depth(&self) -> usize {
        self.open.len() + self.intervals
    }

    fn pass(&mut self, token: &'t Token) {
        let is_literal = matches!(token, Token::Number(..) | Token::SingleQuotedString(_));
        if keyword(self.before) == Some(Keyword::INTERVAL) && !is_literal {
            self.intervals += 1;
        }
        let is_joined = matches!(token, Token::Period) || matches!(self.before, Some(Token::Period));
        if matches!(token, Token::Period) {
            self.dots += 1;
        } else if !is_joined {
            self.dots = 0;
        }
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => self.open.push(false),
            // Closes what was left open within the bracket, too.
            Token::RParen | Token::RBracket | Token::RBrace => while self.open.pop() == Some(true) {},
            _ => match keyword(Some(token)) {
                Some(Keyword::CASE) => self.open.push(true),
                Some(Keyword::END) if self.open.last() == Some(&true) && self.is_behind_a_value() => {
                    self.open.pop();
                }
                _ => {}
            },
        }
        self.before = Some(token);
    }

    /// Whether `end` ends something here, or is a name: the parser takes it for a name where a value must be.
    fn is_behind_a_value(&self) -> bool {
        use Keyword::{AND, BETWEEN, CASE, ELSE, IN, INTERVAL, IS, LIKE, NOT, OR, PRIOR, THEN, WHEN};
        match self.before {
            Some(Token::Word(word)) => {
                ![AND, BETWEEN, CASE, ELSE, IN, INTERVAL, IS, LIKE, NOT, OR, PRIOR, THEN, WHEN]
                    .contains(&word.keyword)
            }
            Some(
                Token::Number(..)
                | Token::SingleQuotedString(_)
                | Token::RParen
                | Token::RBracket
                | Token::RBrace,
            ) => true,
            _ => false,
        }
    }
}

/// A word that is not quoted.
fn keyword(token: Option<&Token>) -> Option<Keyword> {
    match token {
        Some(Token::Word(word)) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}

/// The parser names the place as `at Line: 3, Column: 9`.
fn line_in(message: &str) -> u64 {
    message
        .rsplit_once("Line: ")
        .and_then(|(_, rest)| rest.split(|character: char| !character.is_ascii_digit()).next())
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

/// The place of a text decides which rules apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A file that makes a table in `canonical` or `business`: the engine orders the rows by the key.
    Table,
    /// A file that names an `order`: later files rely on it.
    Ordered,
    /// A file in `results`: the order is part of the result.
    Result,
    /// A file in `checks`.
    Check,
    /// A file in `staging`: it may open lists.
    Staging,
}

/// Finds every breach of the portable subset, with its line.
pub(super) fn breaches(statement: &Statement, place: Place) -> Vec<(u64, String)> {
    let mut linter = Linter::new(place);
    if let Statement::Query(query) = statement {
        linter.check_top(query);
    }
    let _: ControlFlow<()> = statement.visit(&mut linter);
    linter.found.into_iter().collect()
}

/// Tells whether a function takes many rows.
pub(super) fn is_of_many_rows(name: &str) -> bool {
    GROUP_FUNCTIONS.contains(&name)
}

/// Tells whether a function of one row is known to give the same values on both engines.
pub(super) fn is_of_one_row(name: &str) -> bool {
    ROW_FUNCTIONS.contains(&name)
}

struct Linter {
    place: Place,
    found: BTreeSet<(u64, String)>,
    depth: usize,
}

impl Linter {
    fn new(place: Place) -> Self {
        Self { place, found: BTreeSet::new(), depth: 0 }
    }

    fn add(&mut self, line: u64, what: impl Into<String>) {
        self.found.insert((line, what.into()));
    }

    fn check_top(&mut self, query: &SqlQuery) {
        let line = query.span().start.line;
        match (self.place, query.order_by.is_some()) {
            (Place::Result, false) => self.add(line, "a result needs an `order by` that ends with its key"),
            (Place::Ordered, false) => {
                self.add(line, "a table with an `order` needs an `order by` that gives it");
            }
            (Place::Table | Place::Staging, true) => {
                self.add(
                    line,
                    "`order by` belongs to results; other tables are ordered by their key when written",
                );
            }
            _ => {}
        }
        if let SetExpr::Select(select) = query.body.as_ref() {
            for item in &select.projection {
                if matches!(item, SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..)) {
                    self.add(select.span().start.line, "the final `select` lists its columns; no `*`");
                }
            }
        }
    }

    fn check_order(&mut self, order: &[OrderByExpr]) {
        for item in order {
            let is_descending = item.options.asc == Some(false);
            if is_descending && item.options.nulls_first.is_none() {
                self.add(
                    item.expr.span().start.line,
                    "`desc` puts NULLs first on one engine: write `nulls last`",
                );
            }
        }
    }

    fn check_function(&mut self, function: &Function) {
        let line = function.span().start.line;
        let name = function.name.to_string().to_lowercase();
        let is_known = is_of_many_rows(&name) || is_of_one_row(&name);
        let is_of_staging = self.place == Place::Staging && ["plain_number", "unnest"].contains(&&*name);
        if !is_known && !is_of_staging {
            self.add(
                line,
                format!(
                    "`{name}` is not in the portable subset: {}",
                    reason(&name).unwrap_or("it was not compared on both engines")
                ),
            );
        }
        if let Some(WindowType::WindowSpec(window)) = &function.over {
            self.check_order(&window.order_by);
            if window.order_by.is_empty()
                && matches!(name.as_str(), "row_number" | "lag" | "lead" | "first_value" | "last_value")
            {
                self.add(line, format!("`{name}` needs an `order by` in its window"));
            }
        }
    }
}

/// Says why a function is refused.
pub(super) fn reason(name: &str) -> Option<&'static str> {
    let reason = match name {
        "now" | "current_date" | "current_time" | "current_timestamp" | "localtimestamp" | "today" => {
            "a run must not depend on the clock; read the date from settings.policy"
        }
        "random" | "rand" | "uuid" | "gen_random_uuid" => "a run must give the same bytes again",
        "avg" | "mean" => "it truncates decimals on one engine; divide a sum by a count, both cast to double",
        "round" => "it differs between engines on ratios; round where a number is shown",
        "stddev" | "stddev_samp" | "stddev_pop" | "var" | "variance" | "var_samp" | "var_pop" => {
            "it sums floats; use exact sums of x and of x squared"
        }
        "percentile_cont" | "percentile_disc" | "quantile" | "quantile_cont" | "approx_percentile_cont" => {
            "it differs between engines; take the nearest rank by `row_number`"
        }
        "ntile" => "it splits ties; compare ranks with counts",
        _ => return None,
    };
    Some(reason)
}

impl Visitor for Linter {
    type Break = ();

    fn pre_visit_query(&mut self, query: &SqlQuery) -> ControlFlow<()> {
        let mut body = query.body.as_ref();
        let mut depth = 0;
        while let SetExpr::SetOperation { left, .. } = body {
            body = left;
            depth += 1;
        }
        if depth > MAX_DEPTH {
            self.add(0, format!("{depth} statements are joined by `union`; at most {MAX_DEPTH} can be"));
        }
        if query.limit_clause.is_some() || query.fetch.is_some() {
            self.add(
                query.span().start.line,
                "no `limit`: rank with a tie-break and compare the rank with a threshold",
            );
        }
        if let Some(order) = &query.order_by {
            match &order.kind {
                OrderByKind::Expressions(list) => self.check_order(list),
                OrderByKind::All(_) => {
                    self.add(query.span().start.line, "`order by all` hides the order; name the columns");
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        for window in &select.named_window {
            if let sqlparser::ast::NamedWindowExpr::WindowSpec(spec) = &window.1 {
                self.check_order(&spec.order_by);
            }
        }
        ControlFlow::Continue(())
    }

    fn post_visit_expr(&mut self, _: &Expr) -> ControlFlow<()> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.add(0, format!("an expression is nested more than {MAX_DEPTH} deep"));
            return ControlFlow::Break(());
        }
        match expression {
            Expr::Function(function) => self.check_function(function),
            Expr::BinaryOp { left, op: BinaryOperator::Divide, right }
                if !(is_double(left) && is_double(right)) =>
            {
                self.add(
                        expression.span().start.line,
                        "a ratio is `cast(a as double) / nullif(cast(b as double), 0)`: other divisions differ between engines",
                    );
            }
            Expr::Trim { trim_what: None, trim_characters: None, .. } => {
                self.add(
                    expression.span().start.line,
                    "a plain `trim` removes other blanks on each engine: list them, as in `trim(both ' ' from a)`",
                );
            }
            Expr::BinaryOp { op: BinaryOperator::Modulo, .. } => {
                self.add(expression.span().start.line, "`%` is not in the portable subset");
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_value(&mut self, value: &ValueWithSpan) -> ControlFlow<()> {
        match &value.value {
            Value::Number(number, _) if number.contains(['.', 'e', 'E']) => {
                self.add(
                    value.span.start.line,
                    format!("`{number}` is a double on one engine and a decimal on the other; thresholds come from settings.policy"),
                );
            }
            Value::Placeholder(name) => {
                self.add(value.span.start.line, format!("`{name}`: no placeholders, the file runs as it is"));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Recognises `cast(x as double)`, also inside `nullif(…, 0)`.
fn is_double(expression: &Expr) -> bool {
    match expression {
        Expr::Cast {
            kind: CastKind::Cast,
            data_type: DataType::Double(_) | DataType::DoublePrecision,
            ..
        } => true,
        Expr::Nested(inner) => is_double(inner),
        Expr::Function(function) if function.name.to_string().eq_ignore_ascii_case("nullif") => {
            let sqlparser::ast::FunctionArguments::List(list) = &function.args else {
                return false;
            };
            matches!(
                list.args.first(),
                Some(sqlparser::ast::FunctionArg::Unnamed(sqlparser::ast::FunctionArgExpr::Expr(first))) if is_double(first)
            )
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
