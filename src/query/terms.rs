//! The terms of a sum: what of an expression is added up, and under which condition.

use std::ops::ControlFlow;

use sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator,
    Value, visit_expressions,
};

/// One term.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// What is added, whatever decides whether it is.
    pub(super) amount: Expr,
    /// The same with the conditions under which it is.
    pub(super) value: Expr,
}

impl Term {
    fn whole(expression: &Expr) -> Self {
        Self { amount: expression.clone(), value: expression.clone() }
    }
}

/// The terms of an expression, without their signs. `a * (b - c)` has two; `a * (1 - b)` is one, for its factor is a share.
pub(super) fn terms(expression: &Expr) -> Vec<Term> {
    match expression {
        Expr::Nested(inner)
        | Expr::UnaryOp { op: UnaryOperator::Minus | UnaryOperator::Plus, expr: inner } => terms(inner),
        Expr::Cast { expr: inner, .. } => {
            let of_type = |value: &Expr| {
                let mut cast = expression.clone();
                if let Expr::Cast { expr: inner, .. } = &mut cast {
                    **inner = value.clone();
                }
                cast
            };
            let cast = |term: Term| Term { amount: of_type(&term.amount), value: of_type(&term.value) };
            terms(inner).into_iter().map(cast).collect()
        }
        Expr::BinaryOp { left, op: BinaryOperator::Plus | BinaryOperator::Minus, right } => {
            [terms(left), terms(right)].concat()
        }
        Expr::BinaryOp { left, op: BinaryOperator::Multiply, right } => {
            let rights = factor(right);
            let product = |left: &Term| {
                let with = |right: &Term| Term {
                    amount: operation(&left.amount, BinaryOperator::Multiply, &right.amount),
                    value: operation(&left.value, BinaryOperator::Multiply, &right.value),
                };
                rights.iter().map(with).collect::<Vec<_>>()
            };
            factor(left).iter().flat_map(product).collect()
        }
        Expr::BinaryOp { left, op: BinaryOperator::Divide, right } => {
            let share = |term: Term| Term {
                amount: operation(&term.amount, BinaryOperator::Divide, right),
                value: operation(&term.value, BinaryOperator::Divide, right),
            };
            factor(left).into_iter().map(share).collect()
        }
        Expr::Case { conditions, else_result, .. } => {
            let chosen = |(place, result): (usize, &Expr)| {
                let only = |term: Term| Term { value: case(expression, place, &term.value), ..term };
                terms(result).into_iter().map(only).collect::<Vec<_>>()
            };
            let results = conditions.iter().map(|when| &when.result).chain(else_result.as_deref());
            results.enumerate().flat_map(chosen).collect()
        }
        Expr::Function(call) => {
            let (name, arguments) = arguments(call);
            match (name.as_str(), arguments.as_slice()) {
                ("round", [first, ..]) => terms(first),
                // One of many rows gives its amount to all.
                ("max" | "min" | "avg" | "first_value" | "last_value", [first, ..])
                    if call.over.is_some() =>
                {
                    vec![Term { amount: (*first).clone(), value: expression.clone() }]
                }
                ("coalesce", [first, rest @ ..]) => {
                    let missing = |other: &&Expr| {
                        let only = |term: Term| Term { value: when_missing(first, &term.value), ..term };
                        terms(other).into_iter().map(only).collect::<Vec<_>>()
                    };
                    terms(first).into_iter().chain(rest.iter().flat_map(missing)).collect()
                }
                _ => vec![Term::whole(expression)],
            }
        }
        _ => vec![Term::whole(expression)],
    }
}

/// The terms of a factor; one where a number is among them, for it is a share then.
fn factor(expression: &Expr) -> Vec<Term> {
    let terms = terms(expression);
    let is_share = terms.len() > 1 && terms.iter().any(|term| !has_columns(&term.amount));
    if is_share { vec![Term::whole(expression)] } else { terms }
}

/// What is multiplied; what it is divided by is left out.
pub(super) fn factors(expression: &Expr) -> Vec<&Expr> {
    match expression {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => factors(inner),
        Expr::BinaryOp { left, op: BinaryOperator::Multiply, right } => {
            [factors(left), factors(right)].concat()
        }
        Expr::BinaryOp { left, op: BinaryOperator::Divide, .. } => factors(left),
        other => vec![other],
    }
}

/// The product of factors.
pub(super) fn product<'e>(factors: impl IntoIterator<Item = &'e Expr>) -> Option<Expr> {
    let all = factors.into_iter().cloned();
    all.reduce(|product, factor| operation(&product, BinaryOperator::Multiply, &factor))
}

/// What is divided by, numbers left out.
pub(super) fn divisors(expression: &Expr) -> Vec<Expr> {
    let mut found = Vec::new();
    let _: ControlFlow<()> = visit_expressions(expression, |part| {
        if let Expr::BinaryOp { op: BinaryOperator::Divide, right, .. } = part
            && !is_number(right)
        {
            found.push(right.as_ref().clone());
        }
        ControlFlow::Continue(())
    });
    found
}

/// Whether a value takes many rows.
pub(super) fn is_of_many_rows(expression: &Expr) -> bool {
    let found = visit_expressions(expression, |part| match part {
        Expr::Function(call) if call.over.is_some() || super::relations::is_of_many_rows(call) => {
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    });
    found.is_break()
}

fn is_number(expression: &Expr) -> bool {
    !has_columns(expression) && !is_of_many_rows(expression)
}

fn has_columns(expression: &Expr) -> bool {
    !columns(expression).is_empty()
}

/// The columns that an expression reads.
pub(super) fn columns(expression: &Expr) -> Vec<Expr> {
    let mut found = Vec::new();
    let _: ControlFlow<()> = visit_expressions(expression, |part| {
        if matches!(part, Expr::Identifier(_) | Expr::CompoundIdentifier(_)) {
            found.push(part.clone());
        }
        ControlFlow::Continue(())
    });
    found
}

fn operation(left: &Expr, op: BinaryOperator, right: &Expr) -> Expr {
    let nested = |side: &Expr| match side {
        Expr::BinaryOp { .. } => Box::new(Expr::Nested(Box::new(side.clone()))),
        _ => Box::new(side.clone()),
    };
    Expr::BinaryOp { left: nested(left), op, right: nested(right) }
}

/// The `case` with this result at one place, and none at the others.
fn case(expression: &Expr, place: usize, result: &Expr) -> Expr {
    let mut made = expression.clone();
    if let Expr::Case { conditions, else_result, .. } = &mut made {
        let count = conditions.len();
        for (number, when) in conditions.iter_mut().enumerate() {
            when.result = if number == place { result.clone() } else { Expr::value(Value::Null) };
        }
        *else_result = (place == count).then(|| Box::new(result.clone()));
    }
    made
}

fn when_missing(first: &Expr, result: &Expr) -> Expr {
    Expr::Case {
        case_token: sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
        end_token: sqlparser::ast::helpers::attached_token::AttachedToken::empty(),
        operand: None,
        conditions: vec![CaseWhen {
            condition: Expr::IsNull(Box::new(Expr::Nested(Box::new(first.clone())))),
            result: result.clone(),
        }],
        else_result: None,
    }
}

/// The name of a call and its arguments, where all are expressions.
fn arguments(call: &Function) -> (String, Vec<&Expr>) {
    let FunctionArguments::List(list) = &call.args else { return (String::new(), Vec::new()) };
    let each = list.args.iter().map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => Some(value),
        _ => None,
    });
    (call.name.to_string().to_lowercase(), each.collect::<Option<_>>().unwrap_or_default())
}
