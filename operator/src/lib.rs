//! The operator: sees trouble, folds it into one incident per cause, says why, plans, asks, acts, proves, reports.
//!
//! Each folder is one stage and opens with its contract; data flows [`detect`] → [`correlate`] → [`analyze`] → … and a stage never
//! imports a later one. What they share lives in [`runtime`].

pub mod analyze;
pub mod approve;
pub mod audit;
pub mod config;
pub mod correlate;
pub mod detect;
pub mod instance;
pub mod llm;
pub mod remediate;
pub mod review;
pub mod runtime;
pub mod source;

use std::process::ExitCode;
use std::sync::Arc;

use config::Config;
use runtime::Runtime;

/// Runs until told to stop. 0 after a graceful stop, 1 after any failure.
pub fn run(config: Config) -> ExitCode {
    config.init_logs();
    if let Err(problem) = common::redact::also_hide(config.log_scrub_pattern.clone()) {
        tracing::error!("--log-scrub-pattern: {problem}");
        return ExitCode::FAILURE;
    }
    if let Err(problem) = config.extend_allow_lists() {
        tracing::error!("{problem}");
        return ExitCode::FAILURE;
    }
    // Two workers: a long list being parsed on one must not delay the lease renewal on the other. More would only cost memory.
    let started = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let ended = match started {
        Ok(tokio) => tokio.block_on(serve(config)),
        Err(error) => Err(error.into()),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the operator ends");
            ExitCode::FAILURE
        }
    }
}

/// Every controller, in the order data flows; before them who keeps up with the servers and repositories that some of
/// them ask.
async fn serve(config: Config) -> anyhow::Result<()> {
    let mut runtime = Runtime::connect(config).await?;
    let servers = instance::register(&mut runtime);
    let sources = source::register(&mut runtime);
    detect::register(&mut runtime);
    detect::alerts::register(&mut runtime, Arc::clone(&servers))?;
    correlate::register(&mut runtime);
    analyze::register(&mut runtime);
    analyze::beside::register(&mut runtime, Arc::clone(&sources));
    let models = analyze::models::Models::new(runtime.context(), servers, sources);
    if let Some(models) = &models {
        analyze::refine::register(&mut runtime, Arc::clone(models));
    }
    approve::register(&mut runtime);
    remediate::register(&mut runtime, models);
    review::register(&mut runtime);
    audit::register(&mut runtime);
    runtime.run().await
}
