//! polars, duckdb and numpy by their scripts, each of which prints one line of JSON.

use std::error::Error;

use serde_json::Value;

use super::data::Data;
use super::readings::Readings;
use super::{orders, segments};

/// One script with one engine and so many threads.
struct Run {
    script: &'static str,
    engine: &'static str,
    threads: &'static str,
    /// What stands after the engine, `T` being the threads.
    arguments: &'static [&'static str],
    note: Note,
}

/// Takes what a script said of an engine.
type Note = fn(&Value, &str, &mut Readings) -> Result<(), Box<dyn Error>>;

/// The peers there are.
pub(crate) struct Peers<'a> {
    data: &'a Data,
    runs: Vec<Run>,
}

impl<'a> Peers<'a> {
    /// Asks the interpreter which engines it has; says loudly which are skipped.
    pub(crate) fn find(data: &'a Data) -> Self {
        let mut runs = Vec::new();
        for (engine, threads) in
            [("duckdb", "1"), ("duckdb", "2"), ("polars", "1"), ("polars", "2"), ("numpy", "1"), ("numpy-bitmap", "1")]
        {
            if !data.has(engine) {
                eprintln!("SKIPPED: {engine} with {threads} threads: PYTHON cannot import it");
                continue;
            }
            let run = |script, arguments, note| Run { script, engine, threads, arguments, note };
            runs.push(run("bench_segment.py", &["T", "3"], segments::note_peer));
            if engine == "numpy-bitmap" {
                continue;
            }
            runs.push(run("bench_rfm.py", &["orders10m", "T", "ntile", "3"], orders::note_rfm_peer));
            runs.push(run("bench_rfm.py", &["orders10m", "T", "quant", "3"], orders::note_rfm_peer));
            // Takes minutes, and a second thread saves no CPU time.
            if threads == "1" {
                runs.push(run("bench_cohort.py", &["T", "1"], orders::note_cohort_peer));
            }
        }
        Self { data, runs }
    }

    pub(crate) fn run(&self, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
        for run in &self.runs {
            let mut command = self.data.python(run.script);
            command.arg(run.engine).args(run.arguments.iter().map(|a| if *a == "T" { run.threads } else { a }));
            let output = command.output()?;
            let said = String::from_utf8_lossy(&output.stdout);
            let Some(line) = said.lines().last() else {
                let why = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
                return Err(format!("{} {}: {}: {why}", run.script, run.engine, output.status).into());
            };
            let who = if run.threads == "1" { run.engine.into() } else { format!("{} ×{}", run.engine, run.threads) };
            (run.note)(&serde_json::from_str(line)?, &who, readings)?;
        }
        Ok(())
    }
}

impl Data {
    fn has(&self, engine: &str) -> bool {
        let module = engine.split('-').next().unwrap_or(engine);
        let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let tried = std::process::Command::new(python).args(["-c", &format!("import {module}, psutil")]).output();
        tried.is_ok_and(|output| output.status.success())
    }
}

/// A time in a line of JSON, in milliseconds.
pub(crate) fn milliseconds(value: &Value, key: &str, unit_ms: f64) -> Result<f64, Box<dyn Error>> {
    Ok(value[key].as_f64().ok_or_else(|| format!("a peer did not say `{key}`"))? * unit_ms)
}
