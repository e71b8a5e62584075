//! What an installation allows beyond the published lists: further diagnostic commands, further kinds that ApplyManifest takes.
//!
//! In: the operator's flags, once, at start. Out: yes or no. Never: shrinks a published list, or opens a kind by which rights are gained.

use std::sync::OnceLock;

use super::kind::{self, Kind};

/// Commands that may be run, exactly so: the published list, to which an installation may add.
pub const PUBLISHED_COMMANDS: &[&str] = &[
    "env",
    "whoami",
    "id",
    "hostname",
    "pwd",
    "uname -a",
    "uname -r",
    "ps aux",
    "ps -ef",
    "top -b -n1",
    "df -h",
    "df -i",
    "free -m",
    "free -h",
    "mount",
    "uptime",
    "ls -la /",
    "ls -la /tmp",
    "ls -la /var/log",
    "du -sh /tmp",
    "du -sh /var/log",
    "cat /sys/fs/cgroup/memory.max",
    "cat /sys/fs/cgroup/memory.current",
    "cat /sys/fs/cgroup/memory.events",
    "cat /sys/fs/cgroup/memory.stat",
    "cat /sys/fs/cgroup/cpu.max",
    "cat /sys/fs/cgroup/cpu.stat",
    "cat /sys/fs/cgroup/memory/memory.limit_in_bytes",
    "cat /sys/fs/cgroup/memory/memory.usage_in_bytes",
    "cat /sys/fs/cgroup/memory/memory.oom_control",
    "cat /sys/fs/cgroup/memory/memory.stat",
    "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us",
    "cat /sys/fs/cgroup/cpu/cpu.cfs_period_us",
    "cat /sys/fs/cgroup/cpu/cpu.stat",
    "cat /proc/1/cgroup",
    "cat /proc/1/status",
    "cat /proc/1/limits",
    "cat /proc/1/cmdline",
    "cat /proc/1/environ",
    "cat /proc/meminfo",
    "cat /proc/cpuinfo",
    "cat /proc/loadavg",
    "cat /proc/version",
    "cat /proc/net/tcp",
    "cat /proc/net/udp",
    "cat /proc/net/sockstat",
    "netstat -tlnp",
    "netstat -an",
    "netstat -rn",
    "ss -tlnp",
    "ss -an",
    "ss -s",
    "ip addr",
    "ip -s link",
    "ip route",
    "ip -6 route",
    "ip neigh",
    "ifconfig",
    "arp -a",
    "cat /etc/hosts",
    "cat /etc/resolv.conf",
    "cat /etc/nsswitch.conf",
    "nslookup kubernetes.default.svc.cluster.local",
    "nslookup kube-dns.kube-system.svc.cluster.local",
    "getent hosts kubernetes.default.svc.cluster.local",
    "getent ahosts kubernetes.default.svc.cluster.local",
    "dig +short kubernetes.default.svc.cluster.local",
    "dig +short +search kubernetes.default",
    "host kubernetes.default.svc.cluster.local",
    "curl -s localhost/health",
    "curl -s localhost/healthz",
    "curl -s localhost/ready",
    "curl -s localhost/readyz",
    "curl -s localhost/live",
    "curl -s localhost/livez",
    "curl -s localhost:8080/health",
    "curl -s localhost:8080/healthz",
    "curl -s localhost:8080/ready",
    "curl -s localhost:8080/readyz",
    "curl -s localhost:8080/live",
    "curl -s localhost:8080/livez",
    "curl -s localhost:8080/metrics",
    "curl -s localhost:8081/metrics",
    "curl -s localhost:9090/-/ready",
    "curl -s localhost:9090/-/healthy",
    "curl -s localhost:9090/metrics",
    "curl -s localhost:9091/metrics",
    "curl -s localhost:15000/ready",
    "curl -s localhost:15020/healthz/ready",
    "curl -s localhost:15021/healthz/ready",
    "curl -s localhost:6060/debug/pprof/",
    "curl -s localhost:6060/debug/pprof/goroutine?debug=1",
    "curl -s localhost:6060/debug/pprof/heap?debug=1",
    "wget -qO- http://localhost/health",
    "wget -qO- http://localhost/healthz",
    "wget -qO- http://localhost:8080/health",
    "wget -qO- http://localhost:8080/healthz",
    "wget -qO- http://localhost:8080/metrics",
    "nc -zv kubernetes.default.svc.cluster.local 443",
    "nc -zv kube-dns.kube-system.svc.cluster.local 53",
];

/// Kinds that may be applied, each in its own group, the published list; an installation may add a few, anything else is refused, whatever
/// it is called.
const PUBLISHED_KINDS: &[&Kind] = &[
    &kind::DEPLOYMENT,
    &kind::STATEFUL_SET,
    &kind::DAEMON_SET,
    &kind::REPLICA_SET,
    &kind::SERVICE,
    &kind::CONFIG_MAP,
    &kind::HORIZONTAL_POD_AUTOSCALER,
    &kind::POD_DISRUPTION_BUDGET,
    &kind::INGRESS,
    &kind::CRON_JOB,
    &kind::JOB,
    &kind::SERVICE_MONITOR,
    &kind::PROMETHEUS_RULE,
    &kind::POD_MONITOR,
    &kind::SERVICE_ENTRY,
    &kind::VIRTUAL_SERVICE,
    &kind::DESTINATION_RULE,
];

/// Kinds that an installation may add to those ApplyManifest takes. All others are pods without a template to judge, reach beyond the
/// namespace, or hold rights, secrets or limits: naming one would let the author of a ConfigMap do what they may not.
const ADDABLE: &[&Kind] = &[&kind::PERSISTENT_VOLUME_CLAIM, &kind::VERTICAL_POD_AUTOSCALER];

static COMMANDS: OnceLock<Vec<String>> = OnceLock::new();
static KINDS: OnceLock<Vec<&'static Kind>> = OnceLock::new();

/// An entry that cannot be taken.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadEntry {
    /// The command would not do what it looks like.
    #[error("\"{command}\" cannot be allowed: {why}")]
    Command {
        /// As it was given.
        command: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// ApplyManifest never takes this kind.
    #[error("kind \"{kind}\" cannot be allowed: beside the published kinds only {} can be added", names(ADDABLE))]
    Kind {
        /// As it was given.
        kind: String,
    },
    /// The lists are read once per process, and were read with other entries.
    #[error("the allow list was set before, to other entries")]
    TooLate,
}

/// Allows further diagnostic commands, each exactly as it is written.
pub fn also_run(commands: &[String]) -> Result<(), BadEntry> {
    let read = read_commands(commands)?;
    if *COMMANDS.get_or_init(|| read.clone()) == read { Ok(()) } else { Err(BadEntry::TooLate) }
}

/// Allows ApplyManifest further kinds, by name.
pub fn also_apply(kinds: &[String]) -> Result<(), BadEntry> {
    let read = read_kinds(kinds)?;
    if *KINDS.get_or_init(|| read.clone()) == read { Ok(()) } else { Err(BadEntry::TooLate) }
}

/// The command may be run.
pub(super) fn may_run(command: &str) -> bool {
    PUBLISHED_COMMANDS.contains(&command) || COMMANDS.get().is_some_and(|own| own.iter().any(|it| it == command))
}

/// Every kind that may be applied.
pub(super) fn kinds() -> impl Iterator<Item = &'static Kind> {
    PUBLISHED_KINDS.iter().copied().chain(KINDS.get().into_iter().flatten().copied())
}

fn entries(given: &[String]) -> impl Iterator<Item = &str> {
    given.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty())
}

fn read_commands(given: &[String]) -> Result<Vec<String>, BadEntry> {
    const OF_A_SHELL: &[char] = &['|', '&', ';', '<', '>', '$', '`', '"', '\'', '\\', '*', '\n'];
    let read = |command: &str| {
        let wrong = |why| BadEntry::Command { command: command.to_owned(), why };
        if command.contains(OF_A_SHELL) {
            return Err(wrong("no shell runs it, so pipes, quotes, variables and patterns would be plain text"));
        }
        if command.split(' ').any(str::is_empty) || command.contains('\t') {
            return Err(wrong("its words must be separated by one space each"));
        }
        Ok(command.to_owned())
    };
    entries(given).map(read).collect()
}

fn read_kinds(given: &[String]) -> Result<Vec<&'static Kind>, BadEntry> {
    let is_published = |name: &str| PUBLISHED_KINDS.iter().any(|known| known.kind == name);
    let read = |name: &str| {
        let found = ADDABLE.iter().copied().find(|known| known.kind == name);
        found.ok_or_else(|| BadEntry::Kind { kind: name.to_owned() })
    };
    entries(given).filter(|name| !is_published(name)).map(read).collect()
}

fn names(kinds: &[&Kind]) -> String {
    kinds.iter().map(|kind| kind.kind).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|entry| (*entry).to_owned()).collect()
    }

    #[test]
    fn commands_are_trimmed_and_empty_entries_are_none() {
        assert_eq!(
            read_commands(&given(&[" uptime ", "", "cat /proc/uptime"])).unwrap(),
            ["uptime", "cat /proc/uptime"]
        );
    }

    #[test]
    fn a_command_that_only_a_shell_understands_is_refused_naming_it() {
        for command in ["ps | grep java", "echo $HOME", "ls *.log", "a && b", "sh -c 'id'"] {
            let problem = read_commands(&given(&[command])).unwrap_err().to_string();
            assert!(problem.contains(command) && problem.contains("no shell"), "{problem}");
        }
        assert!(read_commands(&given(&["df  -h"])).unwrap_err().to_string().contains("one space"));
    }

    #[test]
    fn a_kind_may_be_added_where_no_right_is_gained_by_it() {
        assert_eq!(read_kinds(&given(&["PersistentVolumeClaim"])).unwrap(), [&kind::PERSISTENT_VOLUME_CLAIM]);
        assert!(read_kinds(&given(&["Deployment"])).unwrap().is_empty(), "it is on the published list");
    }

    #[test]
    fn a_dangerous_or_unknown_kind_ends_the_start_and_says_what_can_be_added() {
        for name in ["Secret", "ClusterRole", "RoleBinding", "Pod", "Namespace", "HPA"] {
            let problem = read_kinds(&given(&[name])).unwrap_err().to_string();
            assert!(problem.contains(name) && problem.contains("PersistentVolumeClaim"), "{problem}");
        }
    }

    #[test]
    fn what_nobody_added_is_as_published() {
        assert!(may_run("df -h"));
        assert!(!may_run("rm -rf /"));
        assert_eq!(kinds().count(), PUBLISHED_KINDS.len());
    }
}
