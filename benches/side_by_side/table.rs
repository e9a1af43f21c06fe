//! The tables, as Markdown that is aligned to be read as it stands.

use super::readings::Readings;

/// What a work should reach.
#[derive(Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) work: &'static str,
    /// The work of plain C it is compared with; none when empty.
    pub(crate) floor: &'static str,
    /// So many times what plain C needs.
    pub(crate) at_most: Option<f64>,
    /// So many milliseconds.
    pub(crate) at_most_ms: Option<f64>,
    /// So many times faster than each of these.
    pub(crate) faster: &'static [(&'static str, f64)],
}

impl Goal {
    /// A work that is shown, and nothing asked of it yet.
    pub(crate) const fn of(work: &'static str, floor: &'static str) -> Self {
        Self { work, floor, at_most: None, at_most_ms: None, faster: &[] }
    }
}

/// A row for each work that enishi did.
pub(crate) fn rows(readings: &Readings, goals: &[Goal]) -> String {
    let mut rows = vec![["work", "enishi, CPU ms", "C", "ratio", "best peer", "faster", "goal", ""].map(String::from)];
    for goal in goals {
        let Some(enishi) = readings.median(goal.work, "enishi") else { continue };
        let floor = readings.median(goal.floor, "C");
        let peers = readings.peers(goal.work);
        let best = peers.iter().min_by(|a, b| a.1.total_cmp(&b.1));

        let mut wanted = Vec::new();
        let mut met = Vec::new();
        if let Some((at_most, floor)) = goal.at_most.zip(floor) {
            wanted.push(format!("≤ {at_most} × C"));
            met.push(enishi <= at_most * floor);
        }
        if let Some(at_most) = goal.at_most_ms {
            wanted.push(format!("≤ {at_most} ms"));
            met.push(enishi <= at_most);
        }
        for (who, times) in goal.faster {
            // The same engine with more threads counts too.
            let theirs = peers.iter().filter(|(name, _)| name.starts_with(who)).map(|(_, cpu_ms)| *cpu_ms);
            if let Some(theirs) = theirs.min_by(f64::total_cmp) {
                wanted.push(format!("≥ {times} × {who}"));
                met.push(theirs >= times * enishi);
            }
        }
        let verdict = match met.as_slice() {
            [] => "",
            met if met.iter().all(|met| *met) => "met",
            _ => "MISSED",
        };
        rows.push([
            goal.work.into(),
            format!("{enishi:.2}"),
            floor.map_or_else(String::new, |floor| format!("{floor:.2}")),
            floor.map_or_else(String::new, |floor| format!("{:.2}", enishi / floor)),
            best.map_or_else(String::new, |(who, cpu_ms)| format!("{who} {cpu_ms:.0}")),
            best.map_or_else(String::new, |(_, cpu_ms)| format!("{:.1} ×", cpu_ms / enishi)),
            wanted.join(", "),
            verdict.into(),
        ]);
    }
    aligned(&rows)
}

/// What everybody needed for everything, CPU ms.
pub(crate) fn everybody(readings: &Readings) -> String {
    let mut rows = vec![["work", "C", "peers, CPU ms of all threads"].map(String::from)];
    for work in readings.works() {
        let peers = readings.peers(work);
        if !peers.is_empty() {
            let each: Vec<_> = peers.iter().map(|(who, cpu_ms)| format!("{who} {cpu_ms:.1}")).collect();
            let floor = readings.median(work, "C").map_or_else(String::new, |floor| format!("{floor:.2}"));
            rows.push([work.into(), floor, each.join(" · ")]);
        }
    }
    aligned(&rows)
}

fn aligned<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!(" {cell:width$} |"));
        format!("|{}\n", cells.collect::<String>())
    };
    let rule = widths.iter().map(|width| format!("{:-<1$}|", "", width + 2)).collect::<String>();
    let mut text = format!("{}|{rule}\n", line(&rows[0]));
    rows[1..].iter().for_each(|row| text.push_str(&line(row)));
    text
}
