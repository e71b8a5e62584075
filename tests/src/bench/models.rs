//! What a model that takes a minute for an answer costs those who do not wait for it: nothing.

use std::time::Duration;

use anyhow::Result;

use super::{Figures, latency};
use crate::agentic::{FLAGS, analysis};
use crate::app::App;
use crate::cluster::Cluster;
use crate::models::{Model, Say, instance};
use crate::namespace::TestNamespace;
use crate::operator::{Operator, Options};
use crate::programs::Build;

/// How long the model takes.
const ANSWER: Duration = Duration::from_secs(60);
/// Incidents that the rules are not sure of, each with a cause of its own: more than may be asked about at once.
const ASKED: [&str; 6] = ["no tide", "no moon", "no wind", "no star", "no rain", "no snow"];
/// Calls at once.
const AT_ONCE: usize = 4;

pub async fn measure(cluster: &Cluster, faults: usize, figures: &mut Figures) -> Result<()> {
    let model = Model::saying(|_, _| Say::After(ANSWER, Box::new(analysis()))).await?;
    let namespace = TestNamespace::create(cluster.connection(), "bench-model", Some("observe")).await?;
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    flags.push(format!("--model-instance={}/chatcli", namespace.name()));
    let options = Options { build: Build::Release, log: "bench".to_owned(), quiet: true, flags, ..Options::default() };
    let operator = Operator::start(cluster.connection(), &options).await?;
    operator.leads(&cluster.client()).await?;
    instance(&namespace, &model, "sk-test", &serde_json::json!({})).await?;
    for (number, words) in ASKED.iter().enumerate() {
        let message = format!("--exit-message=fatal: {words}");
        App::named(&format!("weak-{number}"), cluster)?
            .doing(&["--exit-after=200ms", &message])
            .create(&namespace)
            .await?;
    }
    model.has_heard(AT_ONCE, Duration::from_secs(120)).await?;
    let (mut all, _) = latency::times(cluster, faults).await?;
    figures.add_times("the same while a model takes 60 s for each answer", &mut all, Some(0.3), Some(1.0));
    figures.add("  questions it was asked meanwhile", model.heard().len() as f64, "", None);
    operator.still_runs()?;
    operator.stop().await?;
    Ok(())
}
