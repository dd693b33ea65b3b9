//! Developer commands that regenerate what the repository keeps generated: `cargo dev --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    picket::cli::dev::main()
}
