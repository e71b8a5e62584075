//! Words that are secret by themselves: long hexadecimal, long base64, and what looks like nothing a person would write.
//!
//! In: text. Out: the next such word. Image digests (`sha256:…`), file paths, names of objects and UUIDs are none.

/// Names of the categories.
pub const HEX: &str = "hex_secret";
/// See [`HEX`].
pub const BASE64: &str = "base64_secret";
/// See [`HEX`].
pub const ENTROPY: &str = "entropy";

/// Shorter words are names.
const SHORTEST: usize = 24;
/// A digest has 64, and so has a 256-bit key.
const HEX_DIGITS: usize = 64;
/// 15 groups of 4, as published.
const BASE64_SIGNS: usize = 60;
/// Bits per character above which a word was not made by a person. English and identifiers stay near 3.5 at this length; what a
/// generator makes of 62 characters is above 4.
const RANDOM: f64 = 3.9;

/// The signs of such words.
const PARTS: [bool; 256] = {
    let mut parts = [false; 256];
    let mut byte = 0_u8;
    loop {
        parts[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'_' | b'-');
        if byte == u8::MAX {
            break parts;
        }
        byte += 1;
    }
};

/// The first such word at or after `from`: its category, start and end.
pub fn find(text: &str, from: usize, leaving: bool) -> Option<(&'static str, usize, usize)> {
    let bytes = text.as_bytes();
    let mut from = from;
    while let Some((start, end)) = long_word(bytes, from) {
        let word = &bytes[start..end];
        if word.len() >= HEX_DIGITS && word.iter().all(u8::is_ascii_hexdigit) {
            // A key as likely as a checksum; `sha256:` in front says which.
            if !(word.len() == HEX_DIGITS && bytes[..start].ends_with(b"sha256:")) {
                return Some((HEX, start, end));
            }
        } else if let Some((first, last)) = longest_base64(word) {
            let padding = bytes[start + last..].iter().take(2).take_while(|byte| **byte == b'=').count();
            return Some((BASE64, start + first, start + last + padding));
        } else if leaving && is_random(word) {
            return Some((ENTROPY, start, end));
        }
        from = end;
    }
    None
}

/// The next run of at least [`SHORTEST`] signs. Looks at the last sign a run would need first, so most text is skipped unread.
fn long_word(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let is_part = |byte: &u8| PARTS[usize::from(*byte)];
    let mut start = from;
    loop {
        let needed = bytes.get(start..start + SHORTEST)?;
        let Some(gap) = needed.iter().rposition(|byte| !is_part(byte)) else {
            let length = bytes[start..].iter().position(|byte| !is_part(byte));
            return Some((start, length.map_or(bytes.len(), |length| start + length)));
        };
        start += gap + 1;
    }
}

/// The first run of base64 within a word that is long enough to be a secret.
fn longest_base64(word: &[u8]) -> Option<(usize, usize)> {
    let mut start = 0;
    for run in word.split(|byte| matches!(byte, b'_' | b'-')) {
        if run.len() >= BASE64_SIGNS {
            return Some((start, start + run.len()));
        }
        start += run.len() + 1;
    }
    None
}

/// Upper case, lower case and digits in no order. Names of objects, UUIDs and hashes in names have no upper case.
fn is_random(word: &[u8]) -> bool {
    let count = |of: fn(&u8) -> bool| word.iter().filter(|byte| of(byte)).count();
    if [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit].iter().any(|of| count(*of) < 2) {
        return false;
    }
    let mut seen = [0_u32; 128];
    for byte in word {
        seen[usize::from(*byte & 0x7f)] += 1;
    }
    let all = word.len() as f64;
    let shares = seen.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / all);
    shares.map(|share| -share * share.log2()).sum::<f64>() >= RANDOM
}
