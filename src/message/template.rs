//! Text with placeholders.

use core::fmt;

use crate::model::{AttributeName, CouponName};

/// A text with places to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole { placeholder: Placeholder, otherwise: Option<String> },
}

/// What a place is filled with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Placeholder {
    /// `{shop.name}`
    ShopName,
    /// `{shop.url}`
    ShopUrl,
    /// `{friend.…}`: an attribute.
    Friend(AttributeName),
    /// `{coupon.….code}`, `{coupon.….until}`: of the coupon last issued to the friend.
    Coupon(CouponName, CouponField),
    /// `{about}`: what the run is about, where it is about something: the id of an order, a product.
    About,
}

/// What of a coupon is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CouponField {
    /// The code to type in.
    Code,
    /// When it ends to be valid, as date and time in the shop's zone: `2026/04/15 10:00`.
    Until,
}

impl Template {
    /// Reads a text with placeholders.
    ///
    /// # Errors
    /// The first mistake in a placeholder.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(brace) = rest.find(['{', '}']) {
            plain.push_str(&rest[..brace]);
            let (here, after) = (&rest[brace..brace + 1], &rest[brace + 1..]);
            if after.starts_with(here) {
                plain.push_str(here);
                rest = &after[1..];
                continue;
            }
            if here == "}" {
                return Err(TemplateError::Unopened);
            }
            let end = after.find('}').ok_or(TemplateError::Unclosed)?;
            if !plain.is_empty() {
                parts.push(Part::Text(core::mem::take(&mut plain)));
            }
            parts.push(hole(&after[..end])?);
            rest = &after[end + 1..];
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// What the text asks for.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.0.iter().filter_map(|part| match part {
            Part::Hole { placeholder, .. } => Some(placeholder),
            Part::Text(_) => None,
        })
    }

    /// The text filled in by `lookup`.
    ///
    /// # Errors
    /// The first placeholder that is not known and has no text for that case.
    pub fn render(&self, lookup: &dyn Fn(&Placeholder) -> Option<String>) -> Result<String, Placeholder> {
        self.0.iter().try_fold(String::new(), |mut text, part| {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Hole { placeholder, otherwise } => {
                    let known = lookup(placeholder).or_else(|| otherwise.clone());
                    text.push_str(&known.ok_or_else(|| placeholder.clone())?);
                }
            }
            Ok(text)
        })
    }
}

fn hole(inside: &str) -> Result<Part, TemplateError> {
    let (path, otherwise) = match inside.split_once('|') {
        Some((path, otherwise)) => (path, Some(otherwise.to_owned())),
        None => (inside, None),
    };
    let unknown = || TemplateError::Unknown { written: path.chars().take(100).collect() };
    if path.trim() == "about" {
        return Ok(Part::Hole { placeholder: Placeholder::About, otherwise });
    }
    let (subject, rest) = path.trim().split_once('.').ok_or_else(unknown)?;
    let placeholder = match subject {
        "shop" if rest == "name" => Placeholder::ShopName,
        "shop" if rest == "url" => Placeholder::ShopUrl,
        "friend" => Placeholder::Friend(AttributeName::new(rest).map_err(|_| unknown())?),
        "coupon" => {
            let (name, field) = rest.rsplit_once('.').ok_or_else(unknown)?;
            let field = match field {
                "code" => CouponField::Code,
                "until" => CouponField::Until,
                _ => return Err(unknown()),
            };
            Placeholder::Coupon(CouponName::new(name).map_err(|_| unknown())?, field)
        }
        _ => return Err(unknown()),
    };
    Ok(Part::Hole { placeholder, otherwise })
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ShopName => f.write_str("shop.name"),
            Self::ShopUrl => f.write_str("shop.url"),
            Self::About => f.write_str("about"),
            Self::Friend(name) => write!(f, "friend.{name}"),
            Self::Coupon(name, CouponField::Code) => write!(f, "coupon.{name}.code"),
            Self::Coupon(name, CouponField::Until) => write!(f, "coupon.{name}.until"),
        }
    }
}

/// A mistake in a placeholder.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// `{` without `}`.
    #[error("`{{` is not closed: write `}}` after the placeholder, or `{{{{` for a brace")]
    Unclosed,
    /// `}` without `{`.
    #[error("`}}` closes nothing: write `}}}}` for a brace")]
    Unopened,
    /// Something that nothing fills in.
    #[error(
        "`{{{written}}}` is no placeholder: there are {{shop.name}}, {{shop.url}}, {{friend.ATTRIBUTE}}, \
         {{about}}, {{coupon.NAME.code}} and {{coupon.NAME.until}}"
    )]
    Unknown {
        /// What was written.
        written: String,
    },
}
