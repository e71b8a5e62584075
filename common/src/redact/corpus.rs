//! Measures redaction on a labelled corpus: which secrets go, and what goes that is none.
//!
//! `corpus.txt` holds lines as programs in clusters print them. What must go stands in «…»; a line without is clean. Written for this
//! purpose: every secret in it is made up.

use super::{leaving, secrets};

const CORPUS: &str = include_str!("corpus.txt");
/// Fewer of either is a regression.
const RECALL: f64 = 0.98;
const PRECISION: f64 = 0.98;

struct Line {
    text: String,
    hidden: Vec<String>,
}

fn lines() -> Vec<Line> {
    let labelled = CORPUS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    labelled
        .map(|line| {
            let hidden =
                line.split('«').skip(1).filter_map(|part| Some(part.split_once('»')?.0.replace("\\n", "\n"))).collect();
            Line { text: line.replace(['«', '»'], "").replace("\\n", "\n"), hidden }
        })
        .collect()
}

#[test]
fn recall_and_precision_on_the_corpus_stay_above_their_floors() {
    let (mut wanted, mut gone, mut marks, mut wrong) = (0, 0, 0, 0);
    let mut told = Vec::new();
    for line in lines() {
        let cleaned = leaving(&line.text).into_owned();
        let left: Vec<&String> = line.hidden.iter().filter(|secret| cleaned.contains(secret.as_str())).collect();
        wanted += line.hidden.len();
        gone += line.hidden.len() - left.len();
        let placed = cleaned.matches("[REDACTED:").count();
        marks += placed;
        let too_many = placed.saturating_sub(line.hidden.len());
        wrong += too_many;
        if !left.is_empty() || too_many > 0 {
            told.push(format!("{cleaned}   (left: {left:?}, too many: {too_many})"));
        }
    }
    let share = |part: usize, all: usize| part as f64 / all as f64;
    let (recall, precision) = (share(gone, wanted), 1.0 - share(wrong, marks));
    assert!(wanted > 100, "a corpus of {wanted} secrets shows nothing");
    assert!(
        recall >= RECALL && precision >= PRECISION,
        "recall {recall:.3}, precision {precision:.3}\n{}",
        told.join("\n")
    );
}

#[test]
fn every_category_is_in_the_corpus() {
    let cleaned: String = lines().iter().map(|line| leaving(&line.text).into_owned()).collect();
    let words = [super::words::HEX, super::words::BASE64, super::words::ENTROPY];
    for name in super::patterns::PATTERNS.iter().map(|pattern| pattern.name).chain(words) {
        assert!(cleaned.contains(&format!("[REDACTED:{name}#")), "{name}");
    }
}

#[test]
fn what_stays_inside_keeps_its_addresses_and_names() {
    for line in lines().iter().filter(|line| line.hidden.is_empty()) {
        assert_eq!(secrets(&line.text), line.text);
    }
}
