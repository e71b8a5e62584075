//! What is made is judged sound, and every way a handshake of the field fails is named. The other side is OpenSSL, never our own code.

use std::io::Write as _;
use std::process::{Command, Stdio};

use jiff::SignedDuration;

use super::*;
use crate::tls::{Issued, KeyKind, NoHandshake, Request, look, make, rotate, service_names};

const SERVICE: &str = "chatcli-prod.chatcli-system.svc.cluster.local";

fn now() -> Timestamp {
    Timestamp::now()
}

fn names() -> Vec<String> {
    service_names("chatcli-prod", "chatcli-system", "cluster.local")
}

fn issued_at(now: Timestamp, key: KeyKind) -> Issued {
    make(&Request { names: &names(), key, now, valid_for: SignedDuration::from_hours(24 * 90) }).unwrap()
}

fn issued() -> Issued {
    issued_at(now(), KeyKind::EcdsaP256)
}

fn material(issued: &Issued) -> Material<'_> {
    Material {
        certificate: Some(issued.certificate.as_bytes()),
        key: Some(issued.key.as_bytes()),
        authority: Some(issued.authority.as_bytes()),
    }
}

fn reasons(material: &Material<'_>, name: &str, now: Timestamp) -> Vec<&'static str> {
    inspect(material, &[name.to_owned()], now).problems.iter().map(Problem::reason).collect()
}

fn openssl(folder: &std::path::Path, args: &[&str]) -> String {
    let output = Command::new("openssl").current_dir(folder).args(args).stdin(Stdio::null()).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "openssl {args:?}: {said}");
    said
}

/// The three files, for tools that read files.
fn folder(issued: &Issued) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [("tls.crt", &issued.certificate), ("tls.key", &issued.key), ("ca.crt", &issued.authority)] {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

#[test]
fn what_is_made_has_nothing_wrong_under_any_of_its_names() {
    for kind in [KeyKind::EcdsaP256, KeyKind::Rsa2048] {
        let issued = issued_at(now(), kind);
        let seen = inspect(&material(&issued), &names(), now());
        assert_eq!(seen.problems, [], "{kind:?}");
        assert_eq!(seen.chain[0].names, names());
        assert_eq!(seen.chain[0].key, if kind == KeyKind::EcdsaP256 { "ECDSA P-256" } else { "RSA 2048" });
        assert!(seen.authorities[0].is_authority && !seen.chain[0].is_authority);
    }
}

#[test]
fn openssl_verifies_what_is_made() {
    for kind in [KeyKind::EcdsaP256, KeyKind::Rsa2048] {
        let folder = folder(&issued_at(now(), kind));
        let verify = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", "ca.crt"];
        let said = openssl(folder.path(), &[&verify[..], &["-verify_hostname", SERVICE, "tls.crt"]].concat());
        assert_eq!(said.trim(), "tls.crt: OK");
        openssl(folder.path(), &["pkey", "-in", "tls.key", "-check", "-noout"]);
    }
}

/// `openssl s_server` with the three files, on a free port, until dropped.
struct Server {
    child: std::process::Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Server {
    fn serving(issued: &Issued) -> Self {
        let folder = folder(issued);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("openssl")
            .current_dir(folder.path())
            .args([
                "s_server",
                "-accept",
                &port.to_string(),
                "-cert",
                "tls.crt",
                "-key",
                "tls.key",
                "-alpn",
                "h2",
                "-quiet",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = format!("127.0.0.1:{port}");
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(&address).is_err() {
            assert!(std::time::Instant::now() < deadline, "openssl s_server does not listen");
            std::thread::yield_now();
        }
        Self { child, address, folder }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_real_handshake_under_the_in_cluster_name_succeeds_with_openssl_on_either_side() {
    let issued = issued();
    let server = Server::serving(&issued);
    let served = look(&server.address, SERVICE, Duration::from_secs(20)).await.unwrap();
    assert!(served.speaks_http2, "{served:?}");
    let roots: Vec<_> = CertificateDer::pem_slice_iter(issued.authority.as_bytes()).collect::<Result<_, _>>().unwrap();
    assert_eq!(verify(&served.chain, &roots, &[SERVICE.to_owned()], now()), []);

    let mut client = Command::new("openssl")
        .current_dir(server.folder.path())
        .args(["s_client", "-connect", &server.address, "-CAfile", "ca.crt", "-verify_hostname", SERVICE])
        .args(["-servername", SERVICE, "-verify_return_error"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    client.stdin.take().unwrap().write_all(b"Q\n").unwrap();
    let said = String::from_utf8_lossy(&client.wait_with_output().unwrap().stdout).into_owned();
    assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
}

#[tokio::test]
async fn a_port_nobody_listens_on_and_one_without_tls_are_told_apart() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = look(&free.to_string(), SERVICE, Duration::from_secs(20)).await.unwrap_err();
    assert!(matches!(refused, NoHandshake::Refused(_)), "{refused}");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let clear = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
    });
    let answer = look(&address, SERVICE, Duration::from_secs(20)).await.unwrap_err();
    assert!(matches!(answer, NoHandshake::NotTls(_)), "{answer}");
    clear.join().unwrap();
}

#[test]
fn the_procedure_that_documents_describe_works_as_written() {
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "[req]\ndistinguished_name = req_dn\nx509_extensions = v_ext\nprompt = no\n[req_dn]\nCN = {SERVICE}\n[v_ext]\n\
         subjectAltName = @alt_names\n[alt_names]\nDNS.1 = {SERVICE}\nDNS.2 = chatcli-prod.chatcli-system.svc\nDNS.3 = \
         chatcli-prod\nDNS.4 = localhost\n"
    );
    std::fs::write(folder.path().join("openssl.cnf"), config).unwrap();
    let line = "req -x509 -newkey rsa:2048 -sha256 -days 825 -nodes -keyout tls.key -out tls.crt -config openssl.cnf -extensions v_ext";
    openssl(folder.path(), &line.split(' ').collect::<Vec<_>>());
    let read = |file: &str| std::fs::read(folder.path().join(file)).unwrap();
    let (certificate, key) = (read("tls.crt"), read("tls.key"));
    let whole = Material { certificate: Some(&certificate), key: Some(&key), authority: Some(&certificate) };
    assert_eq!(reasons(&whole, SERVICE, now()), [""; 0]);
    // The trap it warns of: without ca.crt nobody trusts it.
    assert_eq!(reasons(&Material { authority: None, ..whole }, SERVICE, now()), ["UnknownAuthority"]);
}

#[test]
fn a_certificate_by_openssls_defaults_fails_for_its_name_and_for_being_an_authority() {
    let folder = tempfile::tempdir().unwrap();
    let line = format!("req -x509 -newkey rsa:2048 -days 30 -nodes -keyout tls.key -out tls.crt -subj /CN={SERVICE}");
    openssl(folder.path(), &line.split(' ').collect::<Vec<_>>());
    let read = |file: &str| std::fs::read(folder.path().join(file)).unwrap();
    let (certificate, key) = (read("tls.crt"), read("tls.key"));
    let whole = Material { certificate: Some(&certificate), key: Some(&key), authority: Some(&certificate) };
    assert_eq!(reasons(&whole, SERVICE, now()), ["NoNames", "AuthorityAsServer"]);
}

#[test]
fn each_failure_of_a_handshake_is_named() {
    let (mine, other) = (issued(), issued());
    let sound = material(&mine);
    let day = SignedDuration::from_hours(24);
    assert_eq!(reasons(&sound, "chatcli.example.org", now()), ["WrongName"]);
    assert_eq!(reasons(&sound, SERVICE, now() + day * 91), ["Expired", "Expired"]);
    assert_eq!(reasons(&sound, SERVICE, now() - day), ["NotYetValid", "NotYetValid"]);
    assert_eq!(reasons(&sound, SERVICE, now() + day * 61), ["ExpiresSoon"]);
    assert_eq!(
        reasons(&Material { authority: material(&other).authority, ..sound }, SERVICE, now()),
        ["UnknownAuthority"]
    );
    assert_eq!(reasons(&Material { key: material(&other).key, ..sound }, SERVICE, now()), ["KeyMismatch"]);
    assert_eq!(reasons(&Material { key: None, ..sound }, SERVICE, now()), ["Missing"]);
    assert_eq!(reasons(&Material { certificate: None, ..sound }, SERVICE, now()), ["Missing"]);
    assert_eq!(reasons(&Material { authority: None, ..sound }, SERVICE, now()), ["Missing"]);
    assert_eq!(reasons(&Material { certificate: Some(b"nonsense"), ..sound }, SERVICE, now()), ["Unreadable"]);
}

#[test]
fn a_missing_authority_is_only_a_warning_where_a_public_one_may_have_signed() {
    let mine = issued();
    let seen = inspect(&Material { authority: None, ..material(&mine) }, &names(), now());
    assert!(seen.works(), "{:?}", seen.problems);
}

#[test]
fn after_a_rotation_clients_trust_the_old_certificate_and_the_new() {
    let old = issued();
    let request = Request {
        names: &names(),
        key: KeyKind::EcdsaP256,
        now: now(),
        valid_for: SignedDuration::from_hours(24 * 90),
    };
    let new = rotate(&material(&old), &request).unwrap();
    assert_eq!(inspect(&material(&new), &names(), now()).problems, []);
    let still = Material { authority: Some(new.authority.as_bytes()), ..material(&old) };
    assert_eq!(inspect(&still, &names(), now()).problems, []);
    // The next rotation forgets the first: trust does not pile up.
    let newer = rotate(&material(&new), &request).unwrap();
    assert_eq!(newer.authority.matches("BEGIN CERTIFICATE").count(), 2);
    let first = Material { authority: Some(newer.authority.as_bytes()), ..material(&old) };
    assert_eq!(reasons(&first, SERVICE, now()), ["UnknownAuthority"]);
}
