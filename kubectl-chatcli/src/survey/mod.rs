//! Everything that runs in one namespace or in all of them, read with the caller's own rights in one go.
//!
//! In: paged lists of pods, workloads and nodes. Out: [`Facts`] about every workload, ownerless pod and node, under the name the operator
//! would give them; what may not be read is named. Never: keeps anything.

pub mod causes;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use common::facts::Pod;
use common::facts::{Facts, Subject, Surroundings, membership, trim};
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Node;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::ListParams;
use kube::core::Resource;
use serde::de::DeserializeOwned;

use crate::certificates::{self, Named};
use crate::facts;
use crate::failure::Failure;
use crate::kube::{Cluster, Doing, Kind, PAGE};

/// What the lists said.
#[derive(Debug, Default)]
pub struct Landscape {
    pods: Vec<Arc<Pod>>,
    deployments: Vec<Arc<Deployment>>,
    replica_sets: Vec<Arc<ReplicaSet>>,
    stateful_sets: Vec<Arc<StatefulSet>>,
    daemon_sets: Vec<Arc<DaemonSet>>,
    jobs: Vec<Arc<Job>>,
    cron_jobs: Vec<Arc<CronJob>>,
    nodes: Vec<Arc<Node>>,
    around: BTreeMap<String, Surroundings>,
    /// Nodes are looked at for themselves, not only as the place where pods run.
    whole_cluster: bool,
    /// Workload kinds that could not be read: trouble there would go unseen.
    pub blind: Vec<Failure>,
    /// Nodes could not be read: what they do to pods stays unknown.
    pub without_nodes: Option<Failure>,
    /// Ingresses may not be read: which certificates they serve stays unknown.
    pub without_ingresses: Option<Failure>,
}

/// How much was looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq, schemars::JsonSchema, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Extent {
    /// Deployments, StatefulSets, DaemonSets, Jobs and CronJobs.
    pub workloads: usize,
    /// Pods.
    pub pods: usize,
    /// Nodes.
    pub nodes: usize,
}

impl Landscape {
    /// Reads the lists, all kinds at once; of all namespaces where `namespace` is `None`.
    ///
    /// Without pods there is nothing to say, so that alone is an error.
    pub async fn read(cluster: &Cluster, namespace: Option<&str>) -> Result<Self, Failure> {
        let (pods, deployments, replica_sets, stateful_sets, daemon_sets, jobs, cron_jobs, nodes, around) = futures::join!(
            list(cluster, "pods", namespace, trim::pod),
            list(cluster, "deployments", namespace, trim::deployment),
            list(cluster, "replicasets", namespace, trim::replica_set),
            list(cluster, "statefulsets", namespace, trim::stateful_set),
            list(cluster, "daemonsets", namespace, trim::daemon_set),
            list(cluster, "jobs", namespace, trim::job),
            list(cluster, "cronjobs", namespace, trim::cron_job),
            list(cluster, "nodes", None, trim::node),
            surroundings(cluster, namespace),
        );
        let mut blind = Vec::new();
        let (around, without_ingresses) = around;
        let (nodes, without_nodes) = match nodes {
            Ok(nodes) => (nodes, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        Ok(Self {
            pods: pods?,
            deployments: seen(deployments, &mut blind),
            replica_sets: seen(replica_sets, &mut blind),
            stateful_sets: seen(stateful_sets, &mut blind),
            daemon_sets: seen(daemon_sets, &mut blind),
            jobs: seen(jobs, &mut blind),
            cron_jobs: seen(cron_jobs, &mut blind),
            nodes,
            around,
            without_ingresses,
            whole_cluster: namespace.is_none(),
            blind,
            without_nodes,
        })
    }

    /// How much that is.
    pub fn extent(&self) -> Extent {
        let workloads = self.deployments.len()
            + self.stateful_sets.len()
            + self.daemon_sets.len()
            + self.jobs.len()
            + self.cron_jobs.len();
        Extent { workloads, pods: self.pods.len(), nodes: self.nodes.len() }
    }

    /// Secrets that these subjects mount and that any Ingress names.
    pub fn secrets(&self, subjects: &[Facts]) -> Vec<Named> {
        let mounted = subjects.iter().flat_map(certificates::mounted_by);
        let ingresses = self.around.values().flat_map(|around| &around.ingresses);
        mounted.chain(ingresses.flat_map(|ingress| certificates::named_by(ingress))).collect()
    }

    /// Facts about every subject, as the operator would have them from its stores.
    pub fn subjects(&self, now: Timestamp) -> Vec<Facts> {
        let pods_of = by_owner(&self.pods, |pod| &pod.metadata);
        let sets_of = by_owner(&self.replica_sets, |set| &set.metadata);
        let nodes: HashMap<&str, &Arc<Node>> =
            self.nodes.iter().filter_map(|node| Some((node.metadata.name.as_deref()?, node))).collect();
        let complete = |facts: Facts| {
            let uid = facts.object.meta().uid.clone().unwrap_or_default();
            let sets: Vec<Arc<ReplicaSet>> = owned(&sets_of, &uid);
            let mut pods: Vec<Arc<Pod>> = owned(&pods_of, &uid);
            pods.extend(sets.iter().flat_map(|set| owned(&pods_of, set.metadata.uid.as_deref().unwrap_or_default())));
            // A pod that stands for itself has no owner to be found by.
            let facts = match &facts.object {
                Subject::Pod(_) => facts,
                _ => facts.with_replica_sets(sets).with_pods(pods),
            };
            let hosts: Vec<Arc<Node>> = hosts(&facts.pods, &nodes);
            let facts = facts.with_nodes(hosts);
            match self.around.get(&facts.subject.namespace) {
                Some(around) => facts.with_surroundings(around.clone()),
                None => facts,
            }
        };
        let about = |object: Subject| complete(Facts::about(object, now));
        let mut subjects: Vec<Facts> = Vec::new();
        subjects.extend(self.deployments.iter().map(|it| about(Subject::Deployment(Arc::clone(it)))));
        subjects.extend(self.stateful_sets.iter().map(|it| about(Subject::StatefulSet(Arc::clone(it)))));
        subjects.extend(self.daemon_sets.iter().map(|it| about(Subject::DaemonSet(Arc::clone(it)))));
        subjects.extend(self.jobs_and_cron_jobs(now).into_iter().map(complete));
        // Without an owner, with one of a kind we do not know, or with one that may not be read.
        let spokesmen = self.spokesmen();
        let alone = self.pods.iter().filter(|pod| {
            membership::controller(&pod.metadata).is_none_or(|owner| !spokesmen.contains(owner.uid.as_str()))
        });
        subjects.extend(alone.map(|pod| about(Subject::Pod(Arc::clone(pod)))));
        let hosting: HashSet<&str> = self.pods.iter().filter_map(|pod| pod.node.as_deref()).collect();
        let here = self.nodes.iter().filter(|node| {
            self.whole_cluster || node.metadata.name.as_deref().is_some_and(|name| hosting.contains(name))
        });
        subjects.extend(here.map(|node| Facts::about(Subject::Node(Arc::clone(node)), now)));
        subjects
    }

    /// A Job for itself, and a CronJob with its newest Job. Of a CronJob that could not be read, that Job speaks under its name.
    fn jobs_and_cron_jobs(&self, now: Timestamp) -> Vec<Facts> {
        let mut found = Vec::new();
        let mut newest: BTreeMap<(String, String), &Arc<Job>> = BTreeMap::new();
        for job in &self.jobs {
            match facts::cron_job_of(&job.metadata) {
                None => found.push(Facts::about(Subject::Job(Arc::clone(job)), now)),
                Some(cron_job) => {
                    let kept = newest.entry((cron_job.namespace, cron_job.name)).or_insert(job);
                    if membership::created(&kept.metadata) < membership::created(&job.metadata) {
                        *kept = job;
                    }
                }
            }
        }
        for cron_job in &self.cron_jobs {
            let name =
                |meta: &ObjectMeta| (meta.namespace.clone().unwrap_or_default(), meta.name.clone().unwrap_or_default());
            let job = newest.remove(&name(&cron_job.metadata)).cloned();
            found.push(Facts::about_cron_job(Arc::clone(cron_job), job, now));
        }
        found.extend(newest.into_values().map(|job| {
            let facts = Facts::about(Subject::Job(Arc::clone(job)), now);
            let subject = facts::cron_job_of(&job.metadata).unwrap_or_else(|| facts.subject.clone());
            Facts { subject, ..facts }
        }));
        found
    }

    /// UIDs of everything that speaks for the pods it controls. A ReplicaSet without a Deployment does not, as in the operator: it is
    /// a detail of something we do not know.
    fn spokesmen(&self) -> HashSet<&str> {
        let deployments: HashSet<&str> = self.deployments.iter().filter_map(|it| it.metadata.uid.as_deref()).collect();
        let sets =
            self.replica_sets.iter().map(|set| &set.metadata).filter(|set| {
                membership::controller(set).is_some_and(|owner| deployments.contains(owner.uid.as_str()))
            });
        let others = self.stateful_sets.iter().map(|it| &it.metadata);
        let others = others.chain(self.daemon_sets.iter().map(|it| &it.metadata));
        let others = others.chain(self.jobs.iter().map(|it| &it.metadata));
        sets.chain(others).filter_map(|meta| meta.uid.as_deref()).collect()
    }
}

type ByOwner<K> = HashMap<String, Vec<Arc<K>>>;

fn by_owner<K>(objects: &[Arc<K>], meta: impl Fn(&K) -> &ObjectMeta) -> ByOwner<K> {
    let mut found: ByOwner<K> = HashMap::new();
    for object in objects {
        if let Some(owner) = membership::controller(meta(object)) {
            found.entry(owner.uid.clone()).or_default().push(Arc::clone(object));
        }
    }
    found
}

fn owned<K>(objects: &ByOwner<K>, uid: &str) -> Vec<Arc<K>> {
    objects.get(uid).cloned().unwrap_or_default()
}

fn hosts(pods: &[Arc<Pod>], nodes: &HashMap<&str, &Arc<Node>>) -> Vec<Arc<Node>> {
    let names: BTreeSet<&str> = pods.iter().filter_map(|pod| pod.node.as_deref()).collect();
    names.into_iter().filter_map(|name| nodes.get(name).map(|node| Arc::clone(node))).collect()
}

/// Who sends traffic, scales and guards, by namespace, as far as the caller may read that: most causes do not need it.
async fn surroundings(cluster: &Cluster, namespace: Option<&str>) -> (BTreeMap<String, Surroundings>, Option<Failure>) {
    let (services, ingresses, autoscalers, budgets) = futures::join!(
        list(cluster, "services", namespace, trim::service),
        list(cluster, "ingresses", namespace, trim::ingress),
        list(cluster, "horizontalpodautoscalers", namespace, trim::autoscaler),
        list(cluster, "poddisruptionbudgets", namespace, trim::budget),
    );
    let mut around: BTreeMap<String, Surroundings> = BTreeMap::new();
    let mut place = |meta: &ObjectMeta, put: &mut dyn FnMut(&mut Surroundings)| {
        put(around.entry(meta.namespace.clone().unwrap_or_default()).or_default());
    };
    for one in services.unwrap_or_default() {
        place(&one.metadata, &mut |here| here.services.push(Arc::clone(&one)));
    }
    let without_ingresses = ingresses.as_ref().err().filter(|failure| failure.is_of_rights()).cloned();
    for one in ingresses.unwrap_or_default() {
        place(&one.metadata, &mut |here| here.ingresses.push(Arc::clone(&one)));
    }
    for one in autoscalers.unwrap_or_default() {
        place(&one.metadata, &mut |here| here.autoscalers.push(Arc::clone(&one)));
    }
    for one in budgets.unwrap_or_default() {
        place(&one.metadata, &mut |here| here.budgets.push(Arc::clone(&one)));
    }
    (around, without_ingresses)
}

/// The list, or an empty one and a note about what is not seen.
fn seen<K>(listed: Result<Vec<K>, Failure>, blind: &mut Vec<Failure>) -> Vec<K> {
    listed.unwrap_or_else(|failure| {
        blind.push(failure);
        Vec::new()
    })
}

/// One kind, page by page, each object trimmed as it comes: thousands of pods fit into little memory.
async fn list<K>(
    cluster: &Cluster,
    plural: &str,
    namespace: Option<&str>,
    trim: fn(&mut K),
) -> Result<Vec<Arc<K>>, Failure>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + DeserializeOwned,
{
    let kind = Kind::of(&K::group(&()), &K::version(&()), &K::kind(&()), plural);
    let doing = Doing::new("list", &kind).in_namespace(namespace);
    let path = K::url_path(&(), namespace);
    let mut params = ListParams::default().limit(PAGE);
    let mut found = Vec::new();
    loop {
        let request = kube::core::Request::new(&path)
            .list(&params)
            .map_err(|problem| Failure::new(format!("cannot ask for {plural}: {problem}")))?;
        let page: kube::core::ObjectList<K> = cluster.call(&doing, cluster.client().request(request)).await?;
        found.extend(page.items.into_iter().map(|mut object| {
            trim(&mut object);
            Arc::new(object)
        }));
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => return Ok(found),
        }
    }
}
