//! Schemas of strings that have a grammar: durations, windows, time zones, week days, quantities, cron expressions, names, ports.
//!
//! Each refuses what upstream cannot parse and then silently replaces by a default, disables or zeroes, and nothing that it parses.
//! Lengths are bounded so that the API server can price the CEL rules that use these strings.

use schemars::{Schema, SchemaGenerator, json_schema};

/// Go's `time.ParseDuration` without a sign: `300ms`, `1h30m`, `1.5h`, `0`.
const GO_DURATION: &str = r"(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)";

/// A duration that may be zero, e.g. `0s`, `300ms`, `1h30m`. No days: Go has none.
pub fn duration(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 64,
        "pattern": format!(r"^\+?{GO_DURATION}$"),
    })
}

/// A duration above zero.
pub fn positive_duration(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = duration(generator);
    schema.insert("x-kubernetes-validations".to_owned(), above_zero());
    schema
}

/// A span above zero over which service levels are computed: whole days (`30d`) or a duration (`6h`).
pub fn window(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 32,
        "pattern": format!(r"^([0-9]{{1,5}}d|\+?{GO_DURATION})$"),
        "x-kubernetes-validations": above_zero(),
    })
}

/// Asked of the text: `duration(self)` would fail on a text that is none, and a failing rule, unlike a broken one, is not forgiven on
/// objects that upstream stored.
fn above_zero() -> serde_json::Value {
    serde_json::json!([{ "rule": "self == '' || self.matches('[1-9]')", "message": "must be longer than zero" }])
}

/// CEL: the duration or window held by `a` is not longer than (`<=`) or shorter than (`<`) the one held by `b`. True where one of them
/// cannot be computed; its own pattern refuses it.
pub fn compare_spans(a: &str, operator: &str, b: &str) -> String {
    // five digits at most, so that no sum leaves Go's range
    let computable = r"^([0-9]{1,5}d|([0-9]{1,5}([.][0-9]{0,5})?(ns|us|µs|μs|ms|s|m|h))+)$";
    let millis = |span: &str| {
        format!(
            "({span}.endsWith('d') ? int({span}.substring(0, size({span}) - 1)) * 86400000 : duration({span}).getMilliseconds())"
        )
    };
    format!("!{a}.matches('{computable}') || !{b}.matches('{computable}') || {} {operator} {}", millis(a), millis(b))
}

/// An IANA time zone. The API server carries the database and answers itself: an unknown name makes the rule fail.
/// Empty and `Local` are what Go reads as UTC and as the container's zone.
pub fn time_zone(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 64,
        "pattern": r"^[A-Za-z0-9_+/-]*$",
        "x-kubernetes-validations": [{
            // A fixed instant: only the look-up of the zone matters. `+03:00`, which CEL would take, is kept out by the pattern.
            // The look-up of an unknown zone fails instead of being false, which is only forgiven by the last part: a stored value stays.
            "rule": "self == '' || timestamp('2024-01-01T00:00:00Z').getFullYear(self) > 0 || (oldSelf.hasValue() && oldSelf.value() == self)",
            "message": "must be an IANA time zone, e.g. America/Sao_Paulo",
            "optionalOldSelf": true,
        }],
    })
}

/// English week days spelt exactly, at least one: without a day nothing would ever count.
pub fn week_days(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "minItems": 1,
        "maxItems": 64,
        "items": {
            "type": "string",
            "enum": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        },
    })
}

/// English week days in any case, at least one: without a day the window never opens.
pub fn week_days_any_case(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "minItems": 1,
        "maxItems": 64,
        "items": {
            "type": "string",
            "maxLength": 9,
            "pattern": r"^(?i:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)$",
        },
    })
}

/// A Kubernetes quantity above zero, e.g. `5Gi`.
pub fn positive_quantity(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 64,
        "x-kubernetes-validations": [{
            "rule": "isQuantity(self) && quantity(self).isGreaterThan(quantity('0'))",
            "message": "must be a quantity above zero, e.g. 5Gi",
        }],
    })
}

/// A cron expression of five fields, or one of cron's macros.
pub fn cron(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 128,
        "pattern": r"^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|@every [0-9.a-zµμ]+|[0-9A-Za-z*?/,L#-]+( +[0-9A-Za-z*?/,L#-]+){4})$",
    })
}

/// The name of an object (RFC 1123 subdomain).
pub fn object_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 253,
        "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$",
    })
}

/// An object's name, or empty where upstream writes an empty string for "none".
pub fn optional_object_name(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "string",
        "maxLength": 253,
        "pattern": r"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$",
    })
}

/// Namespace names.
pub fn namespaces(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "array",
        "maxItems": 256,
        "items": {
            "type": "string",
            "maxLength": 63,
            "pattern": r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
        },
    })
}
