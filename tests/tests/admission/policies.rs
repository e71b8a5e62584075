//! Who decides who is asked.

use anyhow::Result;
use common::api::keys::{ADMISSION_PARAMS, OPERATOR_NAMESPACE};
use k8s_openapi::api::core::v1::ConfigMap;
use kit::votes::bind;
use kube::Api;
use kube::api::{DeleteParams, Patch, PatchParams, PostParams};
use serde_json::json;

use crate::gate::{Gate, refused_by};

#[tokio::test]
async fn policies_and_parameters_take_the_verb_administer() -> Result<()> {
    let gate = Gate::shared().await?;
    let namespace = gate.namespace().await?;
    let rights = json!({
        "metadata": { "name": "editor" },
        "rules": [{ "apiGroups": ["platform.chatcli.io"], "resources": ["approvalpolicies"], "verbs": ["create", "update", "patch", "delete"] }]
    });
    bind(&namespace, "alice", rights).await?;
    let policy = |name: &str| -> common::api::ApprovalPolicy {
        serde_json::from_value(json!({
            "apiVersion": "platform.chatcli.io/v1alpha1", "kind": "ApprovalPolicy", "metadata": { "name": name },
            "spec": { "enabled": true, "rules": [{ "name": "all", "match": {}, "mode": "auto" }] }
        }))
        .unwrap()
    };
    let hers: Api<common::api::ApprovalPolicy> = Api::namespaced(gate.person("alice").await?, namespace.name());
    refused_by("chatcli-policies", hers.create(&PostParams::default(), &policy("lax")).await);
    namespace.api::<common::api::ApprovalPolicy>().create(&PostParams::default(), &policy("lax")).await?;
    refused_by("chatcli-policies", hers.delete("lax", &DeleteParams::default()).await);

    let params: Api<ConfigMap> = Api::namespaced(gate.operator.client()?, OPERATOR_NAMESPACE);
    let taken_over =
        Patch::Merge(json!({ "data": { "voters": "system:serviceaccount:chatcli-system:chatcli-operator" } }));
    refused_by("chatcli-params", params.patch(ADMISSION_PARAMS, &PatchParams::default(), &taken_over).await);
    Ok(())
}
