//! Names of tags that anybody can read (T4).

use std::collections::BTreeMap;

use crate::model::{TagName, half_width};
use crate::segment::TagRule;

use super::{Finding, HygieneLimits};

/// Words that say nothing of what a tag is for.
const EMPTY_WORDS: [&str; 14] =
    ["tag", "tags", "test", "tmp", "temp", "new", "other", "misc", "タグ", "テスト", "仮", "新規", "その他", "未設定"];

pub(super) fn findings(tags: &BTreeMap<TagName, TagRule>, limits: &HygieneLimits) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut typed: BTreeMap<String, &TagName> = BTreeMap::new();
    for (tag, rule) in tags {
        let name = tag.as_str();
        let mut note = |why: String| findings.push(Finding::TagName { tag: tag.clone(), why });
        let characters = name.chars().count();
        if characters > limits.longest_tag as usize {
            note(format!("has {characters} characters: at most {}", limits.longest_tag));
        }
        if limits.tags_in_categories && rule.category.is_none() {
            note("has no category: write it as 興味/スキンケア".into());
        }
        // What is left of the name when its category is taken off.
        let folded = fold(name.rsplit(['/', '：']).next().unwrap_or(name));
        let word = folded.trim_end_matches(|c: char| c.is_ascii_digit());
        if word.is_empty() || EMPTY_WORDS.contains(&word) {
            note("says nothing of what it is for".into());
        }
        if let Some(other) = typed.insert(fold(name), tag) {
            findings.push(Finding::TagTwins { one: other.clone(), other: tag.clone() });
        }
    }
    findings
}

/// A name as people hear it: in one width and case, without spaces and marks between words.
fn fold(name: &str) -> String {
    let heard = |c: &char| !c.is_whitespace() && !matches!(c, '-' | '_' | '・' | '/' | ':' | '：' | '.');
    name.chars().map(half_width).filter(heard).flat_map(char::to_lowercase).collect()
}
