//! Volumes that have run full under pods that may still look well.
//!
//! In: what kubelets count, where the caller could ask. Out: observations on `pvc/<name>`. Never: a hold: what is counted is so.

use super::board::{Board, Counts, Words};
use crate::api::SignalType::DiskPressure;
use crate::facts::Facts;

/// Observes the volumes of the subject's claims.
pub fn observe(facts: &Facts, board: &mut Board) {
    for volume in &facts.extra.volumes {
        let Some(full) = volume.full() else { continue };
        board.sight(
            DiskPressure,
            &format!("pvc/{}", volume.claim),
            volume.at,
            Counts::At(volume.at),
            Words { state: &format!("full, {}", full.in_words()), detail: String::new(), expected: "3 % free" },
        );
    }
}
