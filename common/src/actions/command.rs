//! Running one command in a container through the exec subresource.
//!
//! In: the stored request. Out: what the command printed, capped and without credentials, and how it ended. Never: a shell, standard
//! input, a second try.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::api::AttachParams;
use kube::{Api, Client};
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt as _};

use super::outcome::SendError;
use crate::api::remediation_plan::WriteRecord;
use crate::redact;

/// Longest a command may run.
const DEADLINE: Duration = Duration::from_secs(10);
/// Most of its output that is kept, in bytes.
const LIMIT: usize = 64 * 1024;

/// What is run.
#[derive(Debug, Deserialize)]
struct Request {
    container: String,
    command: Vec<String>,
}

/// Runs it. Until the container is reached nothing has happened; from then on it has, whatever becomes of the answer.
pub(super) async fn run(client: &Client, record: &WriteRecord) -> Result<String, SendError> {
    let request: Request = serde_json::from_str(&record.payload).map_err(|error| SendError::Refused {
        code: 0,
        reason: "BrokenRecord".to_owned(),
        message: format!("the stored command cannot be read: {error}"),
    })?;
    let pods: Api<Pod> = Api::namespaced(client.clone(), &record.object.namespace);
    let how = AttachParams::default().container(request.container.as_str()).stdin(false).stdout(true).stderr(true);
    let reached = tokio::time::timeout(DEADLINE, pods.exec(&record.object.name, &request.command, &how)).await;
    let mut process = match reached {
        Ok(Ok(process)) => process,
        Ok(Err(error)) => return Err(not_reached(error)),
        Err(_) => return Err(SendError::OutcomeUnknown(format!("no answer within {} s", DEADLINE.as_secs()))),
    };
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (stdout, stderr, status) = (process.stdout(), process.stderr(), process.take_status());
    let whole = async {
        let read = futures::future::join(read(stdout, &mut out), read(stderr, &mut err));
        let ((), ()) = read.await;
        match status {
            Some(status) => status.await,
            None => None,
        }
    };
    let ended = tokio::time::timeout(DEADLINE, whole).await;
    process.abort();
    let end = match ended {
        Ok(Some(status)) if status.status.as_deref() == Some("Success") => "exit code 0".to_owned(),
        Ok(Some(status)) => exit_code(&status),
        Ok(None) => "how it ended was not told".to_owned(),
        Err(_) => format!("cut off after {} s", DEADLINE.as_secs()),
    };
    Ok(told(&request.command, &out, &err, &end))
}

/// Reads what fits, and lets the rest pass so that the command can end.
async fn read(stream: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let Some(mut stream) = stream else { return };
    let mut part = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut part).await {
        let room = LIMIT.saturating_sub(into.len());
        into.extend_from_slice(&part[..length.min(room)]);
    }
}

fn exit_code(status: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Status) -> String {
    let causes = status.details.as_ref().and_then(|details| details.causes.as_deref()).unwrap_or_default();
    let code = causes.iter().find(|cause| cause.reason.as_deref() == Some("ExitCode"));
    match code.and_then(|cause| cause.message.as_deref()) {
        Some(code) => format!("exit code {code}"),
        None => status.message.clone().unwrap_or_else(|| "it failed".to_owned()),
    }
}

/// The server's no, before any command was started.
fn not_reached(error: kube::Error) -> SendError {
    match error {
        kube::Error::Api(status) if status.code == 404 => SendError::Gone(status.message),
        kube::Error::Api(status) if status.code == 403 => SendError::Forbidden(status.message),
        kube::Error::Api(status) if (400..500).contains(&status.code) => {
            SendError::Refused { code: status.code, reason: status.reason.clone(), message: status.message }
        }
        other => SendError::OutcomeUnknown(other.to_string()),
    }
}

/// Command, output and end as they are kept.
fn told(command: &[String], out: &[u8], err: &[u8], end: &str) -> String {
    let mut text = format!("$ {}\n", command.join(" "));
    for part in [out, err] {
        let shown = printable(command, part);
        text.push_str(&shown);
        if !shown.is_empty() && !shown.ends_with('\n') {
            text.push('\n');
        }
        if part.len() >= LIMIT {
            text.push_str("… cut here\n");
        }
    }
    text.push_str(end);
    text
}

/// Of an environment the names, of anything else the text without credentials.
fn printable(command: &[String], output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let prints_environment = match command {
        [first, ..] if first == "printenv" => true,
        [only] => only == "env",
        [_, file] => file.ends_with("/environ"),
        _ => false,
    };
    if !prints_environment {
        return redact::secrets(&text.replace('\0', " ")).into_owned();
    }
    let names = text.split(['\n', '\0']).filter_map(|line| Some(line.split_once('=')?.0));
    names.flat_map(|name| [name, "=[REDACTED:env]\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(command: &str, output: &str) -> String {
        let command: Vec<String> = command.split(' ').map(str::to_owned).collect();
        told(&command, output.as_bytes(), b"", "exit code 0")
    }

    #[test]
    fn of_the_environment_only_the_names_are_kept() {
        for (command, output) in [
            ("env", "DB_HOST=db\nPLAIN=hunter2\n"),
            ("printenv", "PLAIN=hunter2\n"),
            ("cat /proc/1/environ", "DB_HOST=db\0PLAIN=hunter2\0"),
        ] {
            let text = shown(command, output);
            assert!(text.contains("PLAIN=[REDACTED:env]") && !text.contains("hunter2"), "{text}");
        }
    }

    #[test]
    fn credentials_in_other_output_are_taken_out() {
        let text = shown("cat /proc/1/cmdline", "server\0--password=hunter2hunter2\0");
        assert!(text.contains("server") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn what_does_not_fit_is_cut_and_said() {
        let long = "x ".repeat(LIMIT);
        let text = told(&["df".to_owned()], &long.as_bytes()[..LIMIT], b"", "exit code 0");
        assert!(text.contains("… cut here") && text.len() < LIMIT + 100);
    }
}
