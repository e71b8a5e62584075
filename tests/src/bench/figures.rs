//! What was measured, as a table for people and as JSON for machines.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// All figures of one run.
#[derive(Debug, Default, Serialize)]
pub struct Figures {
    figures: Vec<Figure>,
}

#[derive(Debug, Serialize)]
struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    /// The most it should be.
    goal: Option<f64>,
    /// How many samples it stands on.
    samples: usize,
}

impl Figures {
    /// One figure; `goal` is the most it should be.
    pub fn add(&mut self, name: &str, value: f64, unit: &'static str, goal: Option<f64>) {
        self.take(Figure { name: name.to_owned(), value, unit, goal, samples: 1 });
    }

    /// Told at once: what comes later may fail, and a run is long.
    fn take(&mut self, figure: Figure) {
        let goal = figure.goal.map(|goal| format!(" (goal ≤ {goal})")).unwrap_or_default();
        crate::say(&format!("{}: {:.3} {}{goal}", figure.name, figure.value, figure.unit));
        self.figures.push(figure);
    }

    /// Median and 99th percentile of times, in seconds.
    pub fn add_times(&mut self, name: &str, times: &mut [Duration], goal_p50: Option<f64>, goal_p99: Option<f64>) {
        times.sort();
        for (label, share, goal) in [("P50", 0.50, goal_p50), ("P99", 0.99, goal_p99)] {
            let Some(time) = percentile(times, share) else { continue };
            self.take(Figure {
                name: format!("{name}, {label}"),
                value: time.as_secs_f64(),
                unit: "s",
                goal,
                samples: times.len(),
            });
        }
    }
}

/// The smallest time that at least this share of all times does not exceed.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of samples times a share below one"
)]
fn percentile(sorted: &[Duration], share: f64) -> Option<Duration> {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<58} {:>12} {:>10} {:>8} {:>6}", "", "measured", "goal", "of goal", "n")?;
        for figure in &self.figures {
            let value = format!("{:.3} {}", figure.value, figure.unit);
            let (goal, share) = match figure.goal {
                Some(goal) => (format!("≤ {goal}"), format!("{:.0} %", figure.value / goal * 100.0)),
                None => (String::new(), String::new()),
            };
            writeln!(f, "{:<58} {value:>12} {goal:>10} {share:>8} {:>6}", figure.name, figure.samples)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_time_that_was_measured() {
        let times: Vec<Duration> = (1..=30).map(Duration::from_secs).collect();
        assert_eq!(percentile(&times, 0.50), Some(Duration::from_secs(15)));
        assert_eq!(percentile(&times, 0.99), Some(Duration::from_secs(30)));
        assert_eq!(percentile(&times[..1], 0.50), Some(Duration::from_secs(1)));
        assert_eq!(percentile(&[], 0.50), None);
    }
}
