//! `picket completions` and `picket man`

use std::process::Command;

use crate::common::{run, run_with, scheduled_rule, succeeds, write};
use tempfile::TempDir;

/// A project with two rules and an environment.
fn project() -> TempDir {
    let folder = TempDir::new().unwrap();
    write(folder.path(), "picket.toml", "[project]\nname = \"soc\"\n\n[env.prod]\n");
    write(folder.path(), "rules/1.yaml", scheduled_rule(1));
    write(folder.path(), "rules/2.yaml", scheduled_rule(2).replace("Rule 2", "AnyDesk (new)"));
    folder
}

/// What `shell` is offered for the last of `words`.
fn offered(folder: &TempDir, shell: &str, words: &[&str]) -> Vec<String> {
    let index = (words.len() - 1).to_string();
    let arguments: Vec<&str> = ["--"].iter().chain(words).copied().collect();
    let ran = run_with(folder.path(), &arguments, |command| {
        command.env("COMPLETE", shell).env("_CLAP_COMPLETE_INDEX", &index).env("_CLAP_IFS", "\n")
    });
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{words:?}");
    ran.out.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

#[test]
fn commands_rules_codes_and_environments_are_completed() {
    let folder = project();
    let offered = |shell: &str, words: &[&str]| offered(&folder, shell, words);
    assert!(offered("fish", &["picket", "comp"]).contains(&"completions".to_owned()));
    for command in [["show", ""], ["hunt", ""], ["enable", ""]] {
        let names = offered("fish", &[&["picket"], &command[..]].concat());
        for name in ["Rule 1", "AnyDesk (new)", "rules/1.yaml", &crate::common::rule_id(2)] {
            assert!(names.contains(&name.to_owned()), "{command:?}: {names:?}");
        }
    }
    assert_eq!(offered("fish", &["picket", "show", "any"]), ["AnyDesk (new)"], "whatever the case");
    assert_eq!(offered("bash", &["picket", "show", "Any"]), [r"AnyDesk\ \(new\)"]);
    assert_eq!(offered("fish", &["picket", "explain", "pk501"]), ["PK501"]);
    assert_eq!(offered("fish", &["picket", "plan", "--env", "p"]), ["prod"]);
    assert_eq!(offered("fish", &["picket", "plan", "--workspace", ""]), ["local"]);
    // Whoever asks for completions wants to hear of nothing else.
    write(folder.path(), "picket.toml", "[project\n");
    assert_eq!(offered("fish", &["picket", "show", "any"]), [""; 0]);
}

#[test]
fn each_shell_has_a_script() {
    let folder = TempDir::new().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = succeeds(folder.path(), &["completions", shell]);
        assert!(ran.out.contains("COMPLETE") && ran.out.contains("picket"), "{shell}: {}", ran.out);
        // Where the shell is at hand, it reads its script.
        let check: &[&str] = match shell {
            "bash" | "zsh" => &["-n"],
            "fish" => &["--no-execute"],
            _ => continue,
        };
        let script = write(folder.path(), "script", &ran.out);
        match Command::new(shell).args(check).arg(script).output() {
            Ok(read) => assert!(read.status.success(), "{shell}: {}", String::from_utf8_lossy(&read.stderr)),
            Err(_) => println!("skipped: {shell} is absent"),
        }
    }
    assert_eq!(run(folder.path(), &["completions", "tcsh"]).code, 2);
}

#[cfg(unix)]
#[test]
fn bash_completes_a_name_of_several_words() {
    let folder = project();
    if Command::new("bash").arg("--version").output().is_err() {
        println!("skipped: bash is absent");
        return;
    }
    let script = succeeds(folder.path(), &["completions", "bash"]).out;
    write(folder.path(), "completions", script);
    let picket = assert_cmd::cargo::cargo_bin!("picket").parent().unwrap().display().to_string();
    let asked = |word: &str| {
        let ask = "source ./completions\nCOMP_WORDS=(picket show \"$1\"); COMP_CWORD=2; COMP_TYPE=9\n\
                   _clap_complete_picket picket \"$1\" show\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
        let ran = Command::new("bash")
            .args(["--norc", "-c", ask, "bash", word])
            .current_dir(folder.path())
            .env("PATH", format!("{picket}:{}", std::env::var("PATH").unwrap()))
            .output()
            .unwrap();
        String::from_utf8_lossy(&ran.stdout).trim_end().to_owned()
    };
    assert_eq!(asked("AnyDesk"), r"AnyDesk\ \(new\)");
    assert_eq!(asked(r"Rule\ "), r"Rule\ 1");
    assert_eq!(asked("'Rule "), "Rule 1");
}

#[test]
fn each_command_has_a_page() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    let ran = succeeds(at, &["man", "--out", "man"]);
    let mut names: Vec<String> = std::fs::read_dir(at.join("man"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(ran.out, format!("wrote {} pages to man\n", names.len()));
    for command in picket::cli::exit_codes::ALL {
        let name = format!("picket-{}.1", command.command.replace(' ', "-"));
        assert!(names.contains(&name), "{name}");
        let arguments: Vec<&str> = ["man"].into_iter().chain(command.command.split(' ')).collect();
        let page = succeeds(at, &arguments).out;
        assert_eq!(page, std::fs::read_to_string(at.join("man").join(&name)).unwrap());
        assert!(page.contains(".TH ") && page.contains(".SH SYNOPSIS"), "{page}");
    }
    insta::assert_snapshot!("man_explain", succeeds(at, &["man", "explain"]).out);
    let ran = run(at, &["man", "kql", "rum"]);
    assert_eq!(ran.err, "error: `picket kql` has no command `rum`\n  help: the nearest is `run`\n");
    match Command::new("groff").args(["-man", "-ww", "-z", "man/picket-check.1"]).current_dir(at).output() {
        Ok(read) => assert!(read.stderr.is_empty(), "{}", String::from_utf8_lossy(&read.stderr)),
        Err(_) => println!("skipped: groff is absent"),
    }
}
