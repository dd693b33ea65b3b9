//! From the bytes of a file to the text of a source.

use std::path::Path;

use super::files::{FileSystem, PathKind, describe};
use super::lints;
use crate::diag::{Code, Diagnostic, LintMeta};
use crate::text::{SourceId, Span, TextRange};

/// The most bytes that a rule file or picket.toml may have: 8 MiB.
pub const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// How far into a file a NUL byte is looked for before the file counts as binary.
const BINARY_PROBE: usize = 8 * 1024;

/// Why a file has no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFault {
    /// The code.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl ReadFault {
    pub(super) fn new(lint: &LintMeta, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: lint.code, message: message.into(), help: help.into() }
    }

    /// The fault as a finding at the start of `source`.
    pub fn diagnostic(&self, source: SourceId) -> Diagnostic {
        let span = Span::new(source, TextRange::empty(0));
        Diagnostic::error(self.code, span, self.message.clone()).with_help(self.help.clone())
    }
}

/// Reads the text of `path`.
///
/// # Errors
/// When it is a directory, cannot be read, is too large, not UTF-8, binary or empty.
pub fn read_text(files: &dyn FileSystem, path: &Path) -> Result<String, ReadFault> {
    let unreadable = |why: &str| {
        let help = match why {
            "permission denied" => "give this user the right to read it",
            "there is no such file" => "correct the path, or leave it out",
            _ => "name a file that can be read",
        };
        ReadFault::new(&lints::UNREADABLE_FILE, format!("the file cannot be read: {why}"), help)
    };
    match files.kind(path) {
        Ok(PathKind::Directory) => {
            return Err(ReadFault::new(
                &lints::UNREADABLE_FILE,
                "the path is a directory where a file is expected",
                "name a file, or rename the directory so that its name does not end like that of a file",
            ));
        }
        Ok(PathKind::File) => {}
        Err(error) => return Err(unreadable(&describe(&error))),
    }
    let bytes = files.read(path, MAX_FILE_BYTES).map_err(|error| unreadable(&describe(&error)))?;
    decode(bytes)
}

/// Decodes the bytes of a file.
///
/// # Errors
/// When they are too many, not UTF-8, binary, or nothing but space.
pub fn decode(bytes: Vec<u8>) -> Result<String, ReadFault> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(ReadFault::new(
            &lints::FILE_TOO_LARGE,
            "the file has more than 8 MiB, the most that is read",
            "split it into one file a rule, or keep it out of the rule folders with .gitignore",
        ));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadFault::new(
            &lints::NOT_UTF8,
            "the file is UTF-16, not UTF-8",
            "save it as UTF-8, such as with `iconv -f UTF-16 -t UTF-8`",
        ));
    }
    if let Some(at) = bytes.iter().take(BINARY_PROBE).position(|byte| *byte == 0) {
        return Err(ReadFault::new(
            &lints::NOT_UTF8,
            format!("the file is binary: byte {at} is NUL"),
            "keep it out of the rule folders, or give it another ending than .yaml and .yml",
        ));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        let before = error.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
        let message = format!("the file is not UTF-8: byte {at}, in line {}, is 0x{byte:02X}", before + 1);
        ReadFault::new(&lints::NOT_UTF8, message, "save it as UTF-8")
    })?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(ReadFault::new(&lints::EMPTY_FILE, "the file is empty", "fill it in, or delete it"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(bytes: &[u8]) -> (Code, String) {
        let fault = decode(bytes.to_vec()).unwrap_err();
        (fault.code, fault.message)
    }

    #[test]
    fn says_what_is_no_text() {
        assert_eq!(
            decode("\u{feff}ä: 1\r\n".into()),
            Ok("\u{feff}ä: 1\r\n".to_owned()),
            "kept byte for byte"
        );
        assert_eq!(fault(b""), ("PK906", "the file is empty".into()));
        assert_eq!(fault("\u{feff} \n".as_bytes()).0, "PK906");
        assert_eq!(fault(b"\xff\xfea\0").1, "the file is UTF-16, not UTF-8");
        assert_eq!(fault(b"\x7fELF\0").1, "the file is binary: byte 4 is NUL");
        assert_eq!(fault(b"a\nb\xe4c").1, "the file is not UTF-8: byte 3, in line 2, is 0xE4");
        assert_eq!(fault(&vec![b'a'; MAX_FILE_BYTES as usize + 1]).0, "PK904");
        assert!(decode(vec![b'a'; MAX_FILE_BYTES as usize]).is_ok());
    }
}
