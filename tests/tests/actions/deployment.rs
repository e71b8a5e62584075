//! Actions on Deployments, their ConfigMaps and pods; and what holds for every plan, shown on Deployments.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, Result};
use common::actions::{self, ChangeSet, Found, Need, PreviewError, Refusal, Scope, SendError, Settled, Undone};
use common::api::remediation_plan::{ActionClass, VerdictLevel};
use common::api::{ActionType, ResourceRef};
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{ConfigMap, LimitRange, Pod, ResourceQuota};
use k8s_openapi::api::rbac::v1::RoleBinding;
use kit::app::{START, apply_config};
use kit::{App, eventually};
use kube::Api;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::{Value, json};

use crate::plan::{Plan, assert_clean, level, shop, wanted_state};

#[tokio::test]
async fn a_bad_image_is_rolled_back_once_and_the_undo_restores_it_exactly() -> Result<()> {
    let (cluster, namespace) = shop("rollback").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let good = wanted_state(&web.live().await?);
    web.roll_out_missing_image().await?;
    web.becomes(START, "the controller has numbered the bad revision", |live| {
        live.metadata
            .annotations
            .as_ref()
            .and_then(|all| all.get("deployment.kubernetes.io/revision"))
            .is_some_and(|n| n == "2")
    })
    .await;
    let bad = wanted_state(&web.live().await?);

    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::RollbackDeployment, &[("toRevision", "healthy")]);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    assert_eq!(previewed.preview.class, ActionClass::Reversible);
    let step = &previewed.steps[0];
    assert_eq!(step.writes[0].touched.len(), 1, "only the image differs: {:?}", step.writes[0].touched);
    assert!(
        previewed.preview.steps[0].diff.contains("@@ spec.template.spec.containers[app] @@\n-  image:"),
        "{}",
        previewed.preview.steps[0].diff
    );

    plan.apply(step).await?;
    plan.arrives(step).await?;
    assert_eq!(wanted_state(&web.live().await?), good);

    let again = plan.apply(step).await?;
    assert!(again.already, "the same operation is not carried out twice");
    assert_eq!(wanted_state(&web.live().await?), good);

    assert_eq!(plan.undo(step).await?, Undone::Undone);
    assert_eq!(wanted_state(&web.live().await?), bad);
    Ok(())
}

#[tokio::test]
async fn resources_are_raised_as_previewed_and_the_undo_removes_what_was_added() -> Result<()> {
    let (cluster, namespace) = shop("resources").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let before = wanted_state(&web.live().await?);
    // 98304Ki is 96Mi: the server stores it in its own spelling, and undo has to recognise it.
    let params = [("memory_limit", "98304Ki"), ("cpu_limit", "0.5")];
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::AdjustResources, &params);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    let step = &previewed.steps[0];
    plan.apply(step).await?;
    plan.arrives(step).await?;

    let live = serde_json::to_value(web.live().await?)?;
    for field in &step.writes[0].touched {
        let promised: Option<Value> = field.after.as_deref().map(serde_json::from_str).transpose()?;
        assert_eq!(live.pointer(&field.path).cloned(), promised, "{}", field.path);
    }
    let limits = &live["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"];
    assert_eq!(limits, &json!({"memory": "96Mi", "cpu": "500m"}));

    assert_eq!(plan.undo(step).await?, Undone::Undone);
    assert_eq!(wanted_state(&web.live().await?), before);
    Ok(())
}

#[tokio::test]
async fn what_is_already_so_is_a_no_op_whatever_its_spelling() -> Result<()> {
    let (cluster, namespace) = shop("noop").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::AdjustResources, &[("memory_limit", "65536Ki")])
        .doing(ActionType::ScaleDeployment, &[("replicas", "1")]);
    let previewed = plan.preview().await?;
    assert!(!previewed.preview.changes_something());
    assert_eq!(previewed.preview.class, ActionClass::ReadOnly);
    assert!(previewed.steps.iter().all(|step| step.writes.is_empty()));
    Ok(())
}

#[tokio::test]
async fn a_restart_replaces_the_pods_and_its_undo_restores_the_template() -> Result<()> {
    let (cluster, namespace) = shop("restart").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let before = wanted_state(&web.live().await?);
    let pods: Api<Pod> = namespace.api();
    let old = pods.list(&kube::api::ListParams::default()).await?.items[0].metadata.uid.clone();
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::RestartDeployment, &[]);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    plan.apply(&previewed.steps[0]).await?;
    plan.arrives(&previewed.steps[0]).await?;
    eventually(&pods, START, "only a new pod is left", |seen| {
        seen.all().all(|pod| pod.metadata.uid != old || pod.metadata.deletion_timestamp.is_some()).then_some(())
    })
    .await;
    assert_eq!(plan.undo(&previewed.steps[0]).await?, Undone::Undone);
    assert_eq!(wanted_state(&web.live().await?), before);
    Ok(())
}

#[tokio::test]
async fn replicas_go_to_none_and_back_through_the_scale_subresource() -> Result<()> {
    let (cluster, namespace) = shop("scale").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let up = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::ScaleDeployment, &[("replicas", "2")]);
    let previewed = up.preview().await?;
    assert_clean(&previewed);
    assert_eq!(previewed.preview.class, ActionClass::Reversible);
    up.apply(&previewed.steps[0]).await?;
    up.arrives(&previewed.steps[0]).await?;

    let stop = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::ScaleDeployment, &[("replicas", "0"), ("containment", "true")]);
    let stopped = stop.preview().await?;
    assert_eq!(stopped.preview.class, ActionClass::Disruptive);
    stop.apply(&stopped.steps[0]).await?;
    stop.arrives(&stopped.steps[0]).await?;
    // From zero the guard has to ask for a number that the subresource leaves out.
    assert_eq!(stop.undo(&stopped.steps[0]).await?, Undone::Undone);
    assert_eq!(web.live().await?.spec.and_then(|spec| spec.replicas), Some(2));
    assert_eq!(up.undo(&previewed.steps[0]).await?, Undone::Undone);
    assert_eq!(web.live().await?.spec.and_then(|spec| spec.replicas), Some(1));
    Ok(())
}

#[tokio::test]
async fn keys_of_a_config_map_are_set_and_taken_back() -> Result<()> {
    let (cluster, namespace) = shop("config").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    apply_config(&namespace, "web-config", &[("DB_HOST", "old"), ("LOG_LEVEL", "info")]).await?;
    let maps: Api<ConfigMap> = namespace.api();
    let before = wanted_state(&maps.get("web-config").await?);
    let params = [("configmap", "web-config"), ("DB_HOST", "db.shop"), ("DB_PORT", "5432")];
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::PatchConfig, &params);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    plan.apply(&previewed.steps[0]).await?;
    let data = maps.get("web-config").await?.data.unwrap_or_default();
    assert_eq!(
        data,
        BTreeMap::from(
            [("DB_HOST", "db.shop"), ("DB_PORT", "5432"), ("LOG_LEVEL", "info")]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
        )
    );

    // Somebody else changes one of the keys: theirs stays, ours goes.
    let edit = Patch::Merge(json!({"data": {"DB_PORT": "6543"}}));
    maps.patch("web-config", &PatchParams::default(), &edit).await?;
    let undone = plan.undo(&previewed.steps[0]).await?;
    assert!(
        matches!(&undone, Undone::PartlyUndone(left) if left.len() == 1 && left[0].contains("DB_PORT")),
        "{undone:?}"
    );
    maps.patch("web-config", &PatchParams::default(), &Patch::Merge(json!({"data": {"DB_PORT": null}}))).await?;
    assert_eq!(wanted_state(&maps.get("web-config").await?), before);
    Ok(())
}

#[tokio::test]
async fn a_secret_value_reaches_the_config_map_and_nothing_else() -> Result<()> {
    let (cluster, namespace) = shop("secret").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    // No annotations at all: the marker has to make the map for itself.
    let map: ConfigMap =
        serde_json::from_value(json!({"metadata": {"name": "web-config"}, "data": {"DB_PASSWORD": "hunter1"}}))?;
    let maps: Api<ConfigMap> = namespace.api();
    maps.create(&PostParams::default(), &map).await?;
    let params = [("configmap", "web-config"), ("DB_PASSWORD", "hunter2")];
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::PatchConfig, &params);
    let previewed = plan.preview().await?;
    let told = format!("{:?} {:?}", previewed.preview, previewed.steps);
    assert!(!told.contains("hunter"), "{told}");
    assert_eq!(previewed.preview.class, ActionClass::Irreversible);
    plan.apply(&previewed.steps[0]).await?;
    let live = maps.get("web-config").await?;
    assert_eq!(live.data.and_then(|mut data| data.remove("DB_PASSWORD")).as_deref(), Some("hunter2"));
    let id = plan.operation_id(&previewed.steps[0], 1);
    assert_eq!(live.metadata.annotations.and_then(|mut all| all.remove("platform.chatcli.io/operation-id")), Some(id));
    Ok(())
}

#[tokio::test]
async fn an_evicted_pod_is_replaced_and_a_budget_can_forbid_it() -> Result<()> {
    let (cluster, namespace) = shop("evict").await?;
    let web = App::named("web", &cluster)?.replicas(2).running(&namespace).await?;
    let pods: Api<Pod> = namespace.api();
    let victim = pods.list(&kube::api::ListParams::default()).await?.items[0].metadata.clone();
    let name = victim.name.context("a pod has a name")?;
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::DeletePod, &[("pod", &name)]);

    let budget = json!({
        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"},
        "spec": {"minAvailable": 2, "selector": {"matchLabels": {"app": "web"}}},
    });
    let budgets: Api<k8s_openapi::api::policy::v1::PodDisruptionBudget> = namespace.api();
    budgets.create(&PostParams::default(), &serde_json::from_value(budget)?).await?;
    eventually(&budgets, START, "the budget counts its pods", |seen| {
        let status = seen.named("web")?.status.as_ref()?;
        (status.current_healthy == 2).then_some(())
    })
    .await;
    let held = plan.preview().await?;
    assert_eq!(level(&held, "pdb"), Some(VerdictLevel::Block), "{:#?}", held.preview.verdicts);
    assert!(matches!(plan.apply(&held.steps[0]).await, Err(SendError::PdbSaysNo { .. })));
    budgets.delete("web", &kube::api::DeleteParams::default()).await?;

    let previewed = plan.preview().await?;
    assert_eq!(previewed.preview.class, ActionClass::Disruptive);
    assert_clean(&previewed);
    plan.apply(&previewed.steps[0]).await?;
    let id = plan.operation_id(&previewed.steps[0], 1);
    let errand = plan.errand(&previewed.steps[0], &id);
    assert_eq!(actions::look(&plan.client, &previewed.steps[0].writes[0], &errand).await, Found::Applied);
    assert!(plan.apply(&previewed.steps[0]).await.is_ok(), "evicting what is going away is no second eviction");

    let action = actions::parse(&plan.actions[0], &plan.target)?;
    eventually(&pods, START, "the victim is gone", |seen| seen.named(&name).is_none().then_some(())).await;
    web.available().await;
    let scope = Scope {
        target: &plan.target,
        now: plan.now,
        plan_uid: &plan.uid,
        operator_namespace: "chatcli-system",
        chosen: &[],
    };
    let live = actions::read(&plan.client, &scope, &action.needs(&plan.target)).await?;
    assert_eq!(action.settled(&ChangeSet::of_step(&previewed.steps[0]), &live), Settled::Arrived);
    Ok(())
}

#[tokio::test]
async fn a_target_edited_since_the_preview_is_refused_and_an_edit_elsewhere_is_not() -> Result<()> {
    let (cluster, namespace) = shop("drift").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::AdjustResources, &[("memory_limit", "96Mi")]);
    let sealed = plan.preview().await?;

    web.edit(&json!({"metadata": {"labels": {"team": "shop"}}, "spec": {"replicas": 2}})).await?;
    web.edit_container(&json!({"env": [{"name": "EXTRA", "value": "1"}]})).await?;
    assert_eq!(plan.preview().await?.preview.digest, sealed.preview.digest, "an edit elsewhere is no drift");

    web.set_memory_limit("72Mi").await?;
    assert_ne!(plan.preview().await?.preview.digest, sealed.preview.digest);
    let refused = plan.apply(&sealed.steps[0]).await;
    assert!(matches!(refused, Err(SendError::Drifted(_))), "{refused:?}");
    web.set_memory_limit("64Mi").await?;
    plan.apply(&sealed.steps[0]).await?;
    Ok(())
}

#[tokio::test]
async fn a_request_sent_twice_at_once_has_one_effect() -> Result<()> {
    let (cluster, namespace) = shop("twice").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::RestartDeployment, &[])
        .doing(ActionType::ScaleDeployment, &[("replicas", "3")]);
    let previewed = plan.preview().await?;
    let audit = cluster.audit_log()?;
    for step in &previewed.steps {
        let mark = audit.mark()?;
        let (first, second) = futures::join!(plan.apply(step), plan.apply(step));
        let (first, second) = (first?, second?);
        assert!(first.already != second.already, "{first:?} {second:?}");
        let accepted = audit
            .since(mark)?
            .into_iter()
            .filter(|request| request.is_accepted_write() && request.object_ref.namespace == namespace.name())
            .filter(|request| {
                request.object_ref.resource == "deployments" && request.uri.contains("fieldManager=chatcli-remediator")
            })
            .count();
        assert_eq!(accepted, 1, "{}", step.action);
    }
    Ok(())
}

#[tokio::test]
async fn later_steps_are_previewed_on_top_of_earlier_ones() -> Result<()> {
    let (cluster, namespace) = shop("folded").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let before = wanted_state(&web.live().await?);
    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::AdjustResources, &[("memory_limit", "96Mi")])
        .doing(ActionType::AdjustResources, &[("memory_limit", "128Mi"), ("cpu_limit", "1")])
        .doing(ActionType::ScaleDeployment, &[("replicas", "2")])
        .doing(ActionType::RestartDeployment, &[]);
    let previewed = plan.preview().await?;
    assert_clean(&previewed);
    let second = &previewed.preview.steps[1].diff;
    assert!(second.contains("-  memory: 96Mi") && second.contains("+  memory: 128Mi"), "{second}");
    assert!(!previewed.preview.steps[3].diff.contains("memory"), "{}", previewed.preview.steps[3].diff);
    for step in &previewed.steps {
        plan.apply(step).await?;
    }
    for step in previewed.steps.iter().rev() {
        assert_eq!(plan.undo(step).await?, Undone::Undone, "{}", step.action);
    }
    assert_eq!(wanted_state(&web.live().await?), before);
    Ok(())
}

#[tokio::test]
async fn what_stands_in_the_way_is_a_verdict_before_it_is_a_failure() -> Result<()> {
    let (cluster, namespace) = shop("verdicts").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"limits.memory": "100Mi"}}});
    let quotas: Api<ResourceQuota> = namespace.api();
    quotas.create(&PostParams::default(), &serde_json::from_value(quota)?).await?;
    eventually(&quotas, START, "the quota has counted", |seen| {
        seen.named("small")?
            .status
            .as_ref()?
            .used
            .as_ref()?
            .get("limits.memory")
            .filter(|used| used.0 != "0")
            .map(|_| ())
    })
    .await;
    let range =
        json!({"metadata": {"name": "caps"}, "spec": {"limits": [{"type": "Container", "max": {"memory": "96Mi"}}]}});
    namespace.api::<LimitRange>().create(&PostParams::default(), &serde_json::from_value(range)?).await?;
    web.edit(
        &json!({"metadata": {"annotations": {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"}}}),
    )
    .await?;

    let plan = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::AdjustResources, &[("memory_limit", "128Mi")]);
    let previewed = plan.preview().await?;
    for check in ["quota", "limits", "gitops"] {
        assert_eq!(level(&previewed, check), Some(VerdictLevel::Block), "{check}: {:#?}", previewed.preview.verdicts);
    }
    for check in ["server", "rights", "undo", "radius", "pdb", "autoscaler"] {
        assert_eq!(level(&previewed, check), Some(VerdictLevel::Ok), "{check}: {:#?}", previewed.preview.verdicts);
    }
    Ok(())
}

#[tokio::test]
async fn a_caller_without_rights_learns_which_verb_is_missing() -> Result<()> {
    let (cluster, namespace) = shop("rights").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let binding = json!({
        "metadata": {"name": "viewers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "actions-viewer"}],
    });
    namespace.api::<RoleBinding>().create(&PostParams::default(), &serde_json::from_value(binding)?).await?;
    let viewer = cluster.person("actions-viewer", &[]).await?;
    let plan =
        Plan::on(&namespace, &viewer, &web).await?.doing(ActionType::AdjustResources, &[("memory_limit", "96Mi")]);
    let previewed = plan.preview().await?;
    assert_eq!(level(&previewed, "rights"), Some(VerdictLevel::Block));
    let told: Vec<&str> = previewed.preview.verdicts.iter().map(|verdict| verdict.message.as_str()).collect();
    let missing = format!("lacks the right to patch deployments.apps in {}", namespace.name());
    assert!(told.contains(&missing.as_str()), "{told:?}");
    assert!(matches!(plan.apply(&previewed.steps[0]).await, Err(SendError::Forbidden(_))));
    Ok(())
}

#[tokio::test]
async fn nothing_is_planned_where_automation_is_off_or_an_autoscaler_rules() -> Result<()> {
    let (cluster, namespace) = shop("refused").await?;
    let web = App::named("web", &cluster)?.create(&namespace).await?;
    let scaler = json!({"metadata": {"name": "web"}, "spec": {
        "minReplicas": 1, "maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
    }});
    namespace.api::<HorizontalPodAutoscaler>().create(&PostParams::default(), &serde_json::from_value(scaler)?).await?;
    let scale = Plan::on(&namespace, cluster.connection(), &web)
        .await?
        .doing(ActionType::ScaleDeployment, &[("replicas", "3")]);
    let refused = scale.preview().await;
    assert!(matches!(&refused, Err(PreviewError::Refused { refusal: Refusal::OwnedBy { .. }, .. })), "{refused:?}");

    web.edit(&json!({"metadata": {"labels": {"platform.chatcli.io/automation": "off"}}})).await?;
    let restart = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::RestartDeployment, &[]);
    let refused = restart.preview().await;
    assert!(matches!(&refused, Err(PreviewError::Refused { refusal: Refusal::AutomationOff(_), .. })), "{refused:?}");

    let mut protected =
        Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::RestartDeployment, &[]);
    protected.target = ResourceRef::new("Deployment", "kube-system", "coredns");
    let refused = protected.preview().await;
    assert!(matches!(&refused, Err(PreviewError::Refused { refusal: Refusal::Protected(_), .. })), "{refused:?}");

    let mut namesake =
        Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::RestartDeployment, &[]);
    namesake.target.uid = Some("another".to_owned());
    assert!(matches!(namesake.preview().await, Err(PreviewError::TargetGone(_))));
    Ok(())
}

#[tokio::test]
async fn every_need_can_be_read() -> Result<()> {
    let (cluster, namespace) = shop("needs").await?;
    let web = App::named("web", &cluster)?.running(&namespace).await?;
    let plan = Plan::on(&namespace, cluster.connection(), &web).await?.doing(ActionType::DeletePod, &[]);
    let scope = Scope {
        target: &plan.target,
        now: plan.now,
        plan_uid: &plan.uid,
        operator_namespace: "chatcli-system",
        chosen: &[],
    };
    let needs: Vec<Need> = actions::parse(&plan.actions[0], &plan.target)?.needs(&plan.target);
    let live = tokio::time::timeout(Duration::from_secs(10), actions::read(&plan.client, &scope, &needs)).await??;
    assert_eq!(live.pods()?.len(), 1);
    assert_eq!(live.replica_sets()?.len(), 1);
    Ok(())
}
