//! What an application says about its own end: a table of sentences that programs share, whatever they are written in.
//!
//! In: the last lines of containers that end or are not ready. Out: findings, each with its line as the receipt. Never: takes a line for a
//! cause that the container survived; only who fails is listened to.

use std::sync::LazyLock;

use regex::Regex;

use super::case::{Case, end_receipt, pod_ref, template_path};
use super::codes::Code;
use super::draft::{Draft, receipt};
use super::{dependencies, exits};
use crate::api::ResourceRef;
use crate::api::ai_insight::{Evidence, Finding};
use crate::facts::containers::View;
use crate::facts::logged::line::without_time;

/// One kind of sentence. `{what}` in the statement is what the first group caught.
struct Sentence {
    code: Code,
    pattern: &'static str,
    statement: &'static str,
    /// What is left to doubt.
    because: &'static str,
    advice: &'static str,
}

/// In the order they are tried on a line: the more exact before the more general.
const SENTENCES: &[Sentence] = &[
    Sentence {
        code: Code::RbacDenied,
        pattern: r#"(?i)(\w+(?:\.[\w.]+)? ?(?:"[^"]*" )?is forbidden: User "system:serviceaccount:[^"]+" cannot \w+ resource "[^"]+"[^,;\n]*)"#,
        statement: "the Kubernetes API refuses it: {what}",
        because: "the API server names the account, the verb and the resource",
        advice: "bind a Role with exactly that verb on that resource to the ServiceAccount",
    },
    Sentence {
        code: Code::CertificateExpired,
        pattern: r"(?i)(certificate has expired or is not yet valid[^\n]*|certificate (?:has )?expired|CERTIFICATE_VERIFY_FAILED[^\n]*expired|CertificateExpired\w*|certificate is not yet valid|ERR_TLS_CERT_EXPIRED|CERT_HAS_EXPIRED)",
        statement: "TLS fails: {what}",
        because: "the application checked the certificate and says so; which host's, the line may name",
        advice: "renew the certificate; where it is new, compare the clocks",
    },
    Sentence {
        code: Code::CertificateUntrusted,
        pattern: r"(?i)(certificate signed by unknown authority|certificate is valid for [^\n]+, not [^\n]+|CERTIFICATE_VERIFY_FAILED|unable to (?:verify the first certificate|get local issuer certificate)|self[- ]signed certificate[^\n]*|PKIX path building failed|UnknownIssuer|hostname mismatch|doesn't contain any IP SANs)",
        statement: "TLS fails: {what}",
        because: "the application checked the certificate and says so",
        advice: "give it the CA that signed the certificate, or call a name that is in it",
    },
    Sentence {
        code: Code::DependencyAuthFailed,
        pattern: r#"(?i)(password authentication failed[^\n]*|access denied for user[^\n]*|authentication failed[^\n]*|WRONGPASS[^\n]*|NOAUTH[^\n]*|invalid (?:username or password|credentials|api key|access key)[^\n]*|SASL authentication (?:failed|error)[^\n]*|login failed for user[^\n]*|InvalidAccessKeyId[^\n]*|SignatureDoesNotMatch|401 unauthorized|role "[^"]+" does not exist)"#,
        statement: "what it calls refuses its credentials: {what}",
        because: "an answer that refuses credentials is an answer: the other side is up",
        advice: "a person has to correct the credentials in the Secret; then start the pods again",
    },
    Sentence {
        code: Code::PortInUse,
        pattern: r"(?i)((?:listen tcp[^\n]*|bind[^\n]*)?(?:address already in use|EADDRINUSE[^\n]*|port \d+ (?:is )?already in use)|Only one usage of each socket address)",
        statement: "it cannot listen: {what}",
        because: "the kernel says the port is taken; by whom it does not say",
        advice: "give each container of the pod its own port; look at hostNetwork and sidecars",
    },
    Sentence {
        code: Code::DiskFull,
        pattern: r"(?i)([^\n]*(?:no space left on device|ENOSPC|disk quota exceeded|not enough space on the disk))",
        statement: "its disk is full: {what}",
        because: "the kernel says so",
        advice: "free room on the volume it writes to, or make it larger",
    },
    Sentence {
        code: Code::BinaryWrongPlatform,
        pattern: r"(?i)([^\n]*exec format error)",
        statement: "the node cannot execute it: {what}",
        because: "the kernel refuses the file as a program",
        advice: "build it for the node's architecture, or begin the script with its interpreter",
    },
    Sentence {
        code: Code::FilePermissionDenied,
        pattern: r"(?i)([^\n]*(?:permission denied|EACCES|operation not permitted|read-only file system|EROFS|AccessDeniedException)[^\n]*)",
        statement: "it may not use a file: {what}",
        because: "the kernel refuses, so user, mode or mount is wrong",
        advice: "correct runAsUser, fsGroup or readOnlyRootFilesystem, or mount a writable volume there",
    },
    Sentence {
        code: Code::EnvMissing,
        pattern: r#"(?i)((?:required |mandatory )?env(?:ironment)?[ _-]?(?:var(?:iable)?s?)?[ :=]+["'`]?[A-Z][A-Z0-9_]{2,}["'`]? (?:is |was |are )?(?:not set|not defined|unset|missing|required|undefined|empty|must be set|not found)|["'`]?(?-i:\b[A-Z][A-Z0-9]*_[A-Z0-9_]+)["'`]?:? (?:environment variable )?(?:is |must be |was )?(?:not set|not defined|unset|missing|required|undefined|set\b|empty|unbound variable)|missing (?:required )?env(?:ironment)?(?: var(?:iable)?s?)?[ :]+[^\n]+|(?-i:KeyError: '[A-Z][A-Z0-9_]+')|[A-Z][A-Z0-9_]+: (?:parameter not set|unbound variable))"#,
        statement: "an environment variable is missing: {what}",
        because: "the application names the variable itself",
        advice: "set the variable in the pod template, or the ConfigMap key it comes from",
    },
    Sentence {
        code: Code::FileMissing,
        pattern: r"(?i)([^\n]*(?:no such file or directory|ENOENT|FileNotFoundException|FileNotFoundError|cannot find the (?:file|path)|file not found|(?:config(?:uration)? )?file [^\n ]+ (?:does not exist|not found))[^\n]*)",
        statement: "a file is missing: {what}",
        because: "the application names the file",
        advice: "mount the file where the application looks for it, or correct the path",
    },
    Sentence {
        code: Code::ConfigInvalid,
        pattern: r"(?i)((?:[^\n]*(?:invalid|bad|malformed|cannot parse|can't parse|could not parse|failed to parse|error parsing|failed to (?:load|read|decode|unmarshal)|unknown (?:field|key|directive|option)|unrecognized)[^\n]*(?:config|yaml|json|toml|properties|directive|setting)[^\n]*)|(?:[^\n]*(?:config(?:uration)?|yaml|json|toml)[^\n]*(?:invalid|malformed|parse error|syntax error|unexpected (?:token|end|character)|unknown (?:field|key|directive|option)|did not find expected)[^\n]*)|yaml: [^\n]+|json: [^\n]+|invalid character '[^\n]+|parse error (?:at|on|near)[^\n]*|\[emerg\][^\n]+|fatal: [A-Z][A-Z0-9_]+=[^\n]+|strconv\.[^\n]+invalid syntax|invalid value [^\n]+ for flag[^\n]*|time: invalid duration[^\n]*)",
        statement: "its configuration is not valid: {what}",
        because: "the application names what it cannot read",
        advice: "correct the configuration at the place it names",
    },
    Sentence {
        code: Code::HostUnresolved,
        pattern: r"(?i)(?:lookup |getaddrinfo \w+ |resolve (?:host )?|UnknownHostException: |host )['\x22]?([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+){2,})[^\n]*(?:no such host|ENOTFOUND|EAI_AGAIN|Name or service not known|nodename nor servname|name does not resolve|NXDOMAIN|Temporary failure in name resolution)?",
        statement: "DNS does not know the host {what}",
        because: "the resolver says so; the name is no Service of this cluster",
        advice: "correct the host name, or the DNS that should know it",
    },
];

static COMPILED: LazyLock<Vec<Regex>> =
    LazyLock::new(|| SENTENCES.iter().map(|it| Regex::new(it.pattern).expect("a valid pattern")).collect());

/// Findings for what failing containers say; one per container, the last sentence that is known.
pub fn said(case: &Case<'_>) -> Vec<Finding> {
    let mut seen: Vec<&str> = Vec::new();
    let mut findings = Vec::new();
    for container in dependencies::callers(case) {
        if seen.contains(&container.name()) {
            continue;
        }
        let Some((sentence, what, line)) = known(case, container) else { continue };
        seen.push(container.name());
        findings.push(judge(case, container, sentence, &what, line));
    }
    findings
}

/// The last line that holds a known sentence, with what it is about.
fn known<'a>(case: &Case<'a>, container: &View<'a>) -> Option<(&'static Sentence, String, Evidence)> {
    case.logs(container).find_map(|tail| {
        tail.lines.iter().rev().find_map(|line| {
            let (sentence, what) = read(line)?;
            Some((sentence, what, case.line_receipt(container, tail, line)))
        })
    })
}

fn read(line: &str) -> Option<(&'static Sentence, String)> {
    let is_lookup = is_failed_lookup(line);
    SENTENCES.iter().zip(COMPILED.iter()).find_map(|(sentence, pattern)| {
        if sentence.code == Code::HostUnresolved && !is_lookup {
            return None;
        }
        let found = pattern.captures(line)?;
        let what = without_time(found.get(1)?.as_str()).to_owned();
        if sentence.code == Code::HostUnresolved && format!("{what}.").contains(".svc.") {
            return None;
        }
        Some((sentence, what))
    })
}

/// Does the line say that a name could not be resolved?
pub(super) fn is_failed_lookup(line: &str) -> bool {
    const WORDS: [&str; 8] = [
        "no such host",
        "enotfound",
        "eai_again",
        "name or service not known",
        "nodename nor servname",
        "name does not resolve",
        "temporary failure in name resolution",
        "unknownhostexception",
    ];
    let line = line.to_lowercase();
    WORDS.iter().any(|word| line.contains(word))
}

fn judge(case: &Case<'_>, container: &View<'_>, sentence: &Sentence, what: &str, line: Evidence) -> Finding {
    let name = container.name();
    let path = template_path(case.facts, container);
    let (cause, path) = match sentence.code {
        Code::EnvMissing => (case.facts.subject.clone(), format!("{path}.env")),
        Code::RbacDenied => {
            // The API server writes the default into pods, not into templates.
            let account = container.pod.spec.as_ref().and_then(|spec| spec.service_account_name.as_deref());
            let account = account.unwrap_or("default");
            (
                ResourceRef { api_version: Some("v1".to_owned()), ..case.neighbour("ServiceAccount", account) },
                String::new(),
            )
        }
        _ => (case.facts.subject.clone(), path),
    };
    let end = container.latest_end();
    let newest_only = case.way_back().is_some_and(|(_, good)| good.ready > 0);
    Draft::of(
        sentence.code,
        format!("{} fails in container {name}: {}", case.subject(), sentence.statement.replace("{what}", what)),
    )
    .cause(&cause, path)
    .receipt(line)
    .receipts(end.map(|end| end_receipt(container, &end)))
    .receipts(case.rollout_receipt())
    .receipts(case.good_revision_receipt())
    .receipts((sentence.code == Code::RbacDenied).then(|| {
        receipt(
            format!("it runs as ServiceAccount {}", cause.name),
            pod_ref(container.pod),
            ".spec.serviceAccountName",
            &cause.name,
            Some(case.facts.now),
        )
    }))
    // A program that cannot read its configuration since a rollout tells of the rollout.
    .confidence(if newest_only && sentence.code != Code::ConfigInvalid { 0.94 } else { 0.85 }, sentence.because)
    .rules_out("image", "pulled and started")
    .rules_out("memory", "no OOM kill")
    .remedy(case.rollback(
        |good, current| newest_only || exits::differs(good, current, name),
        if newest_only { "still serves" } else { "differs in this container" },
    ))
    .advice(sentence.advice)
    .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programs_say_is_understood() {
        for (line, code) in [
            (
                r#"pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop""#,
                Code::RbacDenied,
            ),
            (
                "tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time",
                Code::CertificateExpired,
            ),
            ("x509: certificate signed by unknown authority", Code::CertificateUntrusted),
            (r#"FATAL: password authentication failed for user "shop""#, Code::DependencyAuthFailed),
            (
                "ERROR 1045 (28000): Access denied for user 'root'@'10.0.0.1' (using password: YES)",
                Code::DependencyAuthFailed,
            ),
            ("listen tcp :8080: bind: address already in use", Code::PortInUse),
            ("Error: listen EADDRINUSE: address already in use :::3000", Code::PortInUse),
            ("write /data/x: no space left on device", Code::DiskFull),
            ("exec /docker-entrypoint.sh: exec format error", Code::BinaryWrongPlatform),
            ("open /data/lock: permission denied", Code::FilePermissionDenied),
            ("mkdir /var/cache: read-only file system", Code::FilePermissionDenied),
            ("fatal: environment variable DB_HOST is not set", Code::EnvMissing),
            ("KeyError: 'DATABASE_URL'", Code::EnvMissing),
            ("Error: DATABASE_URL must be set", Code::EnvMissing),
            ("missing required environment variables: API_KEY, REGION", Code::EnvMissing),
            ("sh: DB_PASSWORD: parameter not set", Code::EnvMissing),
            (
                "fatal: cannot read the configuration: open /etc/app/config.yaml: no such file or directory",
                Code::FileMissing,
            ),
            ("Error: ENOENT: no such file or directory, open 'settings.json'", Code::FileMissing),
            ("yaml: line 3: mapping values are not allowed in this context", Code::ConfigInvalid),
            ("error parsing config file: unknown field \"prot\"", Code::ConfigInvalid),
            ("nginx: [emerg] unknown directive \"sever\" in /etc/nginx/nginx.conf:3", Code::ConfigInvalid),
            ("fatal: APP_READY_AFTER=\"soon\": time: invalid duration \"soon\"", Code::ConfigInvalid),
            ("dial tcp: lookup db.eu.example.com on 10.96.0.10:53: no such host", Code::HostUnresolved),
        ] {
            let found = read(line).map(|(sentence, _)| sentence.code);
            assert_eq!(found, Some(code), "{line}");
        }
    }

    #[test]
    fn ordinary_lines_and_services_of_the_cluster_are_nobodys_sentence() {
        for line in [
            "listening on :8080",
            "GET /config 200",
            "loaded configuration in 3 ms",
            "fatal: giving up as asked",
            "dial tcp 10.96.0.7:80: connect: connection refused",
            "dial tcp: lookup db.shop.svc.cluster.local on 10.96.0.10:53: no such host",
            "dial tcp: lookup payments on 10.96.0.10:53: no such host",
            "connected to host db.eu.example.com",
            // A key of a table of the program's own, a field of somebody's request.
            "KeyError: 'book'",
            "validation failed: user_id is required",
        ] {
            assert_eq!(read(line).map(|(sentence, _)| sentence.code), None, "{line}");
        }
    }
}
