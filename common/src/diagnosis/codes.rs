//! The causes we can name. Codes are published and stable: they are what runbooks, alerts and people refer to.

/// Declares the codes with what each of them means.
macro_rules! codes {
    ($($name:ident $code:literal $meaning:literal)*) => {
        /// A cause that a rule can recognise.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[allow(missing_docs, reason = "each has its meaning as text")]
        pub enum Code { $($name),* }

        impl Code {
            /// Every code, by family.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as written in findings.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What it means and what usually helps.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),* }
            }
        }
    };
}

codes! {
    ImageTagMissing "image-tag-missing" "The registry answers, but has no such repository, tag or digest. Usually a typo, or a build that was never pushed."
    ImagePullDenied "image-pull-denied" "The registry refuses: the repository does not exist or the pod's pull secrets do not open it."
    RegistryUnreachable "registry-unreachable" "The node cannot reach the registry: connection, DNS, certificate or time-out. The image itself may be fine."
    RegistryLimits "registry-limits" "The registry limits how often this node may pull."
    ImageNameInvalid "image-name-invalid" "The image field is not a valid image name."
    ImagePlatformMissing "image-platform-missing" "The image exists, but not for the node's processor architecture."
    ImageNotPresent "image-not-present" "imagePullPolicy is Never and the node does not have the image."
    ConfigKeyMissing "config-key-missing" "A ConfigMap exists, but a key that the pod needs is not in it."
    ConfigObjectMissing "config-object-missing" "A ConfigMap or Secret that the pod needs does not exist."
    SecretKeyMissing "secret-key-missing" "A Secret exists, but a key that the pod needs is not in it. Its values are nobody's to guess: a person decides."
    OomLimitTooLow "oom-limit-too-low" "The container needs more memory than its limit from the start: it is killed soon after each start."
    MemoryLeak "memory-leak" "The container lives long and is killed again and again: its use of memory grows with time. A higher limit only buys time."
    OomOnNode "oom-on-node" "A container without a memory limit was killed because its node ran out of memory."
    CommandNotFound "command-not-found" "The container's command does not exist in the image or cannot be executed."
    BadRollout "bad-rollout" "The containers fail since the newest revision; the one before was well."
    AppExits "app-exits" "The application ends by itself. Its exit code and last lines say why, as far as it says anything."
    DependencyDown "dependency-down" "The workload needs a Service that has no ready endpoint. The cause is behind that Service."
    DependencyMissing "dependency-missing" "The workload calls a Service that does not exist."
    LivenessProbeFailing "liveness-probe-failing" "The kubelet kills the container because its liveness or startup probe fails."
    ReadinessProbeFailing "readiness-probe-failing" "The container runs, but its readiness probe fails, so it gets no traffic."
    UnschedulableResources "unschedulable-resources" "No node has enough free CPU, memory or pods for what the pod requests."
    UnschedulablePlacement "unschedulable-placement" "No node matches the pod's node selector, affinity or spread rules."
    UnschedulableTaint "unschedulable-taint" "Every node that would fit carries a taint that the pod does not tolerate, or is cordoned."
    UnschedulableVolume "unschedulable-volume" "A volume claim of the pod is missing, unbound, or bound to another zone."
    VolumeNotMounting "volume-not-mounting" "A volume cannot be attached or mounted on the node."
    QuotaExceeded "quota-exceeded" "A ResourceQuota of the namespace does not allow another pod."
    PodRefused "pod-refused" "The API server refuses the pods: admission, security standard or missing ServiceAccount."
    JobBackoffExceeded "job-backoff-exceeded" "A Job failed as often as its backoffLimit allows."
    JobDeadlineExceeded "job-deadline-exceeded" "A Job did not finish within activeDeadlineSeconds."
    NodeNotReady "node-not-ready" "A node is not ready or does not answer; what runs on it is not served."
    NodePressure "node-pressure" "A node runs short of disk, memory or process ids and evicts pods."
    NodeNetwork "node-network-unavailable" "A node's pod network is not set up."
    Unknown "unknown" "No rule applies. The facts gathered are attached; a person has to look."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_explained() {
        let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(Code::ALL.iter().all(|code| code.meaning().ends_with('.')));
    }
}
