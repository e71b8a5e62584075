//! How full the volumes behind claims are, as the kubelet counts it. Pure.
//!
//! In: a kubelet's `stats/summary`. Out: one [`VolumeUse`] per claim. Never: speaks of a volume whose driver does not count, or of one
//! that is shared with everything else on the node's disk (the kubelet gives no claim for it).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;

use super::{Facts, references};

/// Percent that has to be free. Below it applications fail to write; the alerts that are shipped for Kubernetes (kubernetes-mixin,
/// `KubePersistentVolumeFillingUp` and `…InodesFillingUp`) call it critical from there.
const LEAST_FREE: u128 = 3;

/// How much of a claim's volume is left.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VolumeUse {
    /// The claim's namespace.
    pub namespace: String,
    /// The claim.
    pub claim: String,
    /// The node that counted.
    pub node: String,
    /// When.
    pub at: Timestamp,
    /// Bytes that are free for applications, and all.
    pub bytes: Room,
    /// Inodes, where the file system has a number of them.
    pub inodes: Option<Room>,
    /// Who says so.
    pub by: CountedBy,
}

/// Who counted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CountedBy {
    /// The kubelet, asked itself.
    Kubelet,
    /// The kubelet, by way of a Prometheus.
    Prometheus,
}

/// What is free, of how much.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Room {
    /// Free.
    pub free: u64,
    /// In all.
    pub all: u64,
}

impl Room {
    fn is_full(self) -> bool {
        self.all > 0 && u128::from(self.free) * 100 < u128::from(self.all) * LEAST_FREE
    }
}

/// What a volume has run out of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Full {
    /// Room for bytes.
    Bytes(Room),
    /// Room for files, though there is room for bytes.
    Inodes(Room),
}

impl Full {
    /// `1Mi of 512Mi are free`.
    pub fn in_words(self) -> String {
        match self {
            Self::Bytes(Room { free, all }) => format!("{} of {} are free", binary(free), binary(all)),
            Self::Inodes(Room { free, all }) => format!("{free} of {all} inodes are free"),
        }
    }
}

impl VolumeUse {
    /// What it has run out of, if it has.
    pub fn full(&self) -> Option<Full> {
        let inodes = self.inodes.filter(|room| room.is_full()).map(Full::Inodes);
        if self.bytes.is_full() { Some(Full::Bytes(self.bytes)) } else { inodes }
    }
}

/// Names of the claims that the subject's pods mount.
pub fn mounted(facts: &Facts) -> BTreeSet<String> {
    facts.current_pods().flat_map(references::claims_of).collect()
}

/// Bytes in the largest binary unit of which there is one, rounded down: what is left is not more than said.
fn binary(bytes: u64) -> String {
    let (unit, factor) = [("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)]
        .into_iter()
        .find(|(_, factor)| bytes >= *factor)
        .unwrap_or(("", 1));
    format!("{}{unit}", bytes / factor)
}

/// What of a kubelet's `stats/summary` is read.
#[derive(Debug, Deserialize)]
pub struct Summary {
    #[serde(default)]
    pods: Vec<PodStats>,
}

#[derive(Debug, Deserialize)]
struct PodStats {
    #[serde(default)]
    volume: Vec<VolumeStats>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct VolumeStats {
    time: Option<Timestamp>,
    available_bytes: Option<u64>,
    capacity_bytes: Option<u64>,
    inodes_free: Option<u64>,
    inodes: Option<u64>,
    pvc_ref: Option<ClaimReference>,
}

#[derive(Debug, Deserialize)]
struct ClaimReference {
    name: String,
    namespace: String,
}

impl Summary {
    /// Every claim whose volume is counted, once.
    pub fn volumes(self, node: &str) -> Vec<VolumeUse> {
        let mut found: Vec<VolumeUse> = Vec::new();
        for stats in self.pods.into_iter().flat_map(|pod| pod.volume) {
            let Some(one) = stats.of_claim(node) else { continue };
            if !found.iter().any(|other| (&other.namespace, &other.claim) == (&one.namespace, &one.claim)) {
                found.push(one);
            }
        }
        found
    }
}

impl VolumeStats {
    fn of_claim(self, node: &str) -> Option<VolumeUse> {
        let claim = self.pvc_ref?;
        Some(VolumeUse {
            namespace: claim.namespace,
            claim: claim.name,
            node: node.to_owned(),
            at: self.time?,
            bytes: Room { free: self.available_bytes?, all: self.capacity_bytes? },
            inodes: self.inodes_free.zip(self.inodes).map(|(free, all)| Room { free, all }),
            by: CountedBy::Kubelet,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn volume(free: u64, inodes_free: u64) -> VolumeUse {
        VolumeUse {
            namespace: "shop".to_owned(),
            claim: "data".to_owned(),
            node: "node-1".to_owned(),
            at: Timestamp::UNIX_EPOCH,
            bytes: Room { free, all: 1 << 30 },
            inodes: Some(Room { free: inodes_free, all: 1000 }),
            by: CountedBy::Kubelet,
        }
    }

    #[test]
    fn a_volume_is_full_when_less_than_three_percent_are_free() {
        assert_eq!(volume((1 << 30) / 100 * 4, 500).full(), None);
        let full = volume(20 << 20, 500).full().unwrap();
        assert_eq!(full.in_words(), "20Mi of 1Gi are free");
        assert_eq!(volume(0, 500).full().unwrap().in_words(), "0 of 1Gi are free");
    }

    #[test]
    fn a_volume_without_inodes_is_full_though_it_has_room() {
        assert_eq!(volume(1 << 29, 3).full().unwrap().in_words(), "3 of 1000 inodes are free");
    }

    #[test]
    fn a_kubelets_summary_is_read_for_claims_alone_and_each_once() {
        let counted = r#"{"time":"2026-11-26T10:00:00Z","availableBytes":1,"capacityBytes":100,"usedBytes":99,"inodesFree":5,"inodes":10,"name":"v","pvcRef":{"name":"data","namespace":"shop"}}"#;
        let text = format!(
            r#"{{"node":{{}},"pods":[
                {{"podRef":{{"name":"a"}},"volume":[{{"time":"2026-11-26T10:00:00Z","availableBytes":1,"capacityBytes":2,"name":"kube-api-access"}},{counted}]}},
                {{"podRef":{{"name":"b"}},"volume":[{counted}]}},
                {{"podRef":{{"name":"c"}}}}]}}"#
        );
        let found = serde_json::from_str::<Summary>(&text).unwrap().volumes("node-1");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].claim.as_str(), found[0].bytes), ("data", Room { free: 1, all: 100 }));
    }
}
