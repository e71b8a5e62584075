//! `kubectl chatcli actions`: what a plan or Runbook may do, from the registry.

use common::actions::{Description, catalogue};

use super::Context;
use crate::cli::{ActionsArgs, ActionsOutput, Structured};
use crate::failure::{Exit, Failure};
use crate::output::{actions, structured};

/// Runs the command.
pub fn run(args: &ActionsArgs, context: &Context<'_>) -> Result<Exit, Failure> {
    let all = catalogue();
    let chosen = args.name.as_deref().map(|name| find(&all, name)).transpose()?;
    let text = match (args.output, chosen) {
        (Some(ActionsOutput::Name), Some(one)) => one.name.to_owned(),
        (Some(ActionsOutput::Name), None) => all.iter().map(|action| action.name).collect::<Vec<_>>().join("\n"),
        (Some(form), Some(one)) => structured::value(one, structured_form(form))?,
        (Some(form), None) => structured::value(&all, structured_form(form))?,
        (None, Some(one)) => actions::page(one, context.ui.width()),
        (None, None) => actions::table(&all).render(),
    };
    context.ui.print(&text)?;
    Ok(Exit::Ok)
}

fn structured_form(form: ActionsOutput) -> Structured {
    if form == ActionsOutput::Yaml { Structured::Yaml } else { Structured::Json }
}

fn find<'a>(all: &'a [Description], name: &str) -> Result<&'a Description, Failure> {
    all.iter().find(|action| action.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
        let nearest = all.iter().map(|action| action.name).filter(|known| {
            let (known, name) = (known.to_lowercase(), name.to_lowercase());
            known.contains(&name) || name.contains(&known)
        });
        let hint = match nearest.collect::<Vec<_>>().join(", ") {
            names if names.is_empty() => "kubectl chatcli actions lists them all".to_owned(),
            names => format!("did you mean {names}?"),
        };
        Failure::new(format!("there is no action \"{name}\"")).hint(hint)
    })
}
