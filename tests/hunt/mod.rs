mod backtest;
mod memory;
mod parquet;
mod remote;
