//! What is wrong with a playbook, told so that a person can mend it.

use core::fmt;
use core::ops::Deref;

use serde::{Serialize, Serializer};

/// One fault of a playbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// What kind of fault; stable.
    pub code: Code,
    /// Where in the document: `scenarios.welcome.steps[2].if`.
    pub path: String,
    /// The preset in whose text it stands; none for the shop's own text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<&'static str>,
    /// Line of that text, from 1.
    pub line: usize,
    /// Column of the line, in characters from 1.
    pub column: usize,
    /// That line, as it stands in the text, cut at 200 characters.
    pub source: String,
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub help: Option<String>,
}

/// The kinds of faults. Never renumbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// The text is no TOML or JSON.
    Syntax,
    /// Something has to be there and is not.
    Missing,
    /// A key that means nothing here.
    UnknownKey,
    /// Of another type than is needed.
    Type,
    /// An expression that cannot be read.
    Expression,
    /// A value that cannot be.
    Value,
    /// A name that is declared nowhere.
    UnknownName,
    /// Segments that refer to themselves in a circle.
    Cycle,
    /// A name given twice.
    Duplicate,
    /// A step nothing leads to, or a jump that leads back.
    Flow,
    /// Larger than is read.
    TooLarge,
    /// More of the past is asked about than is remembered.
    Forgotten,
}

impl Code {
    /// The code as it is shown: `E06`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "E01",
            Self::Missing => "E02",
            Self::UnknownKey => "E03",
            Self::Type => "E04",
            Self::Expression => "E05",
            Self::Value => "E06",
            Self::UnknownName => "E07",
            Self::Cycle => "E08",
            Self::Duplicate => "E09",
            Self::Flow => "E10",
            Self::TooLarge => "E11",
            Self::Forgotten => "E12",
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Diagnostic {
    /// In the manner of compilers: the fault, its place, the line with a mark below, and the help.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let margin = self.line.to_string().len();
        writeln!(f, "error[{}]: {}", self.code.as_str(), self.message)?;
        let colon = if self.path.is_empty() { "" } else { ": " };
        let preset = self.preset.map(|name| format!("preset {name}, ")).unwrap_or_default();
        writeln!(f, "{:margin$}--> {preset}line {}, column {}{colon}{}", "", self.line, self.column, self.path)?;
        writeln!(f, "{:margin$} |", "")?;
        writeln!(f, "{} | {}", self.line, self.source)?;
        let before: String = self.source.chars().take(self.column - 1).map(as_blank).collect();
        write!(f, "{:margin$} | {before}^", "")?;
        match &self.help {
            Some(help) => write!(f, " {help}"),
            None => Ok(()),
        }
    }
}

/// White space as wide as the character, so that the mark stands below Japanese text too.
fn as_blank(c: char) -> char {
    match c {
        '\t' => '\t',
        c if c.is_ascii() => ' ',
        _ => '\u{3000}',
    }
}

/// Every fault of a playbook, or of an expression, in the order of the text, and after it those in the texts of
/// presets. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    faults: Vec<Diagnostic>,
    /// Whose faults they are.
    of: &'static str,
}

impl Diagnostics {
    pub(super) fn new(faults: Vec<Diagnostic>) -> Self {
        Self::of("playbook", faults)
    }

    pub(super) fn of_expression(faults: Vec<Diagnostic>) -> Self {
        Self::of("expression", faults)
    }

    fn of(of: &'static str, mut faults: Vec<Diagnostic>) -> Self {
        let place = |fault: &Diagnostic| (fault.preset, fault.line, fault.column, fault.code);
        faults.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.path.cmp(&b.path)));
        Self { faults, of }
    }

    /// All of them as a JSON array, one object each.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.faults).expect("a diagnostic has only string keys")
    }
}

impl Deref for Diagnostics {
    type Target = [Diagnostic];
    fn deref(&self) -> &[Diagnostic] {
        &self.faults
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            writeln!(f, "{fault}\n")?;
        }
        let s = if self.faults.len() == 1 { "" } else { "s" };
        write!(f, "the {} has {} fault{s}", self.of, self.faults.len())
    }
}

impl core::error::Error for Diagnostics {}
