//! Parameters as they travel (a map of strings) read into an action's own typed struct.
//!
//! In: strings. Out: the struct, or a [`Refusal`] naming the parameter, its value and what is allowed. Numbers and quantities are read
//! whole: no trimming, no wrap, no default for what cannot be understood.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::refusal::Refusal;
use crate::api::ActionType;

/// Parameters by name.
pub type Params = BTreeMap<String, String>;

/// `"true"` or `"false"`; anything else is refused.
pub fn flag(action: ActionType, params: &Params, name: &str) -> Result<bool, Refusal> {
    match params.get(name).map(String::as_str) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(Refusal::BadParam {
            action,
            param: name.to_owned(),
            value: other.to_owned(),
            allowed: "true or false".to_owned(),
        }),
    }
}

/// Reads the struct.
pub fn read<T: DeserializeOwned>(action: ActionType, params: &Params) -> Result<T, Refusal> {
    T::deserialize(Map(params)).map_err(|problem| match problem {
        Problem::Unknown { param, allowed } => Refusal::UnknownParam {
            action,
            value: params.get(&param).cloned().unwrap_or_default(),
            param,
            allowed: if allowed.is_empty() { "no parameters".to_owned() } else { allowed },
        },
        Problem::Missing { param } => {
            Refusal::MissingParam { action, param: param.to_owned(), allowed: "a value for it".to_owned() }
        }
        Problem::Bad { param, allowed } => {
            Refusal::BadParam { action, value: params.get(&param).cloned().unwrap_or_default(), param, allowed }
        }
    })
}

#[derive(Debug)]
enum Problem {
    Unknown { param: String, allowed: String },
    Missing { param: &'static str },
    Bad { param: String, allowed: String },
}

impl Problem {
    fn of_param(self, name: &str) -> Self {
        match self {
            Self::Bad { param, allowed } if param.is_empty() => Self::Bad { param: name.to_owned(), allowed },
            other => other,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    /// The text says what would be allowed; the name of the parameter is added by the map.
    fn custom<T: fmt::Display>(allowed: T) -> Self {
        Self::Bad { param: String::new(), allowed: allowed.to_string() }
    }

    fn invalid_type(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(expected)
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::custom(expected)
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(expected.join(", "))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::Unknown { param: field.to_owned(), allowed: expected.join(", ") }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing { param: field }
    }
}

struct Map<'a>(&'a Params);

impl<'de> de::Deserializer<'de> for Map<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_map(Entries { rest: self.0.iter(), value: None })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Entries<'a> {
    rest: std::collections::btree_map::Iter<'a, String, String>,
    value: Option<(&'a str, &'a str)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let (key, value) = self.value.take().unwrap_or_default();
        seed.deserialize(Text(value)).map_err(|problem| problem.of_param(key))
    }
}

/// One value: read as whatever type the struct asks for.
struct Text<'a>(&'a str);

macro_rules! numbers {
    ($($method:ident $visit:ident $type:ty, $allowed:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            match self.0.parse::<$type>() {
                // `+5` parses in Rust; the published contract is plain base 10.
                Ok(number) if !self.0.starts_with('+') => visitor.$visit(number),
                _ => Err(de::Error::custom($allowed)),
            }
        })*
    };
}

impl<'de> de::Deserializer<'de> for Text<'de> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(de::Error::custom("true or false")),
        }
    }

    numbers! {
        deserialize_i32 visit_i32 i32, "a whole number";
        deserialize_i64 visit_i64 i64, "a whole number";
        deserialize_u32 visit_u32 u32, "a whole number from 0 on";
        deserialize_u64 visit_u64 u64, "a whole number from 0 on";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::actions::quantity::Quantity;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        replicas: u32,
        memory: Option<Quantity>,
        mode: Option<Mode>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Mode {
        Fast,
        Slow,
    }

    fn sample(pairs: &[(&str, &str)]) -> Result<Sample, Refusal> {
        let params = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        read(ActionType::ScaleDeployment, &params)
    }

    #[test]
    fn strings_become_the_types_the_action_asks_for() {
        let read = sample(&[("replicas", "3"), ("memory", "64Mi"), ("mode", "fast")]).unwrap();
        assert_eq!(read, Sample { replicas: 3, memory: Quantity::parse("64Mi"), mode: Some(Mode::Fast) });
    }

    #[test]
    fn a_refused_value_is_named_with_its_parameter_and_what_is_allowed() {
        for (param, value, allowed) in [
            ("replicas", "three", "a whole number from 0 on"),
            ("replicas", " 3", "a whole number from 0 on"),
            ("replicas", "+3", "a whole number from 0 on"),
            ("replicas", "-1", "a whole number from 0 on"),
            ("replicas", "4294967296", "a whole number from 0 on"),
        ] {
            let refusal = sample(&[(param, value)]).unwrap_err();
            let expected = Refusal::BadParam {
                action: ActionType::ScaleDeployment,
                param: param.to_owned(),
                value: value.to_owned(),
                allowed: allowed.to_owned(),
            };
            assert_eq!(refusal, expected);
        }
        let text = sample(&[("replicas", "1"), ("memory", "64mb")]).unwrap_err().to_string();
        assert!(text.contains("\"64mb\"") && text.contains("\"memory\"") && text.contains("64Mi"), "{text}");
        let text = sample(&[("replicas", "1"), ("mode", "warp")]).unwrap_err().to_string();
        assert!(text.contains("fast, slow"), "{text}");
    }

    #[test]
    fn an_unknown_parameter_is_refused_with_the_known_ones() {
        let text = sample(&[("replicas", "1"), ("replica", "2")]).unwrap_err().to_string();
        assert!(text.contains("\"replica\"") && text.contains("replicas, memory, mode"), "{text}");
    }

    #[test]
    fn a_missing_parameter_is_named() {
        assert!(matches!(sample(&[]), Err(Refusal::MissingParam { param, .. }) if param == "replicas"));
    }
}
