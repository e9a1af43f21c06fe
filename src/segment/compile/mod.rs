//! Checking an expression against what the shop has declared.

mod atoms;
mod counted;
mod ranks;
mod values;

use std::sync::Arc;

use crate::model::{History, ValueKind};

use super::Schema;
use super::looks_back::LooksBack;
use super::predicate::{Node, Predicate};
use super::syntax::Expr;

/// The most conditions one expression may come to, referenced segments counted in full. It bounds
/// what one evaluation can cost however segments refer to each other.
pub const MAX_ATOMS: usize = 10_000;

/// The deepest nesting, referenced segments included: evaluation is recursive.
const MAX_NESTING: usize = 256;

/// After so many faults the rest of an expression is not looked at.
const MOST_FAULTS: usize = 100;

impl Schema {
    /// Checks an expression.
    ///
    /// # Errors
    /// Every fault at once, from left to right.
    pub fn compile(&self, expr: &Expr) -> Result<Predicate, Vec<CompileError>> {
        let mut compiler = Compiler {
            schema: self,
            faults: Vec::new(),
            atom: 0,
            weight: 0,
            referred: 0,
            looks_back: LooksBack::default(),
        };
        let root = compiler.node(expr);
        let depth = expr.depth() + compiler.referred;
        if compiler.weight > MAX_ATOMS || depth > MAX_NESTING {
            compiler.faults.push(CompileError { atom: 0, problem: Problem::TooLarge, hint: None });
        }
        match root {
            Some(root) if compiler.faults.is_empty() => Ok(Predicate {
                expr: Arc::new(expr.clone()),
                root: Arc::new(root),
                zone: self.zone,
                currency: self.currency,
                looks_back: Arc::new(compiler.looks_back),
                atoms: compiler.weight,
                depth,
            }),
            _ => Err(compiler.faults),
        }
    }
}

/// A fault of an expression whose grammar is right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}{}", .hint.as_ref().map(|h| format!(" ({h})")).unwrap_or_default())]
#[non_exhaustive]
pub struct CompileError {
    /// Which condition, from 0, counted from left to right: an index into
    /// [`Parsed::places`](super::Parsed::places).
    pub atom: usize,
    /// What is wrong.
    pub problem: Problem,
    /// What would be right.
    pub hint: Option<String>,
}

/// What can be wrong with a condition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A name nobody declared.
    #[error("there is no {what} '{name}'")]
    Unknown {
        /// What kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A value of another kind than the attribute's.
    #[error("{what} holds a {is}, not a {written}")]
    Kind {
        /// Of what.
        what: String,
        /// Its kind.
        is: ValueKind,
        /// The kind written.
        written: ValueKind,
    },
    /// A choice the attribute does not have.
    #[error("{what} is never '{value}'")]
    Choice {
        /// Of what.
        what: String,
        /// The choice written.
        value: String,
    },
    /// Less or more of something that has no order.
    #[error("`{sign}` asks for an order that {what} does not have")]
    Unordered {
        /// The comparison.
        sign: &'static str,
        /// What it was asked of.
        what: String,
    },
    /// A test that means nothing for such a value.
    #[error("{what} cannot be asked whether it {test}")]
    Test {
        /// What it was asked of.
        what: String,
        /// The test, as a verb.
        test: &'static str,
    },
    /// An amount the currency cannot have.
    #[error("{0}")]
    Money(crate::model::MoneyError),
    /// Something is asked of occurrences that have no such thing.
    #[error("{of} have no {field}")]
    Field {
        /// What was asked about.
        field: String,
        /// Of what.
        of: &'static str,
    },
    /// Something that is no number is to be added up.
    #[error("`{field}` cannot be added up")]
    Sum {
        /// What.
        field: String,
    },
    /// A comparison with more than is remembered of one activity.
    #[error("of one activity the latest {} are remembered: no more can be asked for", History::KEPT)]
    TooMany,
    /// A window beside something that says itself when it is, or an end of something that has no instant.
    #[error("a coupon that {state} cannot be asked when it was")]
    NoInstant {
        /// How the coupon stands.
        state: &'static str,
    },
    /// A tag nobody puts on is asked when it was put on.
    #[error("tag '{name}' is derived, so nobody put it on at any time")]
    Derived {
        /// Which.
        name: String,
    },
    /// A rank the shop has no rule for.
    #[error("the shop does not rank its customers by {by}")]
    NoRank {
        /// What was asked for.
        by: &'static str,
    },
    /// Over [`MAX_ATOMS`], or nested too deep through the segments it refers to.
    #[error(
        "with the segments it refers to, the expression comes to more than {MAX_ATOMS} conditions or {MAX_NESTING} levels"
    )]
    TooLarge,
}

/// A problem, and what would be right.
type Fault = (Problem, Option<String>);

struct Compiler<'a> {
    schema: &'a Schema,
    faults: Vec<CompileError>,
    atom: usize,
    weight: usize,
    /// The deepest of the segments referred to, and the step down to it.
    referred: usize,
    looks_back: LooksBack,
}

impl Compiler<'_> {
    fn node(&mut self, expr: &Expr) -> Option<Node> {
        match expr {
            Expr::All(parts) => self.nodes(parts).map(Node::All),
            Expr::Any(parts) => self.nodes(parts).map(Node::Any),
            Expr::Not(inner) => self.node(inner).map(|inner| Node::Not(Box::new(inner))),
            Expr::Atom(atom) => {
                self.weight = self.weight.saturating_add(1);
                if self.faults.len() >= MOST_FAULTS {
                    return None;
                }
                let checked = self.atom(atom);
                let index = self.atom;
                self.atom += 1;
                checked.map_err(|(problem, hint)| self.faults.push(CompileError { atom: index, problem, hint })).ok()
            }
        }
    }

    /// Goes on after a fault, so that all are reported at once.
    fn nodes(&mut self, parts: &[Expr]) -> Option<Box<[Node]>> {
        let nodes: Vec<_> = parts.iter().map(|part| self.node(part)).collect();
        nodes.into_iter().collect()
    }

    /// Takes in what another predicate comes to.
    fn refer(&mut self, predicate: &Predicate) -> Node {
        self.weight = self.weight.saturating_add(predicate.atoms);
        self.referred = self.referred.max(predicate.depth + 1);
        self.looks_back.join(&predicate.looks_back);
        Node::Segment(predicate.clone())
    }
}

fn unknown<'a>(what: &'static str, name: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let hint = nearest(name, known).map(|near| format!("did you mean '{near}'?"));
    (Problem::Unknown { what, name: name.into() }, hint)
}

/// The known name a person most likely meant, if one is near enough; capital or not is no matter. Looks at 500 names of about the
/// same length at most, so that a flood of mistakes stays cheap.
pub fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 64;
    let length = written.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        return None;
    }
    // Half the letters may differ, at most three: 「スキンケア」 for 「スキンケヤ」, `gender` for `gendr`.
    let most = (length / 2).min(3);
    let similar = |name: &&str| name.len() <= 4 * LONGEST && name.chars().count().abs_diff(length) <= most;
    let plain = written.to_lowercase();
    let ranked = known.filter(similar).take(500).map(|name| (strsim::osa_distance(&plain, &name.to_lowercase()), name));
    ranked.min().filter(|(distance, _)| *distance <= most).map(|(_, name)| name)
}
