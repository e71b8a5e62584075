//! What a stranger's server or repository can do to the program, and what is left of it afterwards.

mod kit;

use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use common::source::{Access, Answer, Ask, Incident, Refusal};
use kit::https::{Https, Manner};
use kit::packs::{bombs, packfile};
use kit::{Program, Upstream, frame, incident, noise, subjects};

#[test]
fn more_bytes_than_allowed_are_not_taken() {
    let upstream = Upstream::empty();
    upstream.write("noise", &noise(4 << 20, 0));
    upstream.commit(&[], "noise");
    upstream.push();
    let server = Https::start(upstream.shown(), Manner::default());
    let mut program = Program::new();
    program.limits.bytes = 1 << 20;
    let (refusal, message) = program.refused(&server.remote());
    assert_eq!(refusal, Refusal::TooLarge, "{message}");
    assert!(!program.cache().exists());
}

#[test]
fn more_objects_than_allowed_are_not_unpacked() {
    let upstream = Upstream::of_commits(10);
    let server = Https::start(upstream.shown(), Manner::default());
    let mut program = Program::new();
    program.limits.objects = 29;
    let (refusal, message) = program.refused(&server.remote());
    assert_eq!(refusal, Refusal::TooLarge);
    assert!(message.contains("30 objects, more than the 29"), "{message}");
    program.limits.objects = 30;
    program.sync(&server.remote());
}

#[test]
fn a_list_of_tags_without_end_is_not_kept_in_memory() {
    let upstream = Upstream::of_commits(1);
    let line = format!("003d{} refs/tags/v1\n", "a".repeat(40));
    let line = line.replacen("003d", &format!("{:04x}", line.len()), 1);
    let list = line.repeat((17 << 20) / line.len()).into_bytes();
    let server = Https::start(upstream.shown(), Manner { garbage: Some((2, list)), ..Manner::default() });
    assert_eq!(Program::new().refused(&server.remote()).0, Refusal::TooLarge);
}

#[test]
fn a_small_pack_of_a_large_object_is_refused() {
    let upstream = Upstream::empty();
    std::fs::File::create(upstream.work().join("zeros")).unwrap().set_len(80 << 20).unwrap();
    upstream.commit(&[], "zeros");
    upstream.push();
    let server = Https::start(upstream.shown(), Manner::default());
    let (refusal, message) = Program::new().refused(&server.remote());
    assert_eq!(refusal, Refusal::TooLarge, "{message}");
    assert!(message.contains("too large to unpack"), "{message}");
}

#[test]
fn a_pack_of_deltas_that_unfold_without_end_is_refused_or_takes_too_long() {
    let upstream = Upstream::of_commits(1);
    for (case, pack) in [
        ("one that names a size of its own", bombs(1, 1 << 40, 1)),
        ("many that are large", bombs(2000, 60 << 20, 3840)),
    ] {
        let server =
            Https::start(upstream.shown(), Manner { garbage: Some((3, packfile(&pack))), ..Manner::default() });
        let mut program = Program::new();
        program.limits.seconds = 5;
        let (refusal, message) = program.refused(&server.remote());
        assert!([Refusal::TooLarge, Refusal::TooSlow].contains(&refusal), "{case}: {refusal:?} {message}");
        assert!(!program.cache().exists());
    }
}

#[test]
fn a_server_that_falls_silent_is_given_up_when_the_time_is_over() {
    let upstream = Upstream::of_commits(3);
    let mut program = Program::new();
    program.limits.seconds = 2;
    for number in 1..=3 {
        for manner in [
            Manner { hangs_at: Some(number), ..Manner::default() },
            Manner { stalls_at: Some(number), ..Manner::default() },
        ] {
            let server = Https::start(upstream.shown(), manner.clone());
            assert_eq!(program.refused(&server.remote()).0, Refusal::TooSlow, "{manner:?}");
        }
    }
    program.limits.seconds = 60;
    program.sync(&Https::start(upstream.shown(), Manner::default()).remote());
}

#[test]
fn a_server_that_breaks_off_or_talks_nonsense_leaves_what_was_there() {
    let upstream = Upstream::of_commits(3);
    let sound = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    program.sync(&sound.remote());
    upstream.commit(&[("new", "1")], "newer");
    upstream.push();
    let nonsense = [
        b"\0\xff".to_vec(),
        b"0000".to_vec(),
        b"fffe".to_vec(),
        b"0009hello".to_vec(),
        noise(100_000, 1),
        Vec::new(),
        packfile(b"PACKnothing"),
        packfile(&noise(5000, 2)),
    ];
    for number in 1..=3 {
        let broken = Manner { breaks_at: Some(number), ..Manner::default() };
        let manners = nonsense.iter().map(|it| Manner { garbage: Some((number, it.clone())), ..Manner::default() });
        for manner in manners.chain([broken]) {
            // The same place for the cache: only the port differs, and the port is part of the address.
            let server = Https::start(upstream.shown(), manner.clone());
            let fresh = Program::new();
            let (refusal, message) = fresh.refused(&server.remote());
            assert!([Refusal::Unreachable, Refusal::NotFound].contains(&refusal), "{refusal:?} {message} {manner:?}");
            assert!(!fresh.cache().exists());
        }
    }
    assert_eq!(subjects(&program.sync(&sound.remote()))[0], "newer");
}

#[test]
fn a_program_that_is_killed_at_any_moment_leaves_a_whole_repository_or_none() {
    let upstream = Upstream::of_commits(5);
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    for round in 0_u64..24 {
        upstream.commit(&[("log", &round.to_string())], &format!("round {round}"));
        upstream.push();
        let mut running = program.start(Ask::Sync(server.remote()));
        std::thread::sleep(Duration::from_millis(round * 5));
        let _ = running.kill();
        running.wait().unwrap();
        match program.ask(Ask::Context(Incident { frames: vec![frame("log", 1)], ..incident() })).answer {
            Answer::Context(context) => assert_eq!(context.snippets.len(), 1, "round {round}"),
            Answer::Refused { refusal, .. } => assert_eq!(refusal, Refusal::CacheLost, "round {round}"),
            Answer::Index(_) => unreachable!(),
        }
        if round % 4 == 3 {
            assert_eq!(subjects(&program.sync(&server.remote()))[0], format!("round {round}"));
        }
    }
    let beside = std::fs::read_dir(program.cache().parent().unwrap()).unwrap().count();
    assert_eq!(beside, 3, "the cache and its two locks");
}

#[test]
fn a_cache_that_outgrows_its_limit_is_made_anew_and_stays_small() {
    let upstream = Upstream::empty();
    let server = Https::start(upstream.shown(), Manner::default());
    let mut program = Program::new();
    program.limits.bytes = 1 << 20;
    let mut most = 0;
    for round in 0..8 {
        // Each is a branch of its own, so that what came before is not needed any more.
        upstream.run(&["checkout", "-q", "--orphan", "next"]);
        upstream.write("noise", &noise(300 << 10, round));
        upstream.commit(&[], &format!("round {round}"));
        upstream.run(&["branch", "-q", "-M", "next", "main"]);
        upstream.push();
        assert_eq!(subjects(&program.sync(&server.remote())), [format!("round {round}")]);
        most = most.max(program.packs());
    }
    assert!((2..=5).contains(&most), "{most}");
}

#[test]
fn the_credential_stands_in_no_argument_environment_or_file_of_the_running_program_and_it_has_no_children() {
    let upstream = Upstream::of_commits(1);
    let server = Https::start(upstream.shown(), Manner { hangs_at: Some(2), ..Manner::default() });
    let program = Program::new();
    let remote = common::source::Remote { access: Access::Token("t0ken-of-the-test".to_owned()), ..server.remote() };
    let mut running = program.start(Ask::Sync(remote));
    while server.requests() < 2 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let its = |what: &str| {
        String::from_utf8_lossy(&std::fs::read(format!("/proc/{}/{what}", running.id())).unwrap()).into_owned()
    };
    assert!(!its("cmdline").contains("t0ken") && !its("environ").contains("t0ken"));
    assert!(!kit::is_below(program.folder(), b"t0ken-of-the-test"));
    assert_eq!(its(&format!("task/{}/children", running.id())), "");
    let limits = its("limits");
    let limit = |name: &str| {
        limits.lines().find_map(|it| it.strip_prefix(name)).unwrap().split_whitespace().next().unwrap().to_owned()
    };
    assert_eq!(limit("Max core file size"), "0");
    assert_eq!(limit("Max file size"), kit::LIMITS.bytes.to_string());
    assert_ne!(limit("Max address space"), "unlimited");
    assert_ne!(limit("Max cpu time"), "unlimited");
    running.kill().unwrap();
    running.wait().unwrap();
}

#[test]
fn a_cache_is_readable_by_its_owner_alone() {
    let upstream = Upstream::of_commits(1);
    let program = Program::new();
    program.sync(&Https::start(upstream.shown(), Manner::default()).remote());
    for folder in [program.cache(), program.cache().parent().unwrap().to_owned()] {
        assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn a_question_that_cannot_be_read_is_answered_by_an_exit_code_and_not_repeated() {
    for text in [
        "",
        "{",
        r#"{"cache":"/x","limits":{},"ask":{"sync":{"access":{"token":"t0ken-of-the-test"}}}}"#,
        r#""t0ken-of-the-test""#,
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_chatcli-source"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        program.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = program.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.lines().count() == 1 && !said.contains("t0ken"), "{said}");
    }
}

#[test]
fn a_cache_that_lost_objects_is_made_anew_by_the_next_sync() {
    let upstream = Upstream::of_commits(3);
    let server = Https::start(upstream.shown(), Manner::default());
    let program = Program::new();
    program.sync(&server.remote());
    let first: Vec<_> =
        std::fs::read_dir(program.cache().join("objects/pack")).unwrap().map(|it| it.unwrap().path()).collect();
    upstream.commit(&[("new", "1")], "newer");
    upstream.push();
    program.sync(&server.remote());
    // The head is in the second pack; what it builds on was in the first.
    for file in first {
        std::fs::remove_file(file).unwrap();
    }
    upstream.commit(&[("new", "2")], "newest");
    upstream.push();
    assert_eq!(subjects(&program.sync(&server.remote()))[..2], ["newest", "newer"]);
    assert_eq!(program.packs(), 1);
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let upstream = Upstream::of_commits(1);
    let program = Program::new();
    let file = program.cache().join("precious");
    std::fs::create_dir_all(program.cache()).unwrap();
    std::fs::write(&file, "1").unwrap();
    assert_eq!(program.refused(&Https::start(upstream.shown(), Manner::default()).remote()).0, Refusal::CacheLost);
    assert!(file.exists());
}

#[test]
fn a_tree_whose_names_lead_out_of_it_names_no_file() {
    let upstream = Upstream::empty();
    upstream.commit(&[("a.py", "x = 1\n")], "a");
    let blob = upstream.run(&["rev-parse", "HEAD:a.py"]);
    let tree = |name: &[u8], mode: &str, id: &str| {
        [mode.as_bytes(), b" ", name, b"\0", gix::ObjectId::from_hex(id.as_bytes()).unwrap().as_slice()].concat()
    };
    upstream.write("../tree", &tree(b"passwd", "100644", &blob));
    let inner = upstream.run(&["hash-object", "-t", "tree", "-w", "--literally", "../tree"]);
    upstream.write(
        "../tree",
        &[
            tree(b"..", "40000", &inner),
            tree(b".git", "40000", &inner),
            tree(b"a/b.py", "100644", &blob),
            tree(b"ok.py", "100644", &blob),
        ]
        .concat(),
    );
    let outer = upstream.run(&["hash-object", "-t", "tree", "-w", "--literally", "../tree"]);
    let commit = upstream.run(&["commit-tree", "-m", "out", &outer]);
    upstream.run(&["update-ref", "refs/heads/main", &commit]);
    upstream.push();
    let program = Program::new();
    let index = program.sync(&Https::start(upstream.shown(), Manner::default()).remote());
    assert_eq!(subjects(&index), ["out"]);
    let frames = ["../passwd", "passwd", ".git/passwd", "b.py", "ok.py"].map(|it| frame(it, 1)).to_vec();
    let context = program.context(Incident { frames, ..incident() });
    assert_eq!(context.snippets.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["ok.py"]);
}

#[test]
fn folders_that_hold_one_another_have_an_end() {
    let upstream = Upstream::empty();
    upstream.write("a.py", b"x = 1\n");
    let mut id = upstream.run(&["hash-object", "-w", "a.py"]);
    let mut kind = "100644 blob";
    for _ in 0..10 {
        let entries: String = (0..10).map(|it| format!("{kind} {id}\t{it}\n")).collect::<Vec<_>>().concat();
        upstream.write("../entries", entries.as_bytes());
        let entries = std::fs::File::open(upstream.work().join("../entries")).unwrap();
        let made = Command::new("git").current_dir(upstream.work()).arg("mktree").stdin(entries).output().unwrap();
        id = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        kind = "040000 tree";
    }
    let commit = upstream.run(&["commit-tree", "-m", "folders", &id]);
    upstream.run(&["update-ref", "refs/heads/main", &commit]);
    upstream.push();
    let index = Program::new().sync(&Https::start(upstream.shown(), Manner::default()).remote());
    assert_eq!(subjects(&index), ["folders"]);
}

#[test]
fn a_server_that_repeats_the_credential_is_not_quoted_with_it() {
    let upstream = Upstream::of_commits(1);
    let words = "ERR who is t0ken-of-the-test?\n";
    let line = format!("{:04x}{words}0000", words.len() + 4);
    let server = Https::start(upstream.shown(), Manner { garbage: Some((3, line.into_bytes())), ..Manner::default() });
    let remote = common::source::Remote { access: Access::Token("t0ken-of-the-test".to_owned()), ..server.remote() };
    let done = Program::new().ask(Ask::Sync(remote));
    assert!(!done.said.contains("t0ken-of-the-test") && done.said.contains("who is [hidden]?"), "{}", done.said);
}

#[test]
fn who_reads_is_not_disturbed_by_who_replaces() {
    let upstream = Upstream::of_commits(3);
    let (one, other) =
        (Https::start(upstream.shown(), Manner::default()), Https::start(upstream.shown(), Manner::default()));
    let program = Program::new();
    program.sync(&one.remote());
    for round in 0..8 {
        let asked = Incident { frames: vec![frame("log", 1)], ..incident() };
        let readers: Vec<_> = (0..3).map(|_| program.start(Ask::Context(asked.clone()))).collect();
        program.sync(&if round % 2 == 0 { other.remote() } else { one.remote() });
        for reader in readers {
            match Program::done(&reader.wait_with_output().unwrap()).answer {
                Answer::Context(context) => assert_eq!(context.snippets.len(), 1),
                // It came in between the one repository and the other.
                Answer::Refused { refusal, message } => {
                    assert!(refusal == Refusal::CacheLost && message.contains("not been fetched"), "{message}");
                }
                Answer::Index(_) => unreachable!(),
            }
        }
    }
}
