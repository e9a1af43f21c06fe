//! What was measured and what was answered.

use std::collections::BTreeMap;

/// CPU times and answers of all works by all contenders.
#[derive(Default)]
pub(crate) struct Readings {
    times: BTreeMap<(&'static str, String), Vec<f64>>,
    answers: BTreeMap<&'static str, BTreeMap<String, String>>,
}

impl Readings {
    /// What everybody has to answer.
    pub(crate) fn expect(&mut self, work: &'static str, answer: impl Into<String>) {
        self.answers.entry(work).or_default().insert("known".into(), answer.into());
    }

    /// Takes what `who` needed, in milliseconds of CPU time, and what came out.
    pub(crate) fn note(&mut self, work: &'static str, who: &str, cpu_ms: f64, answer: String) {
        self.times.entry((work, who.into())).or_default().push(cpu_ms);
        self.answers.entry(work).or_default().insert(who.into(), answer);
    }

    /// The median over the rounds, in milliseconds.
    pub(crate) fn median(&self, work: &str, who: &str) -> Option<f64> {
        let found = self.times.iter().find(|((w, name), _)| *w == work && name == who);
        found.map(|(_, times)| median(times))
    }

    /// All contenders of a work but enishi and the floor, with their medians.
    pub(crate) fn peers(&self, work: &str) -> Vec<(&str, f64)> {
        let of_work = self.times.iter().filter(|((w, who), _)| *w == work && who != "enishi" && who != "C");
        of_work.map(|((_, who), times)| (who.as_str(), median(times))).collect()
    }

    /// All works in the order of their names.
    pub(crate) fn works(&self) -> impl Iterator<Item = &'static str> {
        self.answers.keys().copied()
    }

    /// Answers that are not the known one.
    pub(crate) fn differences(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (work, answers) in &self.answers {
            let Some(known) = answers.get("known") else { continue };
            let wrong = answers.iter().filter(|(_, answer)| *answer != known);
            found.extend(wrong.map(|(who, answer)| format!("{work}: {who} says {answer}, known is {known}")));
        }
        found
    }
}

fn median(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
    (low + high) / 2.0
}
