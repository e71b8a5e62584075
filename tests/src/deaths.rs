//! An operator that dies when the answer to its n-th accepted write is due: the write is done, and it never learns so.

use std::future::Future;

use anyhow::Result;

use crate::Operator;
use crate::cluster::Cluster;
use crate::operator::Options;
use crate::proxy::Proxy;

/// Runs an operator until it is killed there, or until `finished` says that it had nothing more to write: the path of the write, or nothing.
pub async fn killed_after(
    cluster: &Cluster,
    n: u64,
    finished: impl Future<Output = Result<()>>,
) -> Result<Option<String>> {
    let proxy = Proxy::cutting_after(cluster.connection(), n).await?;
    let options = Options { proxy: Some(proxy.address().to_owned()), log: "killed".to_owned(), ..Options::default() };
    let operator = Operator::start(cluster.connection(), &options).await?;
    let death = tokio::select! {
        // A cut goes before an end that was reached in the same moment.
        biased;
        path = proxy.cut() => Some(path),
        ended = finished => {
            ended?;
            None
        }
    };
    operator.kill().await?;
    Ok(death)
}
