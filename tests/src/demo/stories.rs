//! Three faults, from the mistake to the report. A story that does not end with a healthy workload and a resolved incident fails the demo.

use anyhow::{Result, ensure};
use common::api::Issue;
use common::api::issue::IssueState;
use common::api::remediation_plan::RemediationState;
use kube::ResourceExt;

use super::shop::{NAMESPACE, Shop, restart_pods};
use super::stage::Stage;
use crate::app::{Workload, apply_config, image_of, memory_limit_of, remove_config_key};
use crate::incidents::{REPAIR, SOON, cause_of, issue_becomes, issue_reaches, plan_reaches, question_about, report_of};

/// `web` gets an image tag that was never pushed. The old pods go on serving, so nothing is down, and nothing would ever be fixed.
pub async fn a_release_with_a_missing_image(stage: &mut Stage, shop: &Shop) -> Result<()> {
    stage.heading("Story 1: a release whose image nobody pushed");
    let good = image_of(&shop.web.live().await?);
    stage.somebody_types("kubectl set image -n shop deploy/web app=…/app:v404-web");
    shop.web.roll_out_missing_image().await?;
    let issue = explained(stage, shop, &shop.web).await?;
    stage.tell("A rollback is reversible and its preview was clean, so it needs nobody:");
    resolved(stage, shop, &shop.web, &issue).await?;
    ensure!(image_of(&shop.web.live().await?) == good, "web does not run the image it ran before");
    Ok(())
}

/// `cart` needs more memory than it did. No older revision would help: the limit is too small.
pub async fn a_memory_limit_too_small(stage: &mut Stage, shop: &Shop) -> Result<()> {
    stage.heading("Story 2: the carts have grown, the memory limit has not");
    let before = memory_limit_of(&shop.cart.live().await?);
    stage.somebody_types("kubectl patch -n shop configmap cart-config -p '{\"data\":{\"APP_ALLOCATE_MIB\":\"40\"}}'");
    apply_config(&shop.namespace, "cart-config", &[("APP_ALLOCATE_MIB", "40")]).await?;
    restart_pods(shop, "cart").await?;
    let issue = explained(stage, shop, &shop.cart).await?;
    stage.tell("Raising a limit is reversible too:");
    resolved(stage, shop, &shop.cart, &issue).await?;
    let after = memory_limit_of(&shop.cart.live().await?);
    ensure!(after != before, "the limit of cart is still {before}");
    Ok(())
}

/// `checkout` loses a key of its ConfigMap. Others may read that ConfigMap, so a person decides.
pub async fn a_key_removed_by_hand(stage: &mut Stage, shop: &Shop) -> Result<()> {
    stage.heading("Story 3: a key removed by hand");
    stage.somebody_types("kubectl edit -n shop configmap checkout-config      # DB_HOST is gone");
    remove_config_key(&shop.namespace, "checkout-config", "DB_HOST").await?;
    restart_pods(shop, "checkout").await?;
    let issue = explained(stage, shop, &shop.checkout).await?;
    stage.tell("Somebody else may read this ConfigMap, so the operator asks. Alice looks first, then decides:");
    let plan = plan_reaches(&shop.namespace, &issue, &[RemediationState::WaitingApproval], SOON).await;
    question_about(&shop.namespace, &plan).await;
    let name = issue.name_any();
    // a preview that differs exits 1, as `kubectl diff` does
    stage.plugin_may_exit(&shop.on_call, &["plan", "preview", &name, "-n", NAMESPACE], &[1])?;
    stage.plugin(
        &shop.on_call,
        &["approve", &name, "-n", NAMESPACE, "--reason", "restores what was applied", "--yes"],
    )?;
    resolved(stage, shop, &shop.checkout, &issue).await
}

async fn explained(stage: &Stage, shop: &Shop, workload: &Workload) -> Result<Issue> {
    let issue =
        issue_becomes(&shop.namespace, workload.name(), SOON, "explained", |issue| !cause_of(issue).is_empty()).await;
    stage.plugin(&shop.admin, &["issues", "-n", NAMESPACE])?;
    stage.plugin(&shop.admin, &["explain", &issue.name_any(), "-n", NAMESPACE])?;
    stage.tell("");
    Ok(issue)
}

async fn resolved(stage: &Stage, shop: &Shop, workload: &Workload, issue: &Issue) -> Result<()> {
    issue_reaches(&shop.namespace, workload.name(), IssueState::Resolved, REPAIR).await;
    // the incident says so; the workload has to agree
    workload.available().await;
    report_of(&shop.namespace, issue).await;
    stage.plugin(&shop.admin, &["postmortem", &issue.name_any(), "-n", NAMESPACE])?;
    stage.done("resolved, and verified by the demo itself");
    Ok(())
}
