//! `kubectl chatcli upgrade`: what this version would change of an installation, and then exactly that.

use common::api::keys::{ADMISSION_PARAMS, OPERATOR_SERVICE_ACCOUNT, annotations};
use kube::ResourceExt as _;
use kube::api::DynamicObject;

use super::{Context, install};
use crate::choices::{self, Choices};
use crate::cli::{ChoiceArgs, DryRun, InstallArgs, UpgradeArgs};
use crate::drift::{self, Drift};
use crate::failure::{Exit, Failure};
use crate::kube::{Cluster, Kind};
use crate::manifests::{Manifest, Stage, Values, rendered};
use crate::output::style::plural;

/// Runs the command.
pub async fn run(args: UpgradeArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    if args.dry_run == DryRun::Client {
        return Err(Failure::new("what changes is known to the API server only").hint("ask it: --dry-run=server"));
    }
    let cluster = context.cluster().await?;
    let values = chosen(&args, &cluster, context).await?;
    let manifests = rendered(&values)?;
    let changed = changes(manifests, &cluster, context).await?;
    if changed.is_empty() {
        context.ui.print("everything is this version's already")?;
        return Ok(Exit::Ok);
    }
    for (manifest, drift) in &changed {
        context.ui.print(&format!("{} {}", manifest.named(), drift.words().unwrap_or_default()))?;
    }
    if args.dry_run == DryRun::Server {
        return Ok(Exit::Ok);
    }
    let count = i64::try_from(changed.len()).unwrap_or(i64::MAX);
    if !args.yes && !context.ui.confirm(&format!("Apply {}?", plural(count, "change", "changes")))? {
        return Err(Failure::new("nothing was changed"));
    }
    let manifests: Vec<_> = changed.into_iter().map(|(manifest, _)| manifest).collect();
    let install = InstallArgs {
        choices: ChoiceArgs::default(),
        operator_namespace: args.operator_namespace.clone(),
        autonomy: None,
        all_namespaces: false,
        operator_user: values.operator_user.clone(),
        take_over: false,
        yes: args.yes,
        dry_run: DryRun::None,
        output: None,
        timeout: args.timeout,
    };
    install::apply(&manifests, &install, &cluster, context).await?;
    install::ready(&install, &cluster, context).await?;
    Ok(Exit::Ok)
}

async fn changes(
    manifests: Vec<Manifest>,
    cluster: &Cluster,
    context: &Context<'_>,
) -> Result<Vec<(Manifest, Drift)>, Failure> {
    let busy = context.ui.busy("comparing");
    let mut changed = Vec::new();
    for manifest in manifests {
        busy.now(format!("comparing {}", manifest.named()));
        match drift::of(&manifest, cluster).await? {
            Drift::Same => {}
            // The administrator's choices, such as who may vote, are not a version's to take back.
            Drift::Differs(_) if manifest.stage == Stage::Params => {}
            drift => changed.push((manifest, drift)),
        }
    }
    Ok(changed)
}

/// What was chosen at install and stays.
async fn chosen(args: &UpgradeArgs, cluster: &Cluster, context: &Context<'_>) -> Result<Values, Failure> {
    let home = args.operator_namespace.as_str();
    let maps = Kind::of("", "v1", "ConfigMap", "configmaps");
    let Some(params) = cluster.find(&maps, Some(home), ADMISSION_PARAMS).await? else {
        return Err(Failure::new(format!("nothing is installed in namespace {home}"))
            .hint("install it: kubectl chatcli install; where it is elsewhere: add --operator-namespace"));
    };
    let account = format!("system:serviceaccount:{home}:{OPERATOR_SERVICE_ACCOUNT}");
    let user = params.data["data"]["operatorUser"].as_str().filter(|user| **user != account).map(str::to_owned);
    let deployments = Kind::of("apps", "v1", "Deployment", "deployments");
    let deployment = cluster.find(&deployments, Some(home), OPERATOR_SERVICE_ACCOUNT).await?;
    if user.is_some() && !args.choices.is_empty() {
        return Err(Failure::new("the operator runs outside the cluster: there is no Deployment to choose values of"));
    }
    let choices = choices(args, deployment.as_ref(), context)?;
    let autonomy = deployment.as_ref().and_then(autonomy);
    Ok(Values { namespace: home.to_owned(), choices, operator_user: user, autonomy })
}

/// What was chosen at install, and on top what is chosen now.
fn choices(args: &UpgradeArgs, live: Option<&DynamicObject>, context: &Context<'_>) -> Result<Choices, Failure> {
    let kept = live.and_then(|live| live.annotations().get(annotations::CHOICES)).map(String::as_str);
    let mut choices = choices::read(kept, &args.choices.values, &args.choices.assignments())?;
    if let Some(kept) = kept {
        context.ui.note(&format!("note: chosen at install, and kept where not chosen anew: {kept}"));
    }
    if choices.image.is_none() {
        choices.image = live.and_then(|live| own_image(live, context));
    }
    Ok(choices)
}

/// An image from a registry of one's own is kept: this version cannot know where its successor lies.
fn own_image(live: &DynamicObject, context: &Context<'_>) -> Option<String> {
    let image = live.data["spec"]["template"]["spec"]["containers"][0]["image"].as_str()?;
    if image.starts_with("ghcr.io/kubectl-chatcli/chatcli-operator:") {
        return None;
    }
    context.ui.note(&format!("note: the image stays {image}; name this version's with --image"));
    Some(image.to_owned())
}

fn autonomy(live: &DynamicObject) -> Option<&'static str> {
    let args = live.data["spec"]["template"]["spec"]["containers"][0]["args"].as_array()?;
    let level = args.iter().filter_map(|arg| arg.as_str()?.strip_prefix("--autonomy=")).next_back()?;
    ["observe", "propose", "approve", "auto"].into_iter().find(|known| *known == level)
}
