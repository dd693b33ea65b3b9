mod parquet;
mod remote;
