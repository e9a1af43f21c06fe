//! The made-up friends and orders, and the scripts that make them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where scripts and data are.
pub(crate) struct Data {
    pub(crate) scripts: PathBuf,
    pub(crate) folder: PathBuf,
}

/// Orders as columns; times in milliseconds, as the library takes them.
pub(crate) struct Log {
    pub(crate) customers: Vec<u32>,
    pub(crate) times: Vec<i64>,
    pub(crate) amounts: Vec<i64>,
}

impl Data {
    /// Finds the data in the folder `BENCH_DATA`, or makes it there; `None`, said loudly, without the
    /// scripts.
    pub(crate) fn prepare() -> Result<Option<Self>, Box<dyn Error>> {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/peers");
        if !scripts.is_dir() {
            eprintln!("SKIPPED, all of it: {} with the data's and the peers' scripts is not there", scripts.display());
            return Ok(None);
        }
        let default = || Path::new(env!("CARGO_TARGET_TMPDIR")).join("side_by_side");
        let folder = std::env::var_os("BENCH_DATA").map_or_else(default, PathBuf::from);
        fs::create_dir_all(&folder)?;
        let data = Self { scripts, folder };
        for (script, sign) in [("gen_friends.py", "friends10m.parquet"), ("gen_orders.py", "orders10m.parquet")] {
            if !data.folder.join(sign).exists() {
                eprintln!("{script} makes {} ...", data.folder.join(sign).display());
                let status = data.python(script).status()?;
                if !status.success() {
                    return Err(format!("{script}: {status}; it needs a PYTHON with numpy and pyarrow").into());
                }
            }
        }
        Ok(Some(data))
    }

    /// A script of the folder with the interpreter `PYTHON`.
    pub(crate) fn python(&self, script: &str) -> Command {
        let python = std::env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
        let mut command = Command::new(python);
        command.arg(self.scripts.join(script)).current_dir(&self.folder).env("BENCH_DATA", &self.folder);
        command
    }

    pub(crate) fn orders(&self) -> Result<Log, Box<dyn Error>> {
        let customers = fs::read(self.folder.join("orders10m.cust.u32"))?;
        let (customers, _) = customers.as_chunks::<4>();
        let seconds = self.numbers("orders10m.ts.i64")?;
        Ok(Log {
            customers: customers.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect(),
            times: seconds.into_iter().map(|second| second * 1000).collect(),
            amounts: self.numbers("orders10m.amount.i64")?,
        })
    }

    fn numbers(&self, name: &str) -> Result<Vec<i64>, Box<dyn Error>> {
        let bytes = fs::read(self.folder.join(name))?;
        Ok(bytes.as_chunks::<8>().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect())
    }
}
