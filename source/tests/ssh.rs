//! Fetching over ssh, from a server that runs `git-upload-pack`.

mod kit;

use common::source::{Access, Refusal, Remote};
use kit::ssh::{Manner, Ssh, key, pem, sealed};
use kit::{Program, Upstream, subjects};

fn with(remote: &Remote, private: &str, known_hosts: &str) -> Remote {
    Remote { access: Access::Ssh { key: private.to_owned(), known_hosts: known_hosts.to_owned() }, ..remote.clone() }
}

#[test]
fn a_branch_is_fetched_and_brought_up_to_date_in_both_versions_of_the_protocol() {
    for is_old in [false, true] {
        let upstream = Upstream::of_commits(60);
        let server = Ssh::start(Manner { is_old, ..Manner::default() });
        let program = Program::new();
        let remote = server.remote(&upstream.bare());
        assert_eq!(program.sync(&remote).commits[0].subject, "change 60", "old: {is_old}");
        upstream.commit(&[("new", "1\n")], "newer");
        upstream.push();
        assert_eq!(subjects(&program.sync(&remote))[..2], ["newer", "change 60"], "old: {is_old}");
        assert_eq!(program.packs(), 2);
        program.sync(&remote);
        assert_eq!(program.packs(), 2);
    }
}

#[test]
fn nothing_of_the_key_is_kept_or_said() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner::default());
    let program = Program::new();
    let done = program.ask(common::source::Ask::Sync(server.remote(&upstream.bare())));
    for line in pem(&key(1)).lines().filter(|it| !it.starts_with('-')) {
        assert!(!done.said.contains(line) && !kit::is_below(program.folder(), line.as_bytes()));
    }
}

#[test]
fn a_host_key_without_a_line_is_told_with_the_line_to_add() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner::default());
    let remote = server.remote(&upstream.bare());
    let (refusal, message) = Program::new().refused(&with(&remote, &pem(&key(1)), ""));
    assert_eq!(refusal, Refusal::HostKeyUnknown);
    let line = server.line(key(10).public_key());
    assert!(message.contains("SHA256:") && message.ends_with(&format!("then add: {}", line.trim())), "{message}");
}

#[test]
fn another_host_key_and_a_revoked_one_are_refused() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner::default());
    let remote = server.remote(&upstream.bare());
    let right = server.line(key(10).public_key());
    let (refusal, message) = Program::new().refused(&with(&remote, &pem(&key(1)), &server.line(key(11).public_key())));
    assert_eq!(refusal, Refusal::HostKeyUnknown);
    assert!(message.contains("expects another"), "{message}");
    let (refusal, message) =
        Program::new().refused(&with(&remote, &pem(&key(1)), &format!("{right}\n@revoked {right}")));
    assert_eq!(refusal, Refusal::HostKeyUnknown);
    assert!(message.contains("revoked"), "{message}");
}

#[test]
fn a_key_that_the_server_does_not_know_and_one_behind_a_passphrase_are_told_apart() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner::default());
    let remote = server.remote(&upstream.bare());
    let line = server.line(key(10).public_key());
    assert_eq!(Program::new().refused(&with(&remote, &pem(&key(2)), &line)).0, Refusal::Unauthorized);
    let (refusal, message) = Program::new().refused(&with(&remote, &sealed(&key(1)), &line));
    assert_eq!(refusal, Refusal::CredentialInvalid);
    assert!(message.contains("passphrase"), "{message}");
    assert_eq!(Program::new().refused(&Remote { access: Access::None, ..remote }).0, Refusal::CredentialInvalid);
}

#[test]
fn a_missing_repository_is_told_in_the_servers_words() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner::default());
    let (refusal, message) = Program::new().refused(&server.remote(&upstream.shown().join("it's%20none.git")));
    assert_eq!(refusal, Refusal::NotFound, "{message}");
    assert!(message.contains("does not appear to be a git repository"), "{message}");
}

#[test]
fn a_missing_branch_is_told() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner::default());
    let remote = Remote { branch: "release".to_owned(), ..server.remote(&upstream.bare()) };
    assert_eq!(Program::new().refused(&remote).0, Refusal::NotFound);
}

#[test]
fn an_address_inside_is_refused_before_anything_is_said() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner::default());
    let remote = Remote { private_hosts: Vec::new(), ..server.remote(&upstream.bare()) };
    assert_eq!(Program::new().refused(&remote).0, Refusal::HostRefused);
}

#[test]
fn a_server_that_says_nothing_is_given_up_when_the_time_is_over() {
    let upstream = Upstream::of_commits(1);
    let server = Ssh::start(Manner { hangs: true, ..Manner::default() });
    let mut program = Program::new();
    program.limits.seconds = 2;
    assert_eq!(program.refused(&server.remote(&upstream.bare())).0, Refusal::TooSlow);
}
