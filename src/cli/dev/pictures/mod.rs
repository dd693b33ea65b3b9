//! `cargo dev pictures`: makes `docs/images` of what commands print on a small project.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anstyle_svg::Term;

use super::generated::{self, Generated};
use crate::cli::{CliError, Exit, Shell};

/// Rewrites the pictures of a terminal in the book and README.
#[derive(Debug, clap::Args)]
pub struct PicturesArgs {
    /// Write nothing; fail when a picture is not current.
    #[arg(long)]
    check: bool,
    /// The binary of picket; the one beside this program without.
    #[arg(long, value_name = "FILE")]
    picket: Option<PathBuf>,
}

impl PicturesArgs {
    /// Runs the command.
    ///
    /// # Errors
    /// When picket cannot be run, or a picture cannot be read or written.
    pub fn run(self, shell: &mut Shell) -> Result<Exit, CliError> {
        let beside = || std::env::current_exe().map(|path| path.with_file_name("picket"));
        let failed = |error| CliError::new("cannot tell where picket is").cause(error);
        let picket = self.picket.map_or_else(|| beside().map_err(failed), Ok)?;
        generated::settle(&pictures(&picket)?, self.check, shell)
    }
}

const FOLDER: &str = "docs/images";
const SETTINGS: &str = "[project]\nname = \"soc-detections\"\n";
const RULE: &str = include_str!("rule.yaml");
const TESTS: &str = include_str!("rule.test.yaml");

/// A picture: its name, the arguments of picket, and what is replaced in the rule before.
struct Scene {
    name: &'static str,
    arguments: &'static [&'static str],
    change: (&'static str, &'static str),
    code: i32,
}

/// In this order: the plan shows what changed since the apply.
const SCENES: &[Scene] = &[
    Scene { name: "check", arguments: &["check"], change: ("CredentialAccess", "CredentialAcess"), code: 1 },
    Scene { name: "", arguments: &["apply"], change: ("", ""), code: 0 },
    Scene { name: "plan", arguments: &["plan"], change: ("severity: Medium", "severity: High"), code: 0 },
    Scene { name: "test", arguments: &["test", "--coverage"], change: ("", ""), code: 0 },
    Scene { name: "coverage", arguments: &["coverage"], change: ("", ""), code: 0 },
];

/// The pictures of what this binary of picket prints.
///
/// # Errors
/// When it cannot be run, or ends otherwise than is to be shown.
pub fn pictures(picket: &Path) -> Result<Vec<Generated>, CliError> {
    let failed = |error| CliError::new("cannot write a project to show").cause(error);
    let folder = tempfile::tempdir().map_err(failed)?;
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).map_err(failed)?;
    fs::write(folder.path().join("picket.toml"), SETTINGS).map_err(failed)?;
    fs::write(rules.join("failed-sign-ins.test.yaml"), TESTS).map_err(failed)?;
    let mut pictures = Vec::new();
    for scene in SCENES {
        let rule = RULE.replacen(scene.change.0, scene.change.1, 1);
        fs::write(rules.join("failed-sign-ins.yaml"), rule).map_err(failed)?;
        let printed = printed(picket, folder.path(), scene)?;
        if !scene.name.is_empty() {
            let path = format!("{FOLDER}/{}.svg", scene.name);
            pictures.push(Generated { path, text: picture(scene.arguments, &printed) });
        }
    }
    Ok(pictures)
}

fn printed(picket: &Path, folder: &Path, scene: &Scene) -> Result<String, CliError> {
    let fault = || CliError::new(format!("cannot show `picket {}`", scene.arguments.join(" ")));
    // No setting of this machine is to be seen in a picture.
    let output = Command::new(picket)
        .args(["--color", "always"])
        .args(scene.arguments)
        .current_dir(folder)
        .env_clear()
        .output()
        .map_err(|error| fault().cause(error))?;
    if output.status.code() != Some(scene.code) {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(fault().cause(format!("it ends with {}, not {}: {said}", output.status, scene.code)));
    }
    String::from_utf8(output.stdout).map_err(|error| fault().cause(error))
}

/// The height of the bar above the text.
const BAR: u32 = 30;

/// What a terminal shows of a command, in the frame of a window.
fn picture(arguments: &[&str], printed: &str) -> String {
    let command = format!("picket {}", arguments.join(" "));
    let text = format!("\u{1b}[1m$ {command}\u{1b}[0m\n{}\n", without_times(printed.trim_end()));
    let inner = Term::new().render_svg(&text);
    let size = |name: &str| {
        let value = inner.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once("px\""));
        value.and_then(|(number, _)| number.parse::<u32>().ok()).unwrap_or_default()
    };
    let (width, height) = (size("width"), size("height") + BAR);
    let lights: String = ["#ff5f57", "#febc2e", "#28c840"]
        .iter()
        .enumerate()
        .map(|(index, colour)| {
            format!("  <circle cx=\"{}\" cy=\"15\" r=\"5.5\" fill=\"{colour}\"/>\n", 18 + 18 * index)
        })
        .collect();
    let inner = inner.replacen("<svg ", &format!("<svg y=\"{BAR}\" "), 1);
    let inner: Vec<&str> = inner.lines().map(str::trim_end).collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" aria-labelledby=\"title\">\n  <title id=\"title\">What {command} prints</title>\n  \
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#1e2530\"/>\n{lights}{}\n</svg>\n",
        inner.join("\n").trim_end()
    )
}

/// What was printed, without how long it took, which differs from run to run.
fn without_times(printed: &str) -> String {
    let mut parts = printed.split(" in ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let after = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let rest = after.strip_prefix(" s").or_else(|| after.strip_prefix(" ms"));
        match rest.filter(|rest| after.len() < part.len() && !rest.starts_with(char::is_alphanumeric)) {
            Some(rest) => text.push_str(rest),
            None => text.push_str(&format!(" in {part}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_shows_the_command_in_a_frame_and_no_time() {
        let shown = picture(&["test"], "\u{1b}[32m2 passed\u{1b}[0m of 1 rule in 0.04 s; 1 open in 3 sets\n");
        assert!(shown.starts_with("<svg ") && shown.ends_with("</svg>\n"));
        assert!(shown.contains("$ picket test") && shown.contains("of 1 rule; 1 open in 3 sets"), "{shown}");
        assert_eq!((shown.matches("<svg ").count(), shown.matches("<circle").count()), (2, 3));
        assert!(!shown.contains("width=\"0\""), "{shown}");
    }
}
