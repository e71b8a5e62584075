//! `kubectl chatcli cost`: what models cost, and what is left.

use std::collections::BTreeMap;

use common::api::AIInsight;
use common::costs::{BUDGETS, Budgets, LEDGER, Ledger, SETTINGS};
use kube::api::DynamicObject;

use super::Context;
use crate::cli::CostArgs;
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind, typed};
use crate::output::{cost, structured};

/// Runs the command.
pub async fn run(args: CostArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let ledger = Ledger::read(&data(&cluster, &args.operator_namespace, LEDGER).await?);
    let settings = data(&cluster, &args.operator_namespace, SETTINGS).await?;
    let budgets = Budgets::with(settings.get(BUDGETS).map(String::as_str)).map_err(|problem| {
        Failure::new(format!("ConfigMap {}/{SETTINGS}, key {BUDGETS}: {problem}", args.operator_namespace))
            .hint("until it is corrected no model is asked")
    })?;
    // Not everybody may read every namespace; the ledger itself is what was asked for.
    let insights = cluster.list(&Kind::insight(), None, None).await.map(|(found, _)| found).unwrap_or_default();
    let insights: Vec<AIInsight> = insights.iter().filter_map(|object| typed(object).ok()).collect();
    let bill = cost::Bill {
        days: ledger.days().take(usize::from(args.days)).map(|(day, spent)| (day.to_owned(), spent.clone())).collect(),
        issues: ledger.issues().into_iter().cloned().collect(),
        budgets,
        saved: cost::saved(&insights),
    };
    match args.output {
        Some(form) => context.ui.print(&structured::value(&bill, form)?)?,
        None => context.ui.print(&cost::page(&bill, context.clock.now))?,
    }
    Ok(Exit::Ok)
}

async fn data(cluster: &Cluster, namespace: &str, name: &str) -> Result<BTreeMap<String, String>, Failure> {
    let kind = Kind::of("", "v1", "ConfigMap", "configmaps");
    let found: Option<DynamicObject> = cluster.find(&kind, Some(namespace), name).await?;
    let data = found.and_then(|found| found.data["data"].as_object().cloned()).unwrap_or_default();
    Ok(data.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect())
}
