//! Actions on CronJobs.

use anyhow::{Context as _, Result};
use common::api::remediation_plan::ActionClass;
use common::api::{ActionType, ResourceRef};
use kit::app::apply_config;
use kit::{App, Cluster, TestNamespace};
use serde_json::{Value, json};

use crate::plan::{Plan, Refused, shop};

const REPORT: &str = "report";

/// A CronJob due once a year; its Jobs serve until they are stopped.
async fn cron_job(cluster: &Cluster, namespace: &TestNamespace) -> Result<Value> {
    let mut template = App::named(REPORT, cluster)?.template();
    template["spec"]["restartPolicy"] = "Never".into();
    template["spec"]["containers"][0]["env"] = json!([{"name": "DB_PASSWORD", "value": "hunter2"}]);
    let of_jobs = json!({"metadata": {"labels": {"team": "shop"}}, "spec": {"template": template}});
    namespace
        .apply(json!({
            "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": REPORT},
            "spec": {"schedule": "0 0 1 1 *", "concurrencyPolicy": "Forbid", "jobTemplate": of_jobs},
        }))
        .await?;
    Ok(of_jobs)
}

async fn plan(
    cluster: &Cluster,
    namespace: &TestNamespace,
    action: ActionType,
    params: &[(&str, &str)],
) -> Result<Plan> {
    let target = ResourceRef::new("CronJob", namespace.name(), REPORT);
    Ok(Plan::at(cluster.connection(), target).await?.doing(action, params))
}

#[tokio::test]
async fn a_cron_job_changes_as_previewed_and_comes_back_exactly() -> Result<()> {
    let (cluster, namespace) = shop("cronjob").await?;
    let mut template = cron_job(&cluster, &namespace).await?;
    let with_secret = template.to_string();
    let container = &mut template["spec"]["template"]["spec"]["containers"][0];
    container["args"] = json!(["--log-every", "1h"]);
    container["env"] = json!([{"name": "DB_HOST", "value": "db"}]);
    let mut greedy = template.clone();
    greedy["spec"]["template"]["spec"]["hostNetwork"] = true.into();
    let (plain, greedy) = (template.to_string(), greedy.to_string());
    let keys = [("jobtemplate.json", plain.as_str()), ("greedy", &greedy), ("secret", &with_secret)];
    apply_config(&namespace, "templates", &keys).await?;

    let round_trips: &[(ActionType, &[(&str, &str)])] = &[
        (ActionType::SuspendCronJob, &[]),
        (ActionType::AdjustCronJobResources, &[("cpu_limit", "0.5"), ("memory_limit", "98304Ki")]),
        (ActionType::AdjustCronJobSchedule, &[("schedule", "@hourly")]),
        (ActionType::AdjustCronJobDeadline, &[("startingDeadlineSeconds", "5")]),
        (ActionType::AdjustCronJobHistory, &[("successfulJobsHistoryLimit", "1"), ("failedJobsHistoryLimit", "5")]),
        (ActionType::AdjustCronJobConcurrency, &[("concurrencyPolicy", "Replace")]),
    ];
    for &(action, params) in round_trips {
        plan(&cluster, &namespace, action, params).await?.happens_and_is_undone().await?;
    }
    plan(&cluster, &namespace, ActionType::SuspendCronJob, &[]).await?.happens().await?;
    plan(&cluster, &namespace, ActionType::SuspendCronJob, &[]).await?.is_a_no_op().await?;
    plan(&cluster, &namespace, ActionType::ResumeCronJob, &[]).await?.happens_and_is_undone().await?;

    // The template in place holds a literal secret, which no plan keeps: so it cannot be put back, and that is said.
    let replace = plan(&cluster, &namespace, ActionType::ReplaceCronJobTemplate, &[("configmap", "templates")]).await?;
    let previewed = replace.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Irreversible);
    assert!(!format!("{previewed:?}").contains("hunter2"));
    replace.happens().await?;
    // From one without secrets to another the way back is exact.
    let mut other = template.clone();
    other["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{"name": "DB_HOST", "value": "elsewhere"}]);
    apply_config(&namespace, "other", &[("jobtemplate.json", &other.to_string())]).await?;
    let replace = plan(&cluster, &namespace, ActionType::ReplaceCronJobTemplate, &[("configmap", "other")]).await?;
    assert_eq!(replace.preview().await?.preview.class, ActionClass::Disruptive);
    replace.happens_and_is_undone().await?;
    plan(&cluster, &namespace, ActionType::ReplaceCronJobTemplate, &[("configmap", "templates")])
        .await?
        .is_a_no_op()
        .await?;

    let refused: &[Refused] = &[
        (ActionType::SuspendCronJob, &[("for", "1h")], "no parameter \"for\""),
        (ActionType::ResumeCronJob, &[("now", "true")], "no parameter \"now\""),
        (ActionType::TriggerCronJob, &[("name", "x")], "no parameter \"name\""),
        (
            ActionType::AdjustCronJobResources,
            &[("memory_limit", "lots")],
            "\"lots\" is not allowed for parameter \"memory_limit\"",
        ),
        (ActionType::AdjustCronJobSchedule, &[("schedule", "every day")], "five fields"),
        (ActionType::AdjustCronJobDeadline, &[("startingDeadlineSeconds", "-1")], "a whole number from 0 on"),
        (ActionType::AdjustCronJobHistory, &[], "needs at least one of successfulJobsHistoryLimit"),
        (ActionType::AdjustCronJobConcurrency, &[("concurrencyPolicy", "Never")], "Allow, Forbid, Replace"),
        (ActionType::DeleteCronJobActiveJobs, &[("all", "true")], "no parameter \"all\""),
        (ActionType::ReplaceCronJobTemplate, &[("configmap", "templates"), ("key", "greedy")], "hostNetwork"),
        (ActionType::ReplaceCronJobTemplate, &[("configmap", "templates"), ("key", "secret")], "literal secret"),
        (
            ActionType::ReplaceCronJobTemplate,
            &[("configmap", "nowhere")],
            "\"nowhere\" is not allowed for parameter \"configmap\"",
        ),
    ];
    for &(action, params, words) in refused {
        plan(&cluster, &namespace, action, params).await?.is_refused(words).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_cron_job_runs_now_without_its_secret_in_the_plan_and_its_runs_can_be_ended() -> Result<()> {
    let (cluster, namespace) = shop("cronjob-runs").await?;
    cron_job(&cluster, &namespace).await?;
    plan(&cluster, &namespace, ActionType::DeleteCronJobActiveJobs, &[]).await?.is_a_no_op().await?;
    let trigger = plan(&cluster, &namespace, ActionType::TriggerCronJob, &[]).await?;
    let previewed = trigger.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Disruptive);
    assert!(!format!("{previewed:?}").contains("hunter2"), "the secret is in the plan");
    trigger.happens_and_is_undone().await?;

    let trigger = plan(&cluster, &namespace, ActionType::TriggerCronJob, &[]).await?;
    let step = trigger.happens().await?;
    let made = trigger.live(&step.writes.first().context("a Job is made")?.object).await?;
    assert_eq!(made.text("/spec/template/spec/containers/0/env/0/value"), "hunter2");
    assert_eq!(made.annotation("cronjob.kubernetes.io/instantiate"), Some("manual"));
    assert_eq!((made.label("team"), made.label("platform.chatcli.io/triggered-by")), (Some("shop"), Some("aiops")));
    assert_eq!(made.controller_uid(), trigger.target.uid.as_deref());

    plan(&cluster, &namespace, ActionType::TriggerCronJob, &[])
        .await?
        .is_refused("1 active Jobs and concurrencyPolicy Forbid")
        .await;
    let end = plan(&cluster, &namespace, ActionType::DeleteCronJobActiveJobs, &[]).await?;
    assert_eq!(end.preview().await?.preview.class, ActionClass::Irreversible);
    end.happens().await?;
    Ok(())
}
