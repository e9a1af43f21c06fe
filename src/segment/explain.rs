//! Why an expression holds for a friend, or does not, and what would have to be different.

use core::fmt;

use serde_json::{Value as Json, json};

use crate::model::{Friend, Timestamp, Zone};

use super::predicate::{Node, Predicate, Question};
use super::syntax::Expr;

/// How often the future is looked into for the instant at which a whole expression turns.
const LOOKS_AHEAD: usize = 1000;

/// Why an expression holds for a friend, or does not: a tree of the shape of the expression.
///
/// Written out with [`Display`](fmt::Display), one line a condition; those marked `*` decide.
///
/// ```
/// use enishi::model::{Friend, FriendId, FriendKey, Zone};
/// use enishi::segment::{Expr, Schema};
/// let schema = Schema::new(Zone::TOKYO);
/// let asked = schema.compile(&Expr::parse("order within 30d or not line is following")?.expr).unwrap();
/// let friend = Friend::new(FriendId(1), FriendKey::new("eccube:customer:7")?);
/// let why = asked.explain(&friend, "2026-04-01T12:00:00+09:00".parse()?);
/// assert_eq!(why.to_string(), "\
/// * yes  any of
///     no   order within 30d: 0
/// *   yes  not
/// *     no   line is following: never followed; to turn: line is following
/// ");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// What is explained.
    pub part: Part,
    /// Does it hold?
    pub holds: bool,
    /// Would the whole be otherwise if this were, given the rest? At the top always.
    pub decides: bool,
    /// The instant at which it turns though nothing happens; of the whole and of conditions that decide.
    pub turns_at: Option<Timestamp>,
    /// Its parts.
    pub parts: Vec<Explanation>,
    zone: Zone,
}

/// What is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// Every part has to hold.
    All,
    /// Some part has to hold.
    Any,
    /// The part must not hold.
    Not,
    /// Another segment, or a derived tag, as it is referred to; its one part is what it says.
    Segment {
        /// The reference in canonical text.
        text: String,
    },
    /// A single condition.
    Condition {
        /// The condition in canonical text.
        text: String,
        /// The value it saw.
        saw: String,
        /// What would have to be so for it to turn, with dates in place of lengths of time; when it decides.
        needs: Option<String>,
    },
}

impl Predicate {
    /// Why the expression holds for this friend at `now`, or does not. Says the same as
    /// [`matches`](Self::matches), more slowly: every condition is looked at.
    pub fn explain(&self, friend: &Friend, now: Timestamp) -> Explanation {
        let ask = Question { friend, now, zone: &self.zone };
        let mut whole = self.explained(&ask, true);
        whole.turns_at = self.turns(&ask, whole.holds);
        whole
    }

    fn explained(&self, ask: &Question<'_>, decides: bool) -> Explanation {
        Explainer { ask, predicate: self }.explain(&self.expr, &self.root, decides)
    }

    /// Follows the bounds that [`next_change`](Self::next_change) gives to the first at which the answer is another.
    fn turns(&self, ask: &Question<'_>, holds: bool) -> Option<Timestamp> {
        let mut ask = *ask;
        for _ in 0..LOOKS_AHEAD {
            ask.now = self.root.next_change(&ask)?;
            if self.root.holds(&ask) != holds {
                return Some(ask.now);
            }
        }
        None
    }
}

struct Explainer<'a> {
    ask: &'a Question<'a>,
    predicate: &'a Predicate,
}

impl Explainer<'_> {
    fn explain(&self, expr: &Expr, node: &Node, decides: bool) -> Explanation {
        let ask = self.ask;
        let holds = node.holds(ask);
        let explanation = |part: Part, parts: Vec<Explanation>| {
            let turns_at = None;
            Explanation { part, holds, decides, turns_at, parts, zone: *ask.zone }
        };
        match (expr, node) {
            (Expr::All(exprs), Node::All(nodes)) => explanation(Part::All, self.parts(exprs, nodes, holds, decides)),
            (Expr::Any(exprs), Node::Any(nodes)) => explanation(Part::Any, self.parts(exprs, nodes, holds, decides)),
            (Expr::Not(expr), Node::Not(node)) => explanation(Part::Not, vec![self.explain(expr, node, decides)]),
            (expr, Node::Segment(predicate)) => {
                explanation(Part::Segment { text: expr.to_string() }, vec![predicate.explained(ask, decides)])
            }
            (expr, node) => {
                let text = expr.to_string();
                let needs = decides.then(|| {
                    let absolute = match expr {
                        Expr::Atom(atom) => self.predicate.absolute(atom, node, ask),
                        _ => text.clone(),
                    };
                    if holds { format!("not {absolute}") } else { absolute }
                });
                let saw = self.predicate.saw(node, ask);
                let mut condition = explanation(Part::Condition { text, saw, needs }, Vec::new());
                condition.turns_at = if decides { node.next_change(ask) } else { None };
                condition
            }
        }
    }

    /// A part decides where the whole does and is so because the part is.
    fn parts(&self, exprs: &[Expr], nodes: &[Node], holds: bool, decides: bool) -> Vec<Explanation> {
        let explain = |(expr, node): (&Expr, &Node)| {
            let decides = decides && node.holds(self.ask) == holds;
            self.explain(expr, node, decides)
        };
        exprs.iter().zip(nodes).map(explain).collect()
    }
}

impl Explanation {
    /// The tree as JSON: `holds`, `decides`, and where they are known `condition`, `saw`, `needs`, `turns_at`
    /// (RFC 3339), `parts`.
    pub fn to_json(&self) -> Json {
        let mut json = json!({ "holds": self.holds, "decides": self.decides });
        let kind = match &self.part {
            Part::All => "and",
            Part::Any => "or",
            Part::Not => "not",
            Part::Segment { text } => {
                json["condition"] = json!(text);
                "segment"
            }
            Part::Condition { text, saw, needs } => {
                json["condition"] = json!(text);
                json["saw"] = json!(saw);
                if let Some(needs) = needs {
                    json["needs"] = json!(needs);
                }
                "condition"
            }
        };
        json["kind"] = json!(kind);
        if let Some(at) = self.turns_at {
            json["turns_at"] = json!(at.to_string());
        }
        if !self.parts.is_empty() {
            json["parts"] = self.parts.iter().map(Self::to_json).collect();
        }
        json
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let (mark, verdict) = (if self.decides { '*' } else { ' ' }, if self.holds { "yes" } else { "no " });
        write!(f, "{mark} {:indent$}{verdict}  ", "", indent = 2 * depth)?;
        match &self.part {
            Part::All => f.write_str("all of")?,
            Part::Any => f.write_str("any of")?,
            Part::Not => f.write_str("not")?,
            Part::Segment { text } => f.write_str(text)?,
            Part::Condition { text, saw, needs } => {
                write!(f, "{text}: {saw}")?;
                if let Some(needs) = needs {
                    write!(f, "; to turn: {needs}")?;
                }
            }
        }
        if let Some(at) = self.turns_at {
            let turns = if self.holds { "holds until" } else { "would hold from" };
            write!(f, "; {turns} {}", self.zone.show(at))?;
        }
        writeln!(f)?;
        self.parts.iter().try_for_each(|part| part.write(f, depth + 1))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}
