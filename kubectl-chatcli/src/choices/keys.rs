//! The keys: one row each, what it takes, and what it is as shipped. Reading, refusing and the reference page all follow this table.

use std::fmt;
use std::fmt::Write as _;

use common::actions::Quantity;
use serde_json::Value;

use super::Toleration;

/// One thing that can be chosen.
pub struct Key {
    /// Its path, as `--set` takes it.
    pub name: &'static str,
    /// What it may be.
    pub takes: Takes,
    /// What it is where nothing is chosen.
    pub shipped: &'static str,
    /// What it does.
    pub about: &'static str,
}

/// What a key may be.
pub enum Takes {
    /// A text that passes a check; first how it is called.
    Text(&'static str, fn(&str) -> bool),
    /// A number of this range.
    Whole(u32, u32),
    /// One of these.
    Word(&'static [&'static str]),
    /// A quantity.
    Amount,
    /// Several names.
    Names,
    /// Labels and their values; each is a key of its own below this one.
    Labels,
    /// Tolerations as in a pod.
    Tolerations,
}

/// Everything that can be chosen, in the order of the reference page.
pub const KEYS: &[Key] = &[
    Key {
        name: "image",
        takes: Takes::Text("a reference such as registry.example.org/chatcli-operator:v0.1.0", is_image),
        shipped: "this version's",
        about: "Image of the operator; `--image` says the same",
    },
    Key {
        name: "imagePullSecrets",
        takes: Takes::Names,
        shipped: "none",
        about: "Secrets in the operator's namespace with the credentials of the image's registry",
    },
    Key {
        name: "replicas",
        takes: Takes::Whole(1, 5),
        shipped: "1",
        about: "Pods of the operator: one leads, the others are ready to take over when its node goes",
    },
    Key { name: "resources.requests.cpu", takes: Takes::Amount, shipped: "20m", about: "CPU kept free for each pod" },
    Key {
        name: "resources.requests.memory",
        takes: Takes::Amount,
        shipped: "32Mi",
        about: "Memory kept free for each pod",
    },
    Key { name: "resources.limits.cpu", takes: Takes::Amount, shipped: "1", about: "CPU each pod gets at most" },
    Key {
        name: "resources.limits.memory",
        takes: Takes::Amount,
        shipped: "512Mi",
        about: "Memory at which a pod is killed; more for many thousands of pods and incidents",
    },
    Key {
        name: NODE_SELECTOR,
        takes: Takes::Labels,
        shipped: "any node",
        about: "Labels of the nodes it may run on, each as `nodeSelector.LABEL`",
    },
    Key {
        name: "tolerations",
        takes: Takes::Tolerations,
        shipped: "none",
        about: "Taints of nodes it may run on nevertheless, as in a pod",
    },
    Key {
        name: "priorityClassName",
        takes: Takes::Text("the name of a PriorityClass", is_subdomain),
        shipped: "the cluster's default",
        about: "Which pods give way to it when a node is full",
    },
    Key {
        name: "logLevel",
        takes: Takes::Word(&["debug", "info", "warn", "error"]),
        shipped: "info",
        about: "Lowest level logged",
    },
    Key {
        name: "logFormat",
        takes: Takes::Word(&["json", "text"]),
        shipped: "json",
        about: "One JSON object a line, or text for a person",
    },
    Key {
        name: "modelMode",
        takes: Takes::Word(&["auto", "upstream", "builtin", "rules"]),
        shipped: "auto",
        about: "Who refines what the rules are not sure of: a ChatCLI server or else the provider itself, only the server, only the \
                provider, or nobody",
    },
    Key {
        name: "modelInstance",
        takes: Takes::Text("NAMESPACE/NAME of an Instance", is_namespaced),
        shipped: "the incident's namespace's, then the operator's",
        about: "The Instance that is asked about incidents of every namespace",
    },
    Key {
        name: "sourcePrivateHosts",
        takes: Takes::Names,
        shipped: "none",
        about: "Hosts of git repositories that may have an address inside the cluster or of a private network; all others must be public",
    },
    Key {
        name: "auditRetentionDays",
        takes: Takes::Whole(1, 3650),
        shipped: "30",
        about: "Days after which AuditEvents are removed",
    },
    Key {
        name: "logStreams",
        takes: Takes::Whole(0, 1000),
        shipped: "50",
        about: "Logs followed at most, of workloads that ask for it; 0 turns it off",
    },
    Key {
        name: "clusterDomain",
        takes: Takes::Text("a DNS domain such as cluster.local", is_subdomain),
        shipped: "cluster.local",
        about: "DNS domain of the cluster, in the certificates of ChatCLI servers",
    },
    Key {
        name: "metricsNamespace",
        takes: Takes::Text("the name of a namespace", is_label),
        shipped: "monitoring",
        about: "Namespace that the NetworkPolicy lets read metrics, and in which the Prometheus may be asked",
    },
    Key {
        name: "prometheusUrl",
        takes: Takes::Text("an address such as http://prometheus.monitoring:9090", is_http),
        shipped: "none",
        about: "The Prometheus that is asked what it measured of a workload in trouble",
    },
    Key {
        name: "apiServerPort",
        takes: Takes::Whole(1, 65535),
        shipped: "443 and 6443",
        about: "A further port at which the NetworkPolicy lets the operator reach the API server",
    },
];

/// The one key with free keys below it.
pub const NODE_SELECTOR: &str = "nodeSelector";

impl fmt::Display for Takes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(called, _) => f.write_str(called),
            Self::Whole(from, to) => write!(f, "a whole number from {from} to {to}"),
            Self::Word(words) => write!(f, "one of {}", words.join(", ")),
            Self::Amount => f.write_str("a quantity such as 250m, 1, 64Mi or 1.5Gi"),
            Self::Names => f.write_str("names, separated by commas or as a list"),
            Self::Labels => f.write_str("a label's value, at most 63 letters, digits, `-`, `_` and `.`"),
            Self::Tolerations => f.write_str("a list such as [{key: dedicated, operator: Exists}]"),
        }
    }
}

impl Takes {
    /// The value in its one form, or what is wrong with it.
    pub fn good(&self, value: Value) -> Result<Value, String> {
        let bad = || format!("takes {self}, not {}", shown(&value));
        match (self, &value) {
            (Self::Text(_, is_good), Value::String(text)) if is_good(text) => Ok(value),
            (Self::Whole(from, to), Value::Number(number))
                if number.as_u64().is_some_and(|number| (u64::from(*from)..=u64::from(*to)).contains(&number)) =>
            {
                Ok(value)
            }
            (Self::Word(words), Value::String(text)) if words.contains(&text.as_str()) => Ok(value),
            (Self::Amount, Value::String(text)) if Quantity::parse(text).is_some() => Ok(value),
            // `cpu: 1` and `cpu: 0.5` are how people write it.
            (Self::Amount, Value::Number(number)) if Quantity::parse(&number.to_string()).is_some() => {
                Ok(Value::from(number.to_string()))
            }
            (Self::Labels, Value::String(text)) if is_label_value(text) => Ok(value),
            (Self::Names, Value::Array(names))
                if !names.is_empty() && names.iter().all(|name| name.as_str().is_some_and(is_subdomain)) =>
            {
                Ok(value)
            }
            (Self::Tolerations, Value::Array(_)) => {
                let read: Vec<Toleration> =
                    serde_json::from_value(value).map_err(|why| format!("takes {self}: {why}"))?;
                match read.iter().find_map(Toleration::trouble) {
                    Some(trouble) => Err(format!("takes {self}: {trouble}")),
                    None => serde_json::to_value(read).map_err(|why| why.to_string()),
                }
            }
            _ => Err(bad()),
        }
    }

    /// What was typed after `=`; `null` is as shipped.
    pub fn parse(&self, text: &str) -> Value {
        let as_yaml = || serde_saphyr::from_str(text).unwrap_or_else(|_| Value::from(text));
        match self {
            _ if text == "null" => Value::Null,
            Self::Text(..) | Self::Word(_) | Self::Amount => Value::from(text),
            Self::Names if !text.trim_start().starts_with('[') => {
                text.split(',').map(|name| Value::from(name.trim())).collect()
            }
            Self::Whole(..) => text.parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
            Self::Names | Self::Labels | Self::Tolerations => as_yaml(),
        }
    }
}

/// Short enough for an error.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "a mapping".to_owned(),
        Value::Array(items) if items.len() > 1 => "a list".to_owned(),
        other => other.to_string(),
    }
}

/// The reference page.
pub fn markdown() -> String {
    let mut page = "# Values of an installation

What `kubectl chatcli install` and `upgrade` take as `--set KEY=VALUE` and, as YAML, with `-f FILE`. Both may be repeated; the later
file wins over the earlier, and `--set` over every file. Labels are merged, lists are replaced. `null` is as shipped.

An unknown key or a bad value is refused before anything is written. `install` applies exactly what it is told, so that the same command
gives the same result; `upgrade` begins with what was chosen before (annotation `platform.chatcli.io/choices` on the Deployment), and
shows what changes.

| Key | Takes | As shipped | |
| --- | --- | --- | --- |
"
    .to_owned();
    for key in KEYS {
        let name = if key.name == NODE_SELECTOR { "nodeSelector.LABEL" } else { key.name };
        let _ = writeln!(page, "| `{name}` | {} | {} | {} |", key.takes, key.shipped, key.about);
    }
    page + "
```console
$ kubectl chatcli install -f values.yaml --set replicas=2
$ kubectl chatcli install -f values.yaml --dry-run=client -o yaml > chatcli.yaml    # for GitOps
$ kubectl chatcli upgrade --set resources.limits.memory=512Mi --dry-run=server      # what would change
```

```yaml
# values.yaml
replicas: 2
resources:
  requests: {cpu: 50m, memory: 64Mi}
  limits: {memory: 512Mi}
nodeSelector:
  kubernetes.io/os: linux
tolerations:
  - {key: node-role.kubernetes.io/control-plane, operator: Exists, effect: NoSchedule}
priorityClassName: system-cluster-critical
```
"
}

fn is_image(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "._/:@-".contains(c))
}

fn is_http(text: &str) -> bool {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && !rest.contains('@'))
        && !text.contains(char::is_whitespace)
}

/// RFC 1123.
fn is_label(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len()) && text.chars().all(inner) && !text.starts_with('-') && !text.ends_with('-')
}

/// RFC 1123 with dots.
fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_label)
}

fn is_namespaced(text: &str) -> bool {
    text.split_once('/').is_some_and(|(namespace, name)| is_label(namespace) && is_subdomain(name))
}

/// A label as Kubernetes takes it: `disk` or `example.org/disk`.
pub fn is_label_key(text: &str) -> bool {
    let (prefix, name) = text.split_once('/').map_or((None, text), |(prefix, name)| (Some(prefix), name));
    prefix.is_none_or(is_subdomain) && !name.is_empty() && is_label_value(name)
}

fn is_label_value(text: &str) -> bool {
    let outer = |c: char| c.is_ascii_alphanumeric();
    text.is_empty()
        || (text.len() <= 63
            && text.starts_with(outer)
            && text.ends_with(outer)
            && text.chars().all(|c| outer(c) || "-_.".contains(c)))
}
