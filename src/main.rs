//! The `picket` command.

use std::process::ExitCode;

/// Queries make many small values, on several threads at once; the allocator of musl is slow at both.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    picket::cli::main()
}
