//! Rows that wait in files that are gone with the run.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};

use crate::exec::Scratch;

/// Files without names, one a part.
#[derive(Debug, Default)]
pub(super) struct Files {
    parts: Vec<Option<File>>,
}

impl Files {
    fn part(&mut self, part: usize) -> std::io::Result<&mut File> {
        if self.parts.len() <= part {
            self.parts.resize_with(part + 1, || None);
        }
        match self.parts.get_mut(part) {
            Some(Some(file)) => Ok(file),
            Some(slot) => Ok(slot.insert(tempfile::tempfile()?)),
            None => Err(std::io::Error::other("there are too many parts")),
        }
    }
}

impl Scratch for Files {
    fn append(&mut self, part: usize, bytes: &[u8]) -> Result<(), String> {
        let written = self.part(part).and_then(|file| file.write_all(bytes));
        written.map_err(|error| {
            format!(
                "rows that do not fit in memory cannot be put into {}: {error}",
                std::env::temp_dir().display()
            )
        })
    }

    fn open(&mut self, part: usize) -> Result<Box<dyn Read>, String> {
        let Some(Some(file)) = self.parts.get(part) else { return Ok(Box::new(std::io::empty())) };
        let opened = file.try_clone().and_then(|mut file| {
            file.seek(SeekFrom::Start(0))?;
            Ok(file)
        });
        let file = opened.map_err(|error| format!("rows that were put aside cannot be read: {error}"))?;
        Ok(Box::new(BufReader::new(file)))
    }
}
