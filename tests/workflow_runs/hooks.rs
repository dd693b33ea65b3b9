//! The hooks for pre-commit: each entry is run in a repository, and what files start it is tried.

use super::*;

/// The hooks of a file: of this repository's list, or of a new repository's settings.
fn hooks(text: &str) -> Vec<BTreeMap<String, String>> {
    let (documents, faults) = yaml::parse(SourceId(0), text);
    assert_eq!(faults, []);
    let root = documents[0].root.as_ref().unwrap();
    let list = match root.as_mapping() {
        Some(settings) => {
            let repository =
                settings.get("repos").and_then(Node::as_sequence).unwrap()[0].as_mapping().unwrap();
            repository.get("hooks").and_then(Node::as_sequence).unwrap()
        }
        None => root.as_sequence().unwrap(),
    };
    let hook = |node: &Node| {
        let entries = node.as_mapping().unwrap().entries.iter();
        entries
            .map(|it| (it.key.as_str().unwrap().to_owned(), it.value.as_scalar().unwrap().text.clone()))
            .collect()
    };
    list.iter().map(hook).collect()
}

fn lists() -> [String; 2] {
    let new = picket::start::repository::files(picket::start::repository::Wishes {
        name: "soc",
        ci: None,
        pre_commit: true,
        schemas: Default::default(),
    });
    let settings = new.into_iter().find(|file| file.path == ".pre-commit-config.yaml").unwrap().text;
    [std::fs::read_to_string(common::root().join(".pre-commit-hooks.yaml")).unwrap(), settings]
}

#[test]
fn hooks_run_their_commands_on_a_repository() {
    let [own, new] = lists();
    assert_eq!(hooks(&own).len(), 3);
    assert_eq!(hooks(&new).len(), 2);
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    write(at, "rules/1.yaml", scheduled_rule(1));
    let run = |hook: &BTreeMap<String, String>| {
        assert_eq!((hook["language"].as_str(), hook["pass_filenames"].as_str()), ("system", "false"));
        let words: Vec<&str> = hook["entry"].split(' ').collect();
        assert_eq!(words[0], "picket");
        common::run(at, &words[1..])
    };
    for hook in [hooks(&own), hooks(&new)].concat() {
        let ran = run(&hook);
        assert_eq!(ran.code, 0, "{hook:?}: {}{}", ran.out, ran.err);
    }
    write(at, "rules/1.yaml", scheduled_rule(1).replace("severity: Medium", "severity:   Severe"));
    for hook in [hooks(&own), hooks(&new)].concat() {
        let ran = run(&hook);
        match hook["id"].as_str() {
            // pre-commit itself fails a hook that changed files.
            "picket-fmt" => {
                assert!(!std::fs::read_to_string(at.join("rules/1.yaml")).unwrap().contains(":   Severe"))
            }
            "picket-check" => assert_eq!(ran.code, 1, "{}", ran.out),
            _ => {}
        }
    }
}

#[test]
fn hooks_start_for_the_files_that_they_read() {
    for hook in lists().iter().flat_map(|text| hooks(text)) {
        let files = regex::Regex::new(&hook["files"]).unwrap();
        for path in ["rules/a.yaml", "content/b.yml", "kql/c.kql"] {
            assert!(files.is_match(path), "{}: {path}", hook["id"]);
        }
        for path in ["README.md", "rules/a.yaml.bak", "x.py"] {
            assert!(!files.is_match(path), "{}: {path}", hook["id"]);
        }
    }
}
