//! Questions that stand in no playbook: expressions that somebody has just written.

use crate::model::Activity;
use crate::segment::{CompileError, Expr, LooksBack, MAX_TEXT_BYTES, Predicate, Problem, Reach};

use super::diagnostic::{Code, Diagnostics};
use super::read::Playbook;
use super::reader::Reader;

impl Playbook {
    /// Compiles an expression as if it were a segment of this playbook: JSON when it begins with a
    /// brace, else text.
    ///
    /// ```
    /// # use enishi::playbook::Playbook;
    /// let playbook = Playbook::read("[shop]\nname = '縁'\nzone = 'Asia/Tokyo'\ncurrency = 'JPY'")?;
    /// let buyers = playbook.predicate("orders.count >= 2 and last order within 30d")?;
    /// assert_eq!(buyers.atoms(), 2);
    /// let faults = playbook.predicate("orders.count >= 2 and 購入額 > 0").unwrap_err();
    /// assert_eq!(faults[0].column, 23);
    /// // What nobody remembers would look as if it had never been.
    /// assert!(playbook.predicate("view within 30d").unwrap_err()[0].help.as_deref().unwrap().contains("[history]"));
    /// # Ok::<(), enishi::playbook::Diagnostics>(())
    /// ```
    ///
    /// # Errors
    /// Its faults, and what it looks back at farther than this playbook remembers.
    pub fn predicate(&self, expression: &str) -> Result<Predicate, Diagnostics> {
        let mut reader = Reader::new(expression);
        let predicate = read(&mut reader, expression).and_then(|(expr, places)| {
            let compiled = self.schema().compile(&expr);
            compiled.map_err(|errors| note(&mut reader, errors, &places)).ok()
        });
        for forgotten in predicate.iter().flat_map(|it| forgotten(it.looks_back(), self.looks_back())) {
            let message = format!("of {} less is remembered than is asked about", forgotten.what);
            let help = format!("under [history] of the playbook, set {}", forgotten.setting);
            reader.fault(Code::Forgotten, "", 0, message, Some(help));
        }
        let faults = reader.into_faults();
        match predicate {
            Some(predicate) if faults.is_empty() => Ok(predicate),
            _ => Err(Diagnostics::of_expression(faults)),
        }
    }
}

/// The expression, and for text the place of each condition.
fn read(reader: &mut Reader<'_>, text: &str) -> Option<(Expr, Vec<usize>)> {
    if !text.trim_start().starts_with('{') {
        let parsed = Expr::parse(text).map_err(|error| {
            reader.fault(Code::Expression, "", error.at, error.message, error.hint);
        });
        return parsed.ok().map(|parsed| (parsed.expr, parsed.places));
    }
    if text.len() > MAX_TEXT_BYTES {
        let message = format!("an expression of {} bytes: at most {MAX_TEXT_BYTES} are read", text.len());
        reader.fault(Code::TooLarge, "", 0, message, Some("give parts of it names as segments".into()));
        return None;
    }
    let json = serde_json::from_str(text).map_err(|error| {
        let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        reader.fault(Code::Syntax, "", line_start + error.column().saturating_sub(1), error.to_string(), None);
    });
    let expr = Expr::from_json(&json.ok()?).map_err(|error| {
        reader.fault(Code::Expression, &error.path, 0, error.message, None);
    });
    Some((expr.ok()?, Vec::new()))
}

fn note(reader: &mut Reader<'_>, errors: Vec<CompileError>, places: &[usize]) {
    for CompileError { atom, problem, hint, .. } in errors {
        let at = places.get(atom).copied().unwrap_or(0);
        reader.fault(Code::of(&problem), "", at, problem.to_string(), hint);
    }
}

/// Something that is asked about and not remembered far enough back.
struct Forgotten {
    what: String,
    /// `view = "90d"`
    setting: String,
}

fn forgotten(asked: &LooksBack, kept: &LooksBack) -> Vec<Forgotten> {
    let short = |asked: Reach, kept: Option<Reach>| kept.is_none_or(|kept| kept.join(asked) != kept);
    let mut found = Vec::new();
    for (activity, reach) in &asked.activities {
        if short(*reach, kept.activities.get(activity).copied()) {
            let setting = match activity {
                Activity::Event(name) => format!("events = {{ \"{name}\" = \"{}\" }}", setting(*reach)),
                _ => format!("{} = \"{}\"", key(activity), setting(*reach)),
            };
            found.push(Forgotten { what: format!("`{}`", key(activity)), setting });
        }
    }
    let messages = asked.messages.filter(|reach| short(*reach, kept.messages));
    // Deliveries are kept with the messages: `message` under [history] turns on both.
    let deliveries = Some(asked.messages.unwrap_or(Reach::Forever)).filter(|_| asked.deliveries && !kept.deliveries);
    if let Some(reach) = messages.or(deliveries) {
        found.push(Forgotten { what: "`message`".into(), setting: format!("message = \"{}\"", setting(reach)) });
    }
    found
}

/// What [history] calls it.
fn key(activity: &Activity) -> &str {
    match activity {
        Activity::View => "view",
        Activity::Click => "click",
        Activity::Reply => "reply",
        Activity::Postback => "postback",
        Activity::Cart => "cart",
        Activity::Event(name) => name.as_str(),
    }
}

/// [history] knows lengths of time and `ever`; what was since an instant is only in the latter for good.
fn setting(reach: Reach) -> String {
    match reach {
        Reach::For(span) => span.to_string(),
        Reach::Since(_) | Reach::Forever => "ever".into(),
    }
}

impl Code {
    pub(super) const fn of(problem: &Problem) -> Self {
        match problem {
            Problem::Unknown { .. } => Self::UnknownName,
            Problem::TooLarge => Self::TooLarge,
            _ => Self::Expression,
        }
    }
}
