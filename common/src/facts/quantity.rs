//! Quantities, as far as limits and requests need them.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// Any quantity as a number: plain, `m`, `k M G T P` and `Ki Mi Gi Ti Pi`, whole or decimal.
pub fn amount(quantity: &Quantity) -> Option<f64> {
    const UNITS: [(&str, f64); 12] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("Pi", 1_125_899_906_842_624.0),
        ("m", 0.001),
        ("k", 1e3),
        ("K", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
    ];
    let text = quantity.0.trim();
    let (number, unit) =
        UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor))).unwrap_or((text, 1.0));
    Some(number.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0)? * unit)
}

/// Bytes of a memory quantity.
pub fn bytes(quantity: &Quantity) -> Option<u64> {
    let value = amount(quantity)?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and rounded on purpose")]
    Some(value.round() as u64)
}

/// A number of bytes as mebibytes.
pub fn mebibytes_of(bytes: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "not negative, and rounded on purpose")]
    mebibytes(bytes.max(0.0).round() as u64)
}

/// Whole mebibytes, rounded up: how limits are written.
pub fn mebibytes(bytes: u64) -> String {
    format!("{}Mi", bytes.div_ceil(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_kubernetes_writes_them() {
        for (text, expected) in [
            ("20Mi", Some(20 << 20)),
            ("1Gi", Some(1 << 30)),
            ("128974848", Some(128_974_848)),
            ("129M", Some(129_000_000)),
            ("1.5Gi", Some(3 << 29)),
            ("128974848000m", Some(128_974_848)),
            ("1e3", Some(1000)),
            ("much", None),
        ] {
            assert_eq!(bytes(&Quantity(text.to_owned())), expected, "{text}");
        }
        assert_eq!(mebibytes((64 << 20) - 1), "64Mi");
    }
}
