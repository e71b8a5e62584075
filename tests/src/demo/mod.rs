//! `make demo`: a newcomer's first run, told in the terminal.
//!
//! In: a machine with Rust and Go. Out: a cluster, the operator in it, a small shop, three real faults and how each ended. Everything shown
//! is the plugin's own output. Never: touches the current kubectl context, installs anything before it was agreed to, or ends well when a
//! story did not.

mod shop;
mod stage;
mod stories;

use std::panic::AssertUnwindSafe;

use anyhow::{Result, bail};
use common::api::keys::OPERATOR_NAMESPACE;
use futures::FutureExt;

use crate::cluster::Cluster;
use crate::installation::operator_image;
use crate::operator::{Turn, make_room};
use crate::own_cluster::OwnCluster;
use stage::Stage;

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wishes {
    /// Do not ask before installing.
    pub yes: bool,
    /// Leave everything running.
    pub keep: bool,
}

/// Plays the whole demo.
pub async fn play(wishes: Wishes) -> Result<()> {
    let mut stage = Stage::new();
    let foreign = std::env::var_os("CHATCLI_TEST_KUBECONFIG").is_some();
    agree(&mut stage, wishes, foreign)?;
    let was_running = foreign || OwnCluster::shared().run_quietly(&["status"]).is_ok();

    // a wait that ran out panics with what it saw; the cleaning up has to follow nevertheless
    let performance = AssertUnwindSafe(perform(&mut stage)).catch_unwind();
    let outcome = tokio::select! {
        outcome = performance => outcome.unwrap_or_else(|_| Err(anyhow::anyhow!("a story did not end as it should; see above"))),
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
    };
    if !wishes.keep {
        clean_up(&mut stage, outcome.as_ref().ok(), was_running).await?;
    } else if let Ok(cluster) = &outcome {
        how_to_go_on(&mut stage, cluster);
    }
    outcome.map(drop)
}

/// Says what will happen to this machine, and asks where somebody can answer.
fn agree(stage: &mut Stage, wishes: Wishes, foreign: bool) -> Result<()> {
    stage.heading("kubectl chatcli: from a fault to its report");
    if foreign {
        stage.tell("This uses the cluster of CHATCLI_TEST_KUBECONFIG: it installs the operator there and makes the namespace `shop`.");
    } else {
        stage.tell("This builds a Kubernetes cluster from source and runs it on this machine, apart from any other cluster or container");
        stage.tell("runtime here; your kubeconfig is not touched. The first build takes some minutes, later runs start in seconds.");
        let missing = OwnCluster::shared().run_quietly(&["prerequisites"])?;
        let missing: Vec<&str> = missing.split_whitespace().collect();
        if missing.is_empty() {
            stage.tell("Nothing has to be installed.");
        } else {
            stage.tell(&format!("Debian packages it will install: {}", missing.join(", ")));
        }
    }
    if wishes.yes {
        return Ok(());
    }
    if !stage.has_audience() {
        bail!("nobody is here to agree; YES=1 make demo goes ahead");
    }
    if stage.asks("Go ahead?")? { Ok(()) } else { bail!("nothing was done") }
}

async fn perform(stage: &mut Stage) -> Result<Cluster> {
    stage.heading("A cluster");
    let cluster = Cluster::start().await?;
    let _turn = Turn::take(&cluster).await?;
    stage.done("the cluster answers");

    stage.heading("The operator");
    let image = operator_image(&cluster)?;
    shop::tear_down(&cluster).await?;
    stage.plugin_in_short(cluster.connection(), &["install", "--image", &image, "--yes"])?;

    stage.heading("A shop");
    let shop = shop::open(stage, &cluster).await?;
    stories::a_release_with_a_missing_image(stage, &shop).await?;
    stories::a_memory_limit_too_small(stage, &shop).await?;
    stories::a_key_removed_by_hand(stage, &shop).await?;

    stage.heading("Three faults, three reports");
    stage.plugin(cluster.connection(), &["issues", "-n", shop::NAMESPACE])?;
    Ok(cluster)
}

fn how_to_go_on(stage: &mut Stage, cluster: &Cluster) {
    stage.heading("It is yours");
    stage.tell(&format!("export KUBECONFIG={}", cluster.connection().kubeconfig().display()));
    stage.tell("make install                          # the plugin, as `kubectl chatcli`");
    stage.tell("kubectl chatcli issues -n shop");
    stage.tell("kubectl set image -n shop deploy/web app=nowhere.example/web:v9");
    stage.tell("tests/cluster/cluster down            # when you are done");
}

async fn clean_up(stage: &mut Stage, cluster: Option<&Cluster>, was_running: bool) -> Result<()> {
    if !was_running {
        stage.heading("Cleaning up (KEEP=1 would leave it running)");
        return OwnCluster::shared().down();
    }
    let Some(cluster) = cluster else { return Ok(()) };
    stage.heading("Cleaning up (KEEP=1 would leave it running)");
    shop::tear_down(cluster).await?;
    make_room(cluster).await?;
    stage.tell(&format!("the operator is stopped; its kinds and its namespace {OPERATOR_NAMESPACE} stay, `kubectl chatcli uninstall` removes them"));
    Ok(())
}
