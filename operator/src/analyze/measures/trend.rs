//! How a measure changed with an incident. Pure.

use jiff::{SignedDuration, Timestamp};

use super::queries::{Measure, Unit};

/// Values needed to speak of a change.
const POINTS: usize = 3;
/// Around the begin of the incident.
const AROUND: SignedDuration = SignedDuration::from_mins(5);
/// From this change on there is a direction.
const DIRECTION: f64 = 0.2;
/// From this ratio on what came after is as high as the incident, or as low.
const SUSTAINED: f64 = 0.5;

/// How one measure changed with an incident.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// What was measured.
    pub what: &'static str,
    unit: Unit,
    before: f64,
    during: f64,
    /// Nothing where the incident is too young.
    after: Option<f64>,
}

/// The means before, around and after `at`; `None` where too little was measured.
pub fn of(measure: &Measure, points: &[(Timestamp, f64)], at: Timestamp) -> Option<Trend> {
    if points.len() < POINTS {
        return None;
    }
    let mean = |belongs: &dyn Fn(SignedDuration) -> bool| {
        let values: Vec<f64> =
            points.iter().filter(|(when, _)| belongs(when.duration_since(at))).map(|(_, value)| *value).collect();
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    };
    Some(Trend {
        what: measure.what,
        unit: measure.unit,
        before: mean(&|offset| offset < -AROUND)?,
        during: mean(&|offset| offset.abs() <= AROUND)?,
        after: mean(&|offset| offset > AROUND),
    })
}

impl Trend {
    /// Size of the change, as a share of what was before: 1.0 is twice as much, or as little as nothing.
    pub fn change(&self) -> f64 {
        self.signed().abs()
    }

    fn signed(&self) -> f64 {
        match self.before {
            before if before > 0.0 => (self.during - before) / before,
            _ if self.during > 0.0 => 1.0,
            _ => 0.0,
        }
    }

    fn direction(&self) -> &'static str {
        match (self.signed(), self.after) {
            (change, _) if change.abs() < DIRECTION => "about the same",
            (change, Some(after)) if change > 0.0 && after > self.before * (1.0 + SUSTAINED) => "risen and still high",
            (change, Some(after)) if change < 0.0 && after < self.before * SUSTAINED => "fallen and still low",
            (change, Some(_)) if change > 0.0 => "risen for a while",
            (_, Some(_)) => "fallen for a while",
            (change, None) if change > 0.0 => "risen",
            (_, None) => "fallen",
        }
    }

    /// In one sentence.
    pub fn sentence(&self) -> String {
        let show = |value| self.unit.show(value);
        let after = self.after.map(|after| format!(", {} after", show(after))).unwrap_or_default();
        format!(
            "{}: {} before the incident, {} when it began{after}: {}",
            self.what,
            show(self.before),
            show(self.during),
            self.direction()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: i64 = 100_000;

    fn trend(points: &[(i64, f64)]) -> Option<Trend> {
        let measure = Measure { what: "CPU of its pods", unit: Unit::Cores, query: String::new() };
        let points: Vec<_> =
            points.iter().map(|(offset, value)| (Timestamp::from_second(AT + offset * 60).unwrap(), *value)).collect();
        of(&measure, &points, Timestamp::from_second(AT).unwrap())
    }

    fn said(points: &[(i64, f64)]) -> String {
        trend(points).unwrap().sentence()
    }

    #[test]
    fn what_rose_and_stayed_is_told_from_what_only_peaked() {
        assert_eq!(
            said(&[(-20, 0.1), (-10, 0.1), (0, 0.9), (10, 0.8)]),
            "CPU of its pods: 0.10 cores before the incident, 0.90 cores when it began, 0.80 cores after: risen and still high"
        );
        assert!(said(&[(-20, 0.1), (0, 0.9), (10, 0.1)]).ends_with("risen for a while"));
        assert!(said(&[(-20, 2.0), (0, 0.5), (10, 0.4)]).ends_with("fallen and still low"));
        assert!(said(&[(-20, 2.0), (0, 0.5), (10, 1.9)]).ends_with("fallen for a while"));
        assert!(said(&[(-20, 2.0), (-10, 2.0), (0, 2.1)]).ends_with("about the same"));
    }

    #[test]
    fn an_incident_that_just_began_has_no_after_and_none_is_made_up() {
        let fresh = said(&[(-20, 1.0), (-10, 1.0), (-1, 3.0)]);
        assert!(!fresh.contains("after") && fresh.ends_with(": risen"), "{fresh}");
    }

    #[test]
    fn two_values_or_no_past_are_no_trend() {
        assert_eq!(trend(&[(-20, 1.0), (0, 2.0)]), None);
        assert_eq!(trend(&[(0, 1.0), (1, 2.0), (2, 3.0)]), None);
    }

    #[test]
    fn something_out_of_nothing_is_a_whole_change() {
        assert!((trend(&[(-20, 0.0), (-10, 0.0), (0, 2.0)]).unwrap().change() - 1.0).abs() < f64::EPSILON);
        assert!(trend(&[(-20, 0.0), (-10, 0.0), (0, 0.0)]).unwrap().change().abs() < f64::EPSILON);
    }
}
