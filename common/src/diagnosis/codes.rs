//! The causes we can name. Codes are published and stable: they are what runbooks, alerts and people refer to.

/// A group of causes that are looked for in the same place.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[allow(missing_docs, reason = "each has its title as text")]
pub enum Family {
    Image,
    Command,
    Application,
    Config,
    Probes,
    Resources,
    Scheduling,
    Storage,
    Network,
    Admission,
    Rollout,
    Jobs,
    Nodes,
    Controllers,
    None,
}

impl Family {
    /// How pages and tables name it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Image => "Images",
            Self::Command => "Commands and exits",
            Self::Application => "What the application says",
            Self::Config => "Configuration",
            Self::Probes => "Probes and hooks",
            Self::Resources => "Memory, disk, quotas",
            Self::Scheduling => "Scheduling",
            Self::Storage => "Storage",
            Self::Network => "Services and dependencies",
            Self::Admission => "Refused pods",
            Self::Rollout => "Rollouts and deletions",
            Self::Jobs => "Jobs",
            Self::Nodes => "Nodes",
            Self::Controllers => "Autoscalers and disruption budgets",
            Self::None => "No rule applies",
        }
    }
}

/// Declares the codes: family, what each means, and what usually helps.
macro_rules! codes {
    ($($family:ident { $($name:ident $code:literal $meaning:literal $helps:literal)* })*) => {
        /// A cause that a rule can recognise.
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        #[allow(missing_docs, reason = "each has its meaning as text")]
        pub enum Code { $($($name),*),* }

        impl Code {
            /// Every code, by family.
            pub const ALL: &'static [Self] = &[$($(Self::$name),*),*];

            /// The code as written in findings.
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$name => $code),*),* }
            }

            /// The group it belongs to.
            pub fn family(self) -> Family {
                match self { $($(Self::$name => Family::$family),*),* }
            }

            /// What it means and how it is told from its neighbours.
            pub fn meaning(self) -> &'static str {
                match self { $($(Self::$name => $meaning),*),* }
            }

            /// What usually helps.
            pub fn helps(self) -> &'static str {
                match self { $($(Self::$name => $helps),*),* }
            }
        }
    };
}

codes! {
    Image {
        ImageTagMissing "image-tag-missing"
            "The registry answers, but has no such repository, tag or digest. Usually a typo, or a build that was never pushed."
            "Push the image, or set a tag that exists. After a rollout, going back to the revision before restores service."
        ImagePullDenied "image-pull-denied"
            "The registry refuses: the repository does not exist or the pod's pull secrets do not open it."
            "Check the repository's name and the credentials in the pull secret."
        PullSecretMissing "pull-secret-missing"
            "The pod names a pull secret that does not exist, and the registry refuses who comes without."
            "Create the Secret of type kubernetes.io/dockerconfigjson in the pod's namespace, or correct imagePullSecrets."
        RegistryUnreachable "registry-unreachable"
            "The node cannot reach the registry: connection, DNS or time-out. The image itself may be fine."
            "Check network, DNS and proxy from the nodes. Pods start by themselves once the registry answers."
        RegistryCertificate "registry-certificate"
            "The registry answers with a certificate the node does not accept, or without TLS where the node expects it."
            "Renew the certificate, install the registry's CA on the nodes, or configure the runtime for a plain registry."
        RegistryLimits "registry-limits"
            "The registry limits how often this node may pull."
            "Pull with credentials, through a mirror, or wait."
        ImageNameInvalid "image-name-invalid"
            "The image field is not a valid image name."
            "Correct the name: lower case, one colon before the tag, no scheme."
        ImagePlatformMissing "image-platform-missing"
            "The image exists, but not for the node's processor architecture."
            "Build it for that architecture, or select nodes of the one it has."
        ImageNotPresent "image-not-present"
            "imagePullPolicy is Never and the node does not have the image."
            "Load the image onto the node, or let the kubelet pull it."
        ImageNoSpace "image-no-space"
            "The image cannot be unpacked: the node's image file system is full."
            "Free disk on that node or give it more; the pod itself is fine."
    }
    Command {
        CommandNotFound "command-not-found"
            "The container's command does not exist in the image."
            "Correct command and args, or the image's entrypoint."
        CommandNotExecutable "command-not-executable"
            "The container's command exists, but may not be executed: no execute bit, or the user lacks the right."
            "Set the execute bit in the image, or run it by an interpreter."
        BinaryWrongPlatform "binary-wrong-platform"
            "The program was built for another processor, or is a script without an interpreter line."
            "Build for the node's architecture, or add the interpreter line."
        WorkingDirMissing "working-dir-missing"
            "The container's working directory does not exist or cannot be entered."
            "Correct workingDir, or create the directory in the image."
        InitContainerFailing "init-container-failing"
            "An init container ends with an error, so the containers behind it never start."
            "Repair what the init container does; the application itself was not reached."
        InitContainerRunsOn "init-container-runs-on"
            "An init container runs on and does not end, so the containers behind it never start."
            "See what it waits for: its last lines, and what it calls."
        AppExits "app-exits"
            "The application ends by itself with an error. Its exit code and last lines say why, as far as it says anything."
            "Read the last lines; the cause is in the application or in what it needs."
        ExitsWithoutError "exits-without-error"
            "The container's program ends successfully, but its workload wants it to run on: it is started again and again."
            "Run a program that stays in the foreground, or make the workload a Job."
        KilledBySignal "killed-by-signal"
            "The program was ended by a signal of its own making: a segmentation fault, an abort, an illegal instruction."
            "It is a defect of the program or a library, or a build for another processor; look for a core dump or stack trace."
        BadRollout "bad-rollout"
            "The containers fail since the newest revision; the one before was well."
            "Go back to the revision before, then repair the change."
        BadConfigChange "bad-config-change"
            "The containers fail since a ConfigMap they use was changed; their revision did not change."
            "Take the change of the ConfigMap back, then start the pods again."
    }
    Application {
        EnvMissing "env-missing"
            "The application says that an environment variable it needs is not set."
            "Set the variable in the pod template, or the key it comes from."
        FileMissing "file-missing"
            "The application says that a file it needs is not there."
            "Mount the file where the application looks for it, or correct the path."
        ConfigInvalid "config-invalid"
            "The application says that it cannot read its configuration: wrong syntax, unknown field, impossible value."
            "Correct the configuration at the place the message names."
        FilePermissionDenied "file-permission-denied"
            "The application may not read or write a file: wrong user, read-only file system or volume."
            "Correct runAsUser, fsGroup or readOnlyRootFilesystem, or mount a writable volume there."
        PortInUse "port-in-use"
            "The application cannot listen: its port is taken by another container of the pod, or by the host with hostNetwork."
            "Give each container of the pod a port of its own."
        DiskFull "disk-full"
            "The application cannot write: the file system it writes to is full."
            "Free room on the volume or make it larger."
        DependencyAuthFailed "dependency-auth-failed"
            "What the application calls answers, but refuses its credentials."
            "A person has to put the right credentials into the Secret; the dependency itself is up."
        ErrorsLogged "errors-logged"
            "The pods look well, and log many more errors than they did before. It is a symptom: what the errors say, where a rule understands it, is the cause."
            "Read the lines; look first at what was rolled out or changed shortly before, if anything was."
        HostUnresolved "host-unresolved"
            "The application calls a host that DNS does not know, and which is no Service of this cluster."
            "Correct the host name, or the DNS that should know it."
        CertificateExpired "certificate-expired"
            "TLS fails because a certificate has expired or is not valid yet: the application says so, or the Secret that is mounted or served holds it."
            "Renew the certificate; on a fresh one check the clocks."
        CertificateUntrusted "certificate-untrusted"
            "TLS fails because the other side's certificate is not trusted or is for another name."
            "Give the application the right CA, or call the host by a name that is in the certificate."
        RbacDenied "rbac-denied"
            "The Kubernetes API refuses what the application asks: its ServiceAccount lacks a right."
            "Bind a Role with exactly that verb and resource to the ServiceAccount."
    }
    Config {
        ConfigKeyMissing "config-key-missing"
            "A ConfigMap exists, but a key that the pod needs is not in it."
            "Put the key back. Where its last value is recorded, that is the remedy."
        ConfigObjectMissing "config-object-missing"
            "A ConfigMap or Secret that the pod needs does not exist."
            "Create it, or change the template so that it is not needed."
        RunsAsRoot "runs-as-root"
            "The pod demands that nothing in it runs as root, and a container would, or its image does not say as whom it runs."
            "Set runAsUser to a number other than 0, or give the image such a user."
        SecretKeyMissing "secret-key-missing"
            "A Secret exists, but a key that the pod needs is not in it."
            "Its values are nobody's to guess: a person who knows the value has to add it."
        CertificateExpires "certificate-expires"
            "A certificate that is mounted or served ends within 14 days, or within the last sixth of a life shorter than 84 days. Nothing fails yet. Only the plugin sees it, with its caller's rights: the operator reads no Secrets."
            "Renew it before it ends; where something renews it by itself, see why that did not happen."
    }
    Probes {
        LivenessProbeFailing "liveness-probe-failing"
            "The kubelet kills the container because its liveness probe fails."
            "See whether the application hangs or the probe asks too much."
        StartupProbeFailing "startup-probe-failing"
            "The kubelet kills the container before it has started: its probes give it less time than it needs, or it never answers."
            "Give it more time by a startupProbe (failureThreshold times periodSeconds), or repair its start."
        ProbeWrongPort "probe-wrong-port"
            "The probe asks a port on which the container does not listen."
            "Correct the probe's port."
        ProbeWrongPath "probe-wrong-path"
            "The probe asks a path that the application does not know: it answers 404 or the like."
            "Correct the probe's path."
        ProbeCommandFailing "probe-command-failing"
            "The probe's command does not exist in the image or cannot be executed."
            "Use a command the image has, or a probe by HTTP or TCP."
        ProbeTimeout "probe-timeout"
            "The application does not answer its probe in time: it hangs, is overloaded, or the probe's timeout is too short."
            "Look at load and limits first, then at timeoutSeconds."
        ReadinessProbeFailing "readiness-probe-failing"
            "The container runs, but its readiness probe fails, so it gets no traffic."
            "Ask the application what its readiness waits for."
        ReadinessGateUnmet "readiness-gate-unmet"
            "The containers are ready, but a readiness gate of the pod is not: some controller has not said yes."
            "Look at the controller that sets the condition."
        LifecycleHookFailing "lifecycle-hook-failing"
            "The container is killed because its postStart hook fails."
            "Repair the hook; it runs beside the entrypoint, with no order between them."
    }
    Resources {
        OomLimitTooLow "oom-limit-too-low"
            "The container needs more memory than its limit from the start: it is killed soon after each start."
            "Raise the limit to what it needs, or make it need less."
        MemoryLeak "memory-leak"
            "The container lives long and is killed again and again: its use of memory grows with time. A higher limit only buys time."
            "Find what grows; a higher limit is no cure."
        OomOnNode "oom-on-node"
            "A container without a memory limit was killed because its node ran out of memory."
            "Set memory requests and limits; see what else runs on that node."
        EvictedStorage "evicted-storage"
            "The kubelet evicted the pod because it used more local disk than its limit, or than its emptyDir allows."
            "Write less, or raise limits.ephemeral-storage or the emptyDir's sizeLimit."
        EvictedByNode "evicted-by-node"
            "The kubelet evicted the pod because its node ran short of memory, disk or process ids."
            "Relieve the node; requests close to real use keep a pod from being the first to go."
        QuotaExceeded "quota-exceeded"
            "A ResourceQuota of the namespace does not allow another pod."
            "Raise the quota, ask for less, or scale something else down."
        QuotaNeedsRequests "quota-needs-requests"
            "A ResourceQuota counts a resource that the pods neither request nor limit, so they are refused."
            "Set the requests and limits the message names, or a LimitRange with defaults."
        LimitRangeViolated "limit-range-violated"
            "The pods ask for more or less than a LimitRange of the namespace allows."
            "Bring requests and limits into the range, or change the LimitRange."
    }
    Scheduling {
        UnschedulableResources "unschedulable-resources"
            "No node has enough free CPU, memory or pods for what the pod requests."
            "Ask for less, free room, or add a node."
        RequestTooLarge "request-too-large"
            "The pod requests more than any node has, even an empty one: no waiting helps."
            "Lower the request, or add a larger node."
        UnschedulablePlacement "unschedulable-placement"
            "No node matches the pod's node selector or node affinity."
            "Correct the selector, or label a node."
        UnschedulableAffinity "unschedulable-affinity"
            "The pod's affinity or anti-affinity to other pods leaves no node for it."
            "Prefer instead of require, widen the topology key, or add nodes."
        UnschedulableSpread "unschedulable-spread"
            "The pod's topology spread constraints leave no node for it."
            "Use whenUnsatisfiable: ScheduleAnyway, raise maxSkew, or add nodes in the domain that lacks them."
        UnschedulableHostPort "unschedulable-host-port"
            "The pod wants a port of the host that is taken on every node."
            "Drop hostPort, or run at most one such pod per node."
        UnschedulableTaint "unschedulable-taint"
            "Every node that would fit carries a taint that the pod does not tolerate."
            "Tolerate the taint, or remove it."
        NodeCordoned "node-cordoned"
            "The nodes that would fit are cordoned: somebody keeps new pods away from them."
            "Uncordon the node when the work on it is done."
        SchedulerMissing "scheduler-missing"
            "The pod asks for a scheduler that does not run, so nobody looks for a node."
            "Correct schedulerName, or start that scheduler."
    }
    Storage {
        ClaimMissing "claim-missing"
            "The pod uses a PersistentVolumeClaim that does not exist."
            "Create the claim, or correct claimName."
        ClaimClassMissing "claim-class-missing"
            "The claim asks for a StorageClass that does not exist, or for the default one where there is none: nobody will make the volume."
            "A claim's class cannot be changed: delete it and make it anew with a class that exists, or create the class."
        ClaimUnbound "claim-unbound"
            "The claim is not bound: no volume fits its size, class and access mode, and none is being made."
            "Look at the claim's Events and at the provisioner; without one, create a volume that fits."
        ClaimLost "claim-lost"
            "The volume behind the claim is gone, and the data on it with it as far as Kubernetes knows."
            "Restore the volume from a backup; a new claim starts empty."
        VolumeElsewhere "volume-elsewhere"
            "The volume can only be used in a place where no node can take the pod."
            "Add a node where the volume is, or move the data."
        VolumeInUse "volume-in-use"
            "The volume is still attached to another node and allows only one."
            "See which pod holds it; with ReadWriteOnce use the Recreate strategy or a StatefulSet."
        VolumeFull "volume-full"
            "The volume of a claim has less than 3 % of its bytes or inodes free: what writes to it fails, or is about to."
            "Free room in it, or make the claim larger if its StorageClass allows that."
        VolumePathMissing "volume-path-missing"
            "A path that the pod mounts does not exist on its node, or is of another type."
            "Create the path on the node, correct it, or use a volume that follows the pod."
        UnschedulableVolume "unschedulable-volume"
            "A volume of the pod keeps it from being placed."
            "Look at the volume claims of the pod."
        VolumeNotMounting "volume-not-mounting"
            "A volume cannot be attached or mounted on the node."
            "Look at the volume, its driver and the node it should be on."
    }
    Network {
        DependencyDown "dependency-down"
            "The workload needs a Service that has no ready endpoint. The cause is behind that Service."
            "Look at the workload behind the Service; this one recovers with it."
        DependencyScaledDown "dependency-scaled-down"
            "The workload needs a Service whose workload is scaled to 0."
            "Scale it up again, or find out who scaled it down and why."
        DependencyMissing "dependency-missing"
            "The workload calls a Service that does not exist."
            "Create the Service, or correct the name that is called."
        DependencyPortWrong "dependency-port-wrong"
            "The workload calls a Service at a port that the Service does not have."
            "Correct the port in the workload's configuration, or add it to the Service."
        ServiceSelectorMismatch "service-selector-mismatch"
            "A Service selects no pod, though a workload is plainly meant to be behind it."
            "Correct the Service's selector or the labels of the pod template."
        ServicePortMismatch "service-port-mismatch"
            "A Service sends traffic to a port that the containers behind it do not have."
            "Correct targetPort of the Service."
        IngressBackendMissing "ingress-backend-missing"
            "An Ingress leads to a Service or a Service port that does not exist."
            "Correct the backend, or create the Service."
    }
    Admission {
        PodRefused "pod-refused"
            "The API server refuses the pods."
            "Correct what the refusal names."
        PodSecurityViolated "pod-security-violated"
            "The pods break the Pod Security Standard that the namespace enforces."
            "Set the securityContext fields the message names; do not weaken the namespace."
        PolicyDenied "policy-denied"
            "An admission policy or webhook refuses the pods, and says why."
            "Do what the policy asks, or talk to who owns it."
        WebhookFailing "webhook-failing"
            "An admission webhook that has to be asked does not answer, so nothing can be created."
            "Repair the webhook's Service. In an emergency its failurePolicy decides."
        ServiceAccountMissing "service-account-missing"
            "The pods run as a ServiceAccount that does not exist."
            "Create the ServiceAccount, or correct serviceAccountName."
        PriorityClassMissing "priority-class-missing"
            "The pods name a PriorityClass that does not exist."
            "Create the PriorityClass, or correct priorityClassName."
    }
    Rollout {
        RolloutStuck "rollout-stuck"
            "A rollout makes no progress within its deadline, and nothing more exact explains it."
            "Look at the newest pods; go back if the change is not urgent."
        DeletionStuck "deletion-stuck"
            "A pod should be gone and is not: a finalizer holds it, or its node does not answer."
            "Find who owns the finalizer; removing it by hand skips the clean-up it stands for."
    }
    Jobs {
        JobBackoffExceeded "job-backoff-exceeded"
            "A Job failed as often as its backoffLimit allows."
            "Correct what the last try says, then run the Job again."
        JobDeadlineExceeded "job-deadline-exceeded"
            "A Job did not finish within activeDeadlineSeconds."
            "See what takes so long, or give it more time."
        CronJobBlocked "cronjob-blocked"
            "A CronJob with concurrencyPolicy Forbid does not start, because an earlier Job of it is still at work."
            "See what that Job waits for; give its template an activeDeadlineSeconds, or allow runs beside each other."
        CronJobCreateRefused "cronjob-create-refused"
            "The API server refuses the Jobs that a CronJob wants to make."
            "Correct what the refusal names: a quota, an admission policy, the Job template."
        CronJobTooManyMissed "cronjob-too-many-missed"
            "A CronJob has missed more than 100 runs, so its controller does not start it any more."
            "Set startingDeadlineSeconds, so that only recent runs are counted."
        CronJobNotStarted "cronjob-not-started"
            "A CronJob was due and nothing was started."
            "See whether the controller manager runs, and whether startingDeadlineSeconds is long enough for it to act."
        JobPodFailurePolicy "job-pod-failure-policy"
            "A Job's own podFailurePolicy ended it at once for an exit code or condition it lists."
            "That ending was meant: correct what the last try says."
    }
    Nodes {
        NodeNotReady "node-not-ready"
            "A node is not ready or does not answer; what runs on it is not served."
            "Look at the machine, its network, its kubelet and its container runtime."
        NodePressure "node-pressure"
            "A node runs short of disk, memory or process ids and evicts pods."
            "Free what is short or move work away."
        NodeNetwork "node-network-unavailable"
            "A node's pod network is not set up."
            "Look at the network plugin on that node."
    }
    Controllers {
        AutoscalerNoMetrics "autoscaler-no-metrics"
            "A HorizontalPodAutoscaler cannot read its metrics, so it scales nothing."
            "Look at the metrics API; without it the number of replicas stays as it is."
        AutoscalerNoRequests "autoscaler-no-requests"
            "A HorizontalPodAutoscaler measures use in percent of a request that the containers do not have."
            "Set the resource request on every container of the pods."
        AutoscalerAtMax "autoscaler-at-max"
            "A HorizontalPodAutoscaler wants more replicas than it may have."
            "Raise maxReplicas if the cluster has room, or find out where the load comes from."
        BudgetBlocksDrain "budget-blocks-drain"
            "A PodDisruptionBudget never allows an eviction, so the cordoned node below its pods cannot be drained."
            "Run one replica more than the budget demands, or let it allow one disruption."
    }
    None {
        Unknown "unknown"
            "No rule applies. The facts gathered are attached."
            "A person has to look."
    }
}

impl Code {
    /// The code with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_explained_and_found_by_its_name() {
        let mut codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
        assert!(Code::ALL.iter().all(|code| code.meaning().ends_with('.') && code.helps().ends_with('.')));
        assert!(Code::ALL.iter().all(|code| Code::from_name(code.as_str()) == Some(*code)));
        assert_eq!(Code::from_name("no-such-code"), None);
    }
}
