//! Kubernetes quantities, compared by what they mean: `1Gi` is `1024Mi`, `0.5` is `500m`.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;

/// A quantity as someone wrote it, with its exact value.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Quantity {
    text: String,
    nano: i128,
}

/// What may be written; the text of every refusal.
pub const ALLOWED: &str = "a quantity such as 250m, 1, 64Mi or 1.5Gi";

/// Suffix and its value in billionths.
const SUFFIXES: &[(&str, i128)] = &[
    ("Ki", 1_000_000_000 << 10),
    ("Mi", 1_000_000_000 << 20),
    ("Gi", 1_000_000_000 << 30),
    ("Ti", 1_000_000_000 << 40),
    ("Pi", 1_000_000_000 << 50),
    ("Ei", 1_000_000_000 << 60),
    ("n", 1),
    ("u", 1_000),
    ("m", 1_000_000),
    ("k", 1_000_000_000_000),
    ("M", 1_000_000_000_000_000),
    ("G", 1_000_000_000_000_000_000),
    ("T", 1_000_000_000_000_000_000_000),
    ("P", 1_000_000_000_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000_000_000_000),
    ("", 1_000_000_000),
];

impl Quantity {
    /// Reads a quantity; signs other than a leading `+` are refused, since nothing an action sets may be negative.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_prefix('+').unwrap_or(text);
        let digits_end = bare.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(bare.len());
        let (digits, suffix) = bare.split_at(digits_end);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || digits.len() > 30 {
            return None;
        }
        let unit = match suffix.strip_prefix(['e', 'E']) {
            Some(exponent) if !exponent.is_empty() => power_of_ten(exponent.parse().ok()?)?,
            _ => SUFFIXES.iter().find(|(known, _)| *known == suffix)?.1,
        };
        let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
        let scaled = mantissa.checked_mul(unit)?;
        let divisor = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        // Rounded up, as Kubernetes does below a billionth.
        let nano = scaled.checked_add(divisor - 1)? / divisor;
        Some(Self { text: text.to_owned(), nano })
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Exact value in billionths of the unit.
    pub fn nano(&self) -> i128 {
        self.nano
    }
}

fn power_of_ten(exponent: i32) -> Option<i128> {
    let shifted = u32::try_from(exponent + 9).ok()?;
    10_i128.checked_pow(shifted)
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nano == other.nano
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.nano.cmp(&other.nano)
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Quantity {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or(ALLOWED)
    }
}

impl JsonSchema for Quantity {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Quantity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "description": ALLOWED })
    }
}

/// Billionths as a person writes them: bytes in binary units, cores in thousandths.
pub fn readable(resource: &str, nano: i128) -> String {
    const UNIT: i128 = 1_000_000_000;
    if resource.ends_with("cpu") {
        return if nano % UNIT == 0 { (nano / UNIT).to_string() } else { format!("{}m", nano / 1_000_000) };
    }
    let whole = nano / UNIT;
    for (suffix, size) in [("Gi", 1_i128 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)] {
        if whole >= size && whole % size == 0 {
            return format!("{}{suffix}", whole / size);
        }
    }
    whole.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quantity(text: &str) -> Quantity {
        Quantity::parse(text).unwrap_or_else(|| panic!("{text} is a quantity"))
    }

    #[test]
    fn two_spellings_of_one_amount_are_equal() {
        for (a, b) in [("1Gi", "1024Mi"), ("0.5", "500m"), ("1e3", "1k"), ("1.5Gi", "1536Mi"), ("2", "2000m")] {
            assert_eq!(quantity(a), quantity(b), "{a} {b}");
        }
        assert!(quantity("1G") < quantity("1Gi"));
    }

    #[test]
    fn what_is_no_quantity_is_refused() {
        for text in ["", "Mi", "-1", "1.2.3", "64mb", "1 Gi", "0x10", "1e", ".", "1e99"] {
            assert!(Quantity::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn amounts_are_told_in_the_units_people_use() {
        assert_eq!(readable("memory", quantity("148Mi").nano()), "148Mi");
        assert_eq!(readable("limits.cpu", quantity("1500m").nano()), "1500m");
        assert_eq!(readable("requests.cpu", quantity("2").nano()), "2");
    }
}
