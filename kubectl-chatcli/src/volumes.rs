//! How full the volumes of claims are, counted by the kubelets and read with the caller's own rights.
//!
//! In: workloads, their pods and claims. Out: what their nodes have counted, put into the facts. Never: asks a node on which no claim is
//! mounted, or more than [`KUBELETS`].

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use common::facts::volumes::{self, Summary, VolumeUse};
use common::facts::{Facts, references};
use futures::{StreamExt as _, stream};
use kube::Client;

/// Kubelets that are asked; the answer of one on a full node is some hundred kilobytes.
const KUBELETS: usize = 50;
/// Of them at once.
const AT_ONCE: usize = 8;
/// How long one may take to say what it has counted already; a node that is gone would not answer for a minute.
const DEADLINE: Duration = Duration::from_secs(3);

/// Adds what is counted of the volumes that each mounts. Gives what stays unknown, in a sentence.
pub async fn look(subjects: &mut [Facts], client: &Client) -> Option<String> {
    let nodes: BTreeSet<String> = subjects.iter().flat_map(nodes).collect();
    let left_out = nodes.len().saturating_sub(KUBELETS);
    let answers: Vec<_> = stream::iter(nodes.into_iter().take(KUBELETS))
        .map(|node| async move { counted_on(&node, client).await })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let (mut counted, mut silent) = (HashMap::new(), Vec::new());
    for answer in answers {
        match answer {
            Ok(all) => counted.extend(all.into_iter().map(|it| ((it.namespace.clone(), it.claim.clone()), it))),
            Err(why) => silent.push(why),
        }
    }
    for facts in subjects {
        let namespace = &facts.subject.namespace;
        let own =
            volumes::mounted(facts).into_iter().filter_map(|claim| counted.get(&(namespace.clone(), claim)).cloned());
        facts.extra.volumes = own.collect();
    }
    let unknown = silent.len() + left_out;
    let why = silent.into_iter().next();
    let why = why.or_else(|| (left_out > 0).then(|| format!("only {KUBELETS} nodes are asked")))?;
    let more = if unknown > 1 { format!(" ({unknown} nodes in all)") } else { String::new() };
    Some(format!("how full volumes are: {why}{more}"))
}

/// What a node's kubelet has counted, asked by way of the API server; that takes `get` on `nodes/proxy`, so most may not.
async fn counted_on(node: &str, client: &Client) -> Result<Vec<VolumeUse>, String> {
    let request = http::Request::get(format!("/api/v1/nodes/{node}/proxy/stats/summary")).body(Vec::new());
    let request = request.map_err(|error| error.to_string())?;
    match tokio::time::timeout(DEADLINE, client.request::<Summary>(request)).await {
        Err(_) => Err(format!("the kubelet of {node} did not answer within {} s", DEADLINE.as_secs())),
        Ok(Err(kube::Error::Api(status))) => Err(status.message.clone()),
        Ok(Err(other)) => Err(format!("the kubelet of {node}: {other}")),
        Ok(Ok(summary)) => Ok(summary.volumes(node)),
    }
}

/// Where the pods run that mount a claim.
fn nodes(facts: &Facts) -> Vec<String> {
    let writing = facts.current_pods().filter(|pod| !references::claims_of(pod).is_empty());
    writing.filter_map(|pod| pod.node.clone()).collect()
}
