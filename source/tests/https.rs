//! Fetching over https, from a server that runs `git http-backend`.

mod kit;

use common::source::{Access, Refusal};
use kit::https::{Https, Manner};
use kit::{Program, Upstream, incident, subjects};

#[test]
fn a_branch_is_fetched_and_told_with_its_newest_commit_first() {
    let upstream = Upstream::empty();
    upstream.commit(&[("src/main.go", "package main\n"), ("Dockerfile", "FROM scratch\n")], "begin\n\nwith a body");
    let head = upstream.commit(&[("src/cart.go", "package main\n"), ("web/app.ts", "\n")], "sell");
    upstream.push();
    let server = Https::start(upstream.shown(), Manner::default());
    let index = Program::new().sync(&server.remote());

    assert_eq!(subjects(&index), ["sell", "begin"]);
    assert_eq!(index.commits[0].id, head);
    assert_eq!(index.commits[0].author, "Ada");
    assert_eq!(index.commits[0].files, ["src/cart.go", "web/app.ts"]);
    assert_eq!(index.commits[1].files, ["Dockerfile", "src/main.go"]);
    assert_eq!(index.languages, ["Go", "TypeScript"]);
    assert_eq!(index.entrypoints, ["src/main.go", "web/app.ts"]);
    assert_eq!(index.config_files, ["Dockerfile"]);
}

#[test]
fn a_later_sync_fetches_what_is_new_and_an_unchanged_branch_costs_no_pack() {
    let upstream = Upstream::of_commits(3);
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    program.sync(&server.remote());
    assert_eq!(server.requests(), 3);
    program.sync(&server.remote());
    assert_eq!(server.requests(), 5);

    upstream.commit(&[("new", "1\n")], "newer");
    upstream.push();
    assert_eq!(subjects(&program.sync(&server.remote())), ["newer", "change 3", "change 2", "change 1"]);
    assert_eq!(program.packs(), 2);
}

#[test]
fn a_branch_that_was_written_anew_is_told_as_it_is_now() {
    let upstream = Upstream::of_commits(4);
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    program.sync(&server.remote());
    upstream.run(&["reset", "-q", "--hard", "HEAD~2"]);
    upstream.commit(&[("other", "1\n")], "another way");
    upstream.push();
    assert_eq!(subjects(&program.sync(&server.remote())), ["another way", "change 2", "change 1"]);
    upstream.run(&["checkout", "-q", "--orphan", "new"]);
    upstream.commit(&[("else", "1\n")], "from nothing");
    upstream.run(&["branch", "-q", "-M", "new", "main"]);
    upstream.push();
    assert_eq!(subjects(&program.sync(&server.remote())), ["from nothing"]);
}

#[test]
fn history_ends_fifty_commits_from_the_head_also_after_many_syncs() {
    let upstream = Upstream::of_commits(60);
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    let index = program.sync(&server.remote());
    assert_eq!(index.commits.len(), 20);
    let git = |arguments: &[&str]| {
        let output =
            std::process::Command::new("git").arg("--git-dir").arg(program.cache()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    assert_eq!(git(&["rev-list", "--count", "HEAD"]), "50");
    for number in 61..=63 {
        upstream.commit(&[("log", &format!("{number}\n"))], &format!("change {number}"));
        upstream.push();
        let index = program.sync(&server.remote());
        assert_eq!(index.commits[0].subject, format!("change {number}"));
        assert_eq!(git(&["rev-list", "--count", "HEAD"]), "50");
        git(&["fsck", "--connectivity-only"]);
    }
}

#[test]
fn a_server_of_the_first_protocol_is_understood_too() {
    let upstream = Upstream::of_commits(60);
    upstream.run(&["tag", "v1.0.0", "HEAD~1"]);
    upstream.push();
    let server = Https::start(upstream.shown(), Manner { is_old: true, ..Manner::default() });
    let program = Program::new();
    assert_eq!(program.sync(&server.remote()).commits[0].subject, "change 60");
    upstream.commit(&[("new", "1\n")], "newer");
    upstream.push();
    assert_eq!(program.sync(&server.remote()).commits[0].subject, "newer");
    let mut incident = incident();
    incident.releases = vec!["1.0.0".to_owned()];
    assert_eq!(program.context(incident).running.unwrap().subject, "change 59");
}

#[test]
fn a_token_opens_a_private_repository_and_is_nowhere_afterwards() {
    let upstream = Upstream::of_commits(2);
    let server = Https::start(
        upstream.shown(),
        Manner { login: Some(("x-access-token", "t0ken-of-the-test")), ..Manner::default() },
    );
    let program = Program::new();
    let mut remote = server.remote();
    assert_eq!(program.refused(&remote).0, Refusal::Unauthorized);
    remote.access = Access::Token("t0ken-of-the-test\n".to_owned());
    program.sync(&remote);
    assert!(!kit::is_below(program.folder(), b"t0ken-of-the-test"));

    remote.access = Access::Token("wr0ng-token-here".to_owned());
    let (refusal, message) = program.refused(&remote);
    assert_eq!(refusal, Refusal::Unauthorized);
    assert!(!message.contains("wr0ng-token-here"), "{message}");
    // What was fetched before is still there.
    program.context(incident());
}

#[test]
fn user_and_password_open_a_private_repository() {
    let upstream = Upstream::of_commits(1);
    let server = Https::start(upstream.shown(), Manner { login: Some(("ada", "päss:word")), ..Manner::default() });
    let access = Access::Basic { username: "ada".to_owned(), password: "päss:word".to_owned() };
    Program::new().sync(&common::source::Remote { access, ..server.remote() });
}

#[test]
fn a_missing_branch_an_empty_and_a_missing_repository_are_told_apart_from_an_unreachable_server() {
    let upstream = Upstream::of_commits(1);
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    let mut remote = server.remote();
    remote.branch = "release".to_owned();
    let (refusal, message) = program.refused(&remote);
    assert_eq!(refusal, Refusal::NotFound);
    assert!(message.contains("no branch release; correct spec.branch"), "{message}");

    remote.branch = "main\nfff refs/heads/other".to_owned();
    assert_eq!(program.refused(&remote).0, Refusal::NotFound);
    remote.branch = "main".to_owned();
    remote.url = remote.url.replace("shop.git", "none.git");
    assert_eq!(program.refused(&remote).0, Refusal::NotFound);

    let empty = Upstream::empty();
    let server = Https::start(empty.shown(), Manner::default());
    let (refusal, message) = program.refused(&server.remote());
    assert_eq!(refusal, Refusal::NotFound);
    assert!(message.contains("nor any commit"), "{message}");

    let mut remote = server.remote();
    drop(server);
    assert_eq!(program.refused(&remote).0, Refusal::Unreachable);
    remote.authorities = None;
    remote.url = "https://no-such-host.invalid/shop.git".to_owned();
    remote.authorities = Some(Https::start(empty.shown(), Manner::default()).remote().authorities.unwrap());
    assert_eq!(program.refused(&remote).0, Refusal::Unreachable);
}

#[test]
fn a_redirect_is_refused_and_told() {
    let upstream = Upstream::of_commits(1);
    let server = Https::start(
        upstream.shown(),
        Manner { status: Some((301, "https://me:s3cret@169.254.169.254/latest?x=1")), ..Manner::default() },
    );
    let (refusal, message) = Program::new().refused(&server.remote());
    assert_eq!(refusal, Refusal::Unreachable);
    assert!(message.contains("points to https://169.254.169.254/latest,"), "{message}");
    assert_eq!(server.requests(), 1);
}

#[test]
fn an_address_inside_is_refused_by_name_and_by_number_unless_its_host_is_private() {
    let upstream = Upstream::of_commits(1);
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    for host in ["localhost", "127.0.0.1"] {
        let mut remote = server.remote_at(host);
        remote.private_hosts = vec!["git.example.com".to_owned()];
        let (refusal, message) = program.refused(&remote);
        assert_eq!(refusal, Refusal::HostRefused, "{message}");
        remote.private_hosts = vec![host.to_uppercase()];
        program.sync(&remote);
    }
    assert!(server.requests() >= 3);
}

#[test]
fn a_server_whose_certificate_nobody_vouches_for_gets_no_request() {
    let upstream = Upstream::of_commits(1);
    let server = Https::start(upstream.shown(), Manner::default());
    let other = Https::start(upstream.shown(), Manner::default());
    let mut remote = server.remote();
    remote.authorities = other.remote().authorities;
    remote.access = Access::Token("t0ken-of-the-test".to_owned());
    assert_eq!(Program::new().refused(&remote).0, Refusal::Unreachable);
    assert_eq!(server.requests(), 0);
}

#[test]
fn another_repository_at_the_same_place_takes_the_place_of_the_first() {
    let first = Upstream::of_commits(2);
    let second = Upstream::empty();
    second.commit(&[("a.rs", "\n")], "another repository");
    second.push();
    let (one, other) =
        (Https::start(first.shown(), Manner::default()), Https::start(second.shown(), Manner::default()));
    let program = Program::new();
    program.sync(&one.remote());
    assert_eq!(subjects(&program.sync(&other.remote())), ["another repository"]);

    // The old one answers no question about the new one.
    let mut gone = one.remote();
    gone.url = gone.url.replace("shop.git", "none.git");
    program.refused(&gone);
    assert!(matches!(
        program.ask(common::source::Ask::Context(incident())).answer,
        common::source::Answer::Refused { refusal: Refusal::CacheLost, .. }
    ));
}
