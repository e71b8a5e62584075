//! What a fetched repository says about an incident.

mod kit;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use common::source::{Answer, Ask, Incident, Refusal};
use jiff::{SignedDuration, Timestamp};
use kit::https::{Https, Manner};
use kit::{Program, Upstream, frame, incident};

fn minutes(minutes: i64) -> Timestamp {
    incident().at + SignedDuration::from_mins(minutes)
}

fn fetched(upstream: &Upstream) -> Program {
    upstream.push();
    let program = Program::new();
    program.sync(&Https::start(upstream.shown(), Manner::default()).remote());
    program
}

fn numbered(name: &str) -> String {
    (1..=20).map(|it| format!("{name} {it}")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_frame_is_shown_as_the_running_commit_has_it_and_as_the_head_has_it_where_none_is_known() {
    let upstream = Upstream::empty();
    let old = upstream.commit(&[("src/cart.py", &numbered("old"))], "old");
    let head = upstream.commit(&[("src/cart.py", &numbered("new"))], "new");
    let program = fetched(&upstream);
    let mut asked =
        Incident { frames: vec![frame("/app/src/cart.py", 7)], releases: vec!["latest".to_owned()], ..incident() };
    let context = program.context(asked.clone());
    assert_eq!((context.running, context.snippets[0].commit.as_str()), (None, head.as_str()));
    assert_eq!(context.snippets[0].text.lines().next(), Some("new 2"));

    asked.releases.push(format!("sha-{}", &old[..8]));
    let context = program.context(asked);
    assert_eq!(context.running.unwrap().subject, "old");
    assert_eq!(context.running_by.unwrap(), format!("sha-{}", &old[..8]));
    let snippet = &context.snippets[0];
    assert_eq!(
        (snippet.path.as_str(), snippet.line, snippet.first, snippet.commit.as_str()),
        ("src/cart.py", 7, 2, old.as_str())
    );
    assert_eq!(snippet.text.lines().count(), 11);
}

#[test]
fn a_release_is_found_by_tags_of_either_sort_and_a_tag_beyond_the_fetched_history_is_not() {
    let upstream = Upstream::of_commits(60);
    upstream.run(&["tag", "v2.0.0", "HEAD~3"]);
    upstream.run(&["tag", "-a", "-m", "annotated", "2.1.0", "HEAD~2"]);
    upstream.run(&["tag", "v0.1.0", "HEAD~55"]);
    let program = fetched(&upstream);
    for (release, subject) in [("2.0.0", Some("change 57")), ("v2.1.0", Some("change 58")), ("v0.1.0", None)] {
        let context = program.context(Incident { releases: vec![release.to_owned()], ..incident() });
        assert_eq!(context.running.map(|it| it.subject).as_deref(), subject, "{release}");
    }
}

#[test]
fn commits_near_the_beginning_are_told_newest_first_and_the_nearest_and_largest_is_suspected() {
    let upstream = Upstream::empty();
    upstream.commit_at(&[("a", "1")], "long before", minutes(-40));
    upstream.commit_at(&[("b", "1"), ("c", "1"), ("d", "1"), ("e", "1")], "large", minutes(-9));
    upstream.commit_at(&[("b", "2")], "small", minutes(-6));
    upstream.commit_at(&[("b", "3")], "after", minutes(4));
    upstream.commit_at(&[("b", "4")], "long after", minutes(20));
    let context = fetched(&upstream).context(incident());
    assert_eq!(context.around.iter().map(|it| it.subject.as_str()).collect::<Vec<_>>(), ["after", "small", "large"]);
    assert_eq!(context.suspect.as_ref(), Some(&context.around[2].id));
}

#[test]
fn a_merge_tells_what_it_brought_and_both_of_its_sides_are_history() {
    let upstream = Upstream::empty();
    upstream.commit(&[("base", "1")], "base");
    upstream.run(&["checkout", "-q", "-b", "topic"]);
    upstream.commit(&[("topic/a", "1"), ("topic/b", "1")], "topic");
    upstream.run(&["checkout", "-q", "main"]);
    upstream.commit(&[("main", "1")], "beside");
    upstream.run(&["merge", "-q", "--no-ff", "-m", "merge topic", "topic"]);
    upstream.push();
    let program = Program::new();
    let index = program.sync(&Https::start(upstream.shown(), Manner::default()).remote());
    assert_eq!(kit::subjects(&index), ["merge topic", "beside", "topic", "base"]);
    assert_eq!(index.commits[0].files, ["topic/a", "topic/b"]);
}

#[test]
fn clocks_that_are_wrong_put_no_parent_before_the_head() {
    let upstream = Upstream::empty();
    upstream.commit_at(&[("a", "1")], "from the future", minutes(60 * 24 * 365 * 30));
    upstream.commit_at(&[("a", "2")], "from the past", minutes(-60 * 24 * 365 * 40));
    upstream.commit_at(&[("a", "3")], "now", minutes(0));
    upstream.push();
    let index = Program::new().sync(&Https::start(upstream.shown(), Manner::default()).remote());
    assert_eq!(kit::subjects(&index), ["now", "from the past", "from the future"]);
}

#[test]
fn a_commit_that_changes_a_thousand_files_tells_fifty_and_the_oldest_fetched_none() {
    let upstream = Upstream::of_commits(49);
    for number in 0..1000 {
        upstream.write(format!("many/{number}"), b"1");
    }
    upstream.commit(&[], "many");
    upstream.commit(&[("log", "last")], "last");
    let program = fetched(&upstream);
    let all = Incident { at: minutes(1), ..incident() };
    let context = program.context(all);
    let files = |subject: &str| context.around.iter().find(|it| it.subject == subject).unwrap().files.len();
    assert_eq!((files("many"), files("change 3"), files("change 2")), (50, 1, 0));
    assert!(context.around.iter().all(|it| it.subject != "change 1"));
}

#[test]
fn no_link_is_followed_and_no_submodule_entered() {
    let secret = tempfile::tempdir().unwrap();
    let token = secret.path().join("token");
    std::fs::write(&token, "t0ken-of-the-operator\n").unwrap();
    let upstream = Upstream::empty();
    upstream.write("inside.py", b"print(1)\n");
    for (link, target) in [
        ("values.yaml", token.to_str().unwrap()),
        ("Dockerfile", "/etc/passwd"),
        ("link.py", "inside.py"),
        ("folder", "/etc"),
    ] {
        std::os::unix::fs::symlink(target, upstream.work().join(link)).unwrap();
    }
    upstream.commit(&[], "links");
    let head = upstream.run(&["rev-parse", "HEAD"]);
    upstream.run(&["update-index", "--add", "--cacheinfo", &format!("160000,{head},Chart.yaml")]);
    upstream.run(&["commit", "-q", "-m", "submodule"]);
    let program = fetched(&upstream);
    let frames = ["link.py", "folder/passwd", "values.yaml", "Dockerfile", "../../../etc/passwd", "Chart.yaml"]
        .map(|it| frame(it, 1))
        .to_vec();
    let done = program.ask(Ask::Context(Incident { frames, dockerfile: Some("Dockerfile".to_owned()), ..incident() }));
    let Answer::Context(context) = done.answer else { panic!("{}", done.said) };
    assert_eq!((context.snippets, context.config), (Vec::new(), Vec::new()));
    assert!(!done.said.contains("t0ken-of-the-operator") && !done.said.contains("root:"));
}

#[test]
fn names_and_texts_in_no_encoding_are_told_as_text_and_binary_files_are_not() {
    let upstream = Upstream::empty();
    upstream.write(OsStr::from_bytes(b"src/gr\xfc\xdfe.py"), b"x\n");
    upstream.write("src/latin.py", b"# gr\xfc\xdfe\nx = 1\n");
    upstream.write("src/image.py", b"\x89PNG\0\0\nx\n");
    upstream.commit(&[], "gr\u{fc}\u{df}e\u{1b}[2J");
    let program = fetched(&upstream);
    let frames = vec![frame("src/latin.py", 1), frame("src/image.py", 1), frame("src/gr\u{fffd}\u{fffd}e.py", 1)];
    let context = program.context(Incident { at: minutes(1), frames, ..incident() });
    assert_eq!(context.around[0].subject, "gr\u{fc}\u{df}e[2J");
    assert!(context.around[0].files.contains(&"src/gr\u{fffd}\u{fffd}e.py".to_owned()));
    assert_eq!(context.snippets.len(), 1);
    assert_eq!(context.snippets[0].text, "# gr\u{fffd}\u{fffd}e\nx = 1");
}

#[test]
fn configuration_is_told_from_its_beginning_and_a_file_beyond_the_limit_is_not() {
    let upstream = Upstream::empty();
    let long = "ä".repeat(3000);
    upstream.commit(
        &[("Dockerfile", &long), ("chart/values.yaml", "a: 1\n"), ("chart/Chart.yaml", "name: shop\n")],
        "config",
    );
    upstream.write("big.py", "x = 1\n".repeat(2 << 20).as_bytes());
    upstream.commit(&[], "big");
    let program = fetched(&upstream);
    let context = program.context(Incident { frames: vec![frame("big.py", 1)], ..incident() });
    assert_eq!(
        context.config.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(),
        ["Dockerfile", "chart/values.yaml", "chart/Chart.yaml"]
    );
    assert_eq!(context.config[0].text, "ä".repeat(1000));
    assert_eq!(context.snippets, []);
}

#[test]
fn a_server_that_can_leave_large_files_out_is_asked_to() {
    let upstream = Upstream::empty();
    upstream.write("big.bin", &kit::noise(4 << 20, 0));
    upstream.commit(&[("small.py", "x = 1\n")], "both");
    std::process::Command::new("git")
        .arg("--git-dir")
        .arg(upstream.bare())
        .args(["config", "uploadpack.allowFilter", "true"])
        .status()
        .unwrap();
    upstream.push();
    let server = Https::start(upstream.shown(), Manner::default());
    let mut program = Program::new();
    program.limits.bytes = 1 << 20;
    let index = program.sync(&server.remote());
    assert_eq!(index.commits[0].files, ["big.bin", "small.py"]);
    let context = program.context(Incident { frames: vec![frame("big.bin", 1), frame("small.py", 1)], ..incident() });
    assert_eq!(context.snippets.len(), 1);
    // What was left out stays left out, and hinders no later sync.
    upstream.commit(&[("small.py", "x = 2\n")], "next");
    upstream.push();
    program.sync(&server.remote());
}

#[test]
fn without_a_fetched_repository_or_with_a_broken_one_the_cache_is_lost_until_the_next_sync() {
    let upstream = Upstream::empty();
    upstream.commit(&[("a.py", &numbered("a"))], "a");
    upstream.push();
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    let asked = || Incident { frames: vec![frame("a.py", 3)], ..incident() };
    let is_lost =
        || matches!(program.ask(Ask::Context(asked())).answer, Answer::Refused { refusal: Refusal::CacheLost, .. });
    assert!(is_lost());
    program.sync(&server.remote());
    assert_eq!(program.context(asked()).snippets.len(), 1);

    for path in files_below(&program.cache().join("objects/pack")) {
        if path.extension().is_some_and(|it| it == "pack") {
            let mut bytes = std::fs::read(&path).unwrap();
            let length = bytes.len();
            bytes[12..length - 20].fill(0x5a);
            std::fs::remove_file(&path).unwrap();
            std::fs::write(&path, bytes).unwrap();
        }
    }
    assert!(is_lost());
    program.sync(&server.remote());
    assert_eq!(program.context(asked()).snippets.len(), 1);
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().filter_map(|it| Some(it.ok()?.path())).collect()
}
