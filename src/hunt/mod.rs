//! Exported logs as the tables of a query.
//!
//! [`layout`] tells from the path of a file which table it holds; [`Folder`] reads the files: JSON, an event a line, as
//! Log Analytics and Event Hubs export it, and CSV, plain or compressed by gzip; and Parquet. Rows are read some at a time.

pub mod layout;
mod parquet;
mod reader;
mod scratch;

pub use parquet::ParquetWriter;
pub use reader::{BadRow, Folder, MAX_BAD_ROWS, MAX_LINE_BYTES};
