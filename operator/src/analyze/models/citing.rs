//! Receipts that a text cites, as `[r1]` or `[r2, r5]`. Pure.

use std::collections::BTreeSet;

/// The receipts in square brackets; none where there is not one.
pub fn citations(text: &str) -> Option<Vec<usize>> {
    let mut all = Vec::new();
    for part in text.split('[').skip(1) {
        let Some((inside, _)) = part.split_once(']') else { continue };
        let words: Vec<&str> = inside.split([',', ' ', ';']).map(str::trim).filter(|word| !word.is_empty()).collect();
        let ids: Option<Vec<usize>> = words.iter().map(|word| word.strip_prefix(['r', 'R'])?.parse().ok()).collect();
        all.extend(ids.unwrap_or_default());
    }
    (!all.is_empty()).then_some(all)
}

/// Sentences, each with the brackets that follow it.
pub fn sentences(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut from = 0;
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for (index, (at, c)) in chars.iter().enumerate() {
        let next = chars.get(index + 1).map(|(_, next)| *next);
        let ends = match c {
            '\n' => true,
            '.' | '!' | '?' | ']' => next.is_none_or(char::is_whitespace),
            _ => false,
        };
        if !ends {
            continue;
        }
        // "It fails. [r1]": the receipts after the full stop belong to it; "[r1]" in mid-sentence ends nothing.
        let rest = text[at + c.len_utf8()..].trim_start();
        let goes_on = rest.starts_with('[') || (*c == ']' && rest.starts_with(|next: char| next.is_lowercase()));
        if goes_on && *c != '\n' {
            continue;
        }
        let sentence = text[from..at + c.len_utf8()].trim();
        if sentence.chars().any(char::is_alphanumeric) {
            all.push(sentence.to_owned());
        }
        from = at + c.len_utf8();
    }
    let sentence = text[from..].trim();
    if sentence.chars().any(char::is_alphanumeric) {
        all.push(sentence.to_owned());
    }
    all
}

/// The sentences that rest on receipts which all exist, and how many do not.
pub fn kept(text: &str, receipts: usize) -> (String, i32) {
    let (mut kept, mut dropped) = (Vec::new(), 0);
    for sentence in sentences(text) {
        if rests_on(&sentence, receipts).is_some() { kept.push(sentence) } else { dropped += 1 }
    }
    (kept.join(" "), dropped)
}

/// The receipts a text rests on; none where it cites nothing, or one that does not exist.
pub fn rests_on(text: &str, receipts: usize) -> Option<BTreeSet<usize>> {
    let cited = citations(text)?;
    cited.iter().all(|id| (1..=receipts).contains(id)).then(|| cited.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        assert_eq!(
            sentences("One [r1]. Two is 1.5 times! Three?  \n\n- four [r2]"),
            ["One [r1].", "Two is 1.5 times!", "Three?", "- four [r2]"]
        );
        assert!(sentences(" . \n ").is_empty());
    }

    #[test]
    fn what_cites_nothing_or_what_does_not_exist_is_left_out() {
        let (text, dropped) = kept("It fails [r1]. Trust me. It was hacked [r9].", 2);
        assert_eq!((text.as_str(), dropped), ("It fails [r1].", 2));
    }
}
