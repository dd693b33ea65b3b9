mod backtest;
mod parquet;
mod remote;
