//! One condition.

use crate::model::{AttributeName, ChannelName, SegmentName, TagName, ValueKind};
use crate::segment::calendar::DateTest;
use crate::segment::occurrences::Noun;
use crate::segment::predicate::{Node, Tag};
use crate::segment::range::Range;
use crate::segment::reorder::Reorder;
use crate::segment::sample::Sample;
use crate::segment::syntax::{AgeTest, Atom, TagChoice};
use crate::segment::{AttributeType, TagRule};

use super::values::{money, of_text, typed};
use super::{Compiler, Fault, Problem, unknown};

impl Compiler<'_> {
    pub(super) fn atom(&mut self, atom: &Atom) -> Result<Node, Fault> {
        let schema = self.schema;
        let zone = &schema.zone;
        Ok(match atom {
            Atom::Measure { of, measure, is, value } => self.measure(of, measure, *is, *value)?,
            Atom::Ends { which, of, test } => self.ends(*which, of, *test)?,
            Atom::Sequence(sequence) => self.sequence(sequence)?,
            Atom::Tag { tag, held } => self.tag(tag, *held)?,
            Atom::Line(state) => Node::Line(*state),
            Atom::Reachable(channel) => {
                if !schema.channels.contains(channel) {
                    return Err(unknown("channel", channel.as_str(), schema.channels.iter().map(ChannelName::as_str)));
                }
                Node::Reachable(channel.clone())
            }
            Atom::Contact { event, test } => Node::Contact { event: *event, window: Range::of(*test, zone) },
            Atom::Route(test) => Node::Route(of_text("route", test, schema)?),
            Atom::UnknownRoute => Node::UnknownRoute,
            Atom::Attribute { name, test } => {
                let known = self.attribute(name)?;
                Node::Attribute {
                    name: name.clone(),
                    test: typed(&format!("attribute '{name}'"), known, test, schema)?,
                }
            }
            Atom::Unknown(name) => {
                self.attribute(name)?;
                Node::Unknown(name.clone())
            }
            Atom::Age { name, is, value } => self.date(name, DateTest::Age(*is, *value))?,
            Atom::Days { name, toward, is, value } => self.date(name, DateTest::Days(*toward, *is, *value))?,
            Atom::Anniversary { name, test } => self.date(name, DateTest::Anniversary(*test))?,
            Atom::CartFilled(filled) => Node::CartFilled(*filled),
            Atom::CartTotal { is, value } => Node::CartTotal { is: *is, value: money(*value, schema)? },
            Atom::Rank(test) => self.rank(test)?,
            Atom::Reorder { of, test } => Node::Reorder(Box::new(Reorder::new(&schema.cycles, of, *test))),
            Atom::Sample { share, of } => Node::Sample(Sample::new(*share, of)),
            Atom::Segment(name) => {
                let known = schema.segments.keys().map(SegmentName::as_str);
                let predicate = schema.segments.get(name).ok_or_else(|| unknown("segment", name.as_str(), known))?;
                self.refer(predicate)
            }
        })
    }

    fn tag(&mut self, tag: &TagChoice, held: Option<AgeTest>) -> Result<Node, Fault> {
        let tags = &self.schema.tags;
        match tag {
            TagChoice::Named(name) => match tags.get(name) {
                Some(rule) => self.tag_node(name, rule, held),
                None => Err(unknown("tag", name.as_str(), tags.keys().map(TagName::as_str))),
            },
            TagChoice::Category(category) => {
                let of_it = tags.iter().filter(|(_, rule)| rule.category.as_ref() == Some(category));
                let nodes: Vec<_> =
                    of_it.map(|(name, rule)| self.tag_node(name, rule, held)).collect::<Result<_, _>>()?;
                if nodes.is_empty() {
                    let known = tags.values().filter_map(|rule| rule.category.as_deref());
                    return Err(unknown("category of tags", category, known));
                }
                self.weight = self.weight.saturating_add(nodes.len() - 1);
                Ok(Node::TagOf(nodes.into()))
            }
        }
    }

    fn tag_node(&mut self, name: &TagName, rule: &TagRule, held: Option<AgeTest>) -> Result<Node, Fault> {
        match (&rule.when, held) {
            (Some(_), Some(_)) => Err((Problem::Derived { name: name.to_string() }, None)),
            (Some(when), None) => Ok(self.refer(when)),
            (None, held) => Ok(Node::Tag(Tag {
                name: name.clone(),
                expires: rule.expires,
                held: held.map(|test| Range::of(test, &self.schema.zone)),
            })),
        }
    }

    fn attribute(&self, name: &AttributeName) -> Result<&AttributeType, Fault> {
        let attributes = &self.schema.attributes;
        attributes.get(name).ok_or_else(|| {
            let words = [
                "orders.count",
                "orders.total",
                "order",
                "click",
                "view",
                "message",
                "event",
                "tag",
                "line",
                "route",
                "segment",
                "coupon",
                "unknown",
                "cart",
                "age",
                "anniversary",
                "rfm",
                "cpm",
                "decile",
                "reorder",
                "sample",
            ];
            if Noun::many(name.as_str()).is_some() {
                let hint = format!("did you mean '{name}.count'?");
                return (Problem::Unknown { what: "attribute", name: name.to_string() }, Some(hint));
            }
            unknown("attribute", name.as_str(), attributes.keys().map(AttributeName::as_str).chain(words))
        })
    }

    fn date(&self, name: &AttributeName, test: DateTest) -> Result<Node, Fault> {
        let is = self.attribute(name)?.kind();
        if is != ValueKind::Date {
            let problem = Problem::Kind { what: format!("attribute '{name}'"), is, written: ValueKind::Date };
            return Err((problem, Some("only a date has years and days".into())));
        }
        Ok(Node::Date { name: name.clone(), test })
    }
}
