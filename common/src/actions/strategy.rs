//! How fast a StatefulSet or DaemonSet replaces its pods.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde_json::Value;

/// When pods are replaced.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
pub enum StrategyType {
    /// By the controller, a few at a time.
    RollingUpdate,
    /// When somebody deletes them.
    OnDelete,
}

/// A number of pods, or a share of them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(try_from = "String")]
pub struct Share(Value);

impl TryFrom<String> for Share {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.strip_suffix('%').unwrap_or(&text);
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.parse::<i32>() {
            Ok(percent) if is_number && text.ends_with('%') && percent <= 100 => Ok(Self(text.into())),
            Ok(number) if is_number && !text.ends_with('%') => Ok(Self(number.into())),
            _ => Err("a whole number from 0 on, or a percentage up to 100%"),
        }
    }
}

impl JsonSchema for Share {
    fn schema_name() -> Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]+%?$" })
    }
}

impl Share {
    /// As the API takes it: a number, or text with a percent sign.
    pub fn value(&self) -> Value {
        self.0.clone()
    }

    /// None at all.
    pub fn is_zero(&self) -> bool {
        is_zero(&self.0)
    }
}

/// `0` or `0%`.
pub fn is_zero(share: &Value) -> bool {
    share.as_i64() == Some(0) || share.as_str().is_some_and(|text| text.trim_end_matches('%').parse() == Ok(0))
}
