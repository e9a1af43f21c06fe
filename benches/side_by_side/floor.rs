//! Plain C, as near to what memory allows as one can write it in an afternoon.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::data::Data;
use super::readings::Readings;
use super::{orders, segments};

/// The programs, compiled.
pub(crate) struct Floor {
    programs: [PathBuf; 2],
    data: PathBuf,
}

impl Floor {
    /// Compiles with `cc -O3 -march=native`.
    pub(crate) fn compile(data: &Data) -> Result<Self, Box<dyn Error>> {
        let compiled = |name: &str| -> Result<PathBuf, Box<dyn Error>> {
            let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
            let source = data.scripts.join(name).with_extension("c");
            let mut cc = Command::new("cc");
            cc.args(["-O3", "-march=native", "-w", "-o"]).arg(&program).arg(&source);
            let status = cc.status()?;
            if status.success() { Ok(program) } else { Err(format!("cc {}: {status}", source.display()).into()) }
        };
        Ok(Self { programs: [compiled("floor")?, compiled("floor_cohort")?], data: data.folder.clone() })
    }

    /// Runs both; each tells the best of several repetitions.
    pub(crate) fn run(&self, readings: &mut Readings) -> Result<(), Box<dyn Error>> {
        for program in &self.programs {
            let output = Command::new(program).env("BENCH_DATA", &self.data).output()?;
            let said = String::from_utf8(output.stdout)?;
            if said.starts_with("cohort") {
                orders::note_cohort_floor(&said, readings)?;
            } else {
                orders::note_rfm_floor(&said, readings)?;
                segments::note_floor(&said, readings)?;
            }
        }
        Ok(())
    }
}

/// The number that follows `mark` in `text`.
pub(crate) fn number_after(text: &str, mark: &str) -> Result<f64, Box<dyn Error>> {
    let (_, rest) = text.split_once(mark).ok_or_else(|| format!("plain C did not say `{mark}`"))?;
    let digits: String = rest.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Ok(digits.parse()?)
}
