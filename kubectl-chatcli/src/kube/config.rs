//! Kubeconfig and flags, merged the way kubectl merges them.

use std::path::Path;
use std::time::Duration;

use kube::Config;
use kube::config::{
    AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, KubeconfigError, NamedAuthInfo, NamedCluster,
    NamedContext,
};

use super::explain::root;
use crate::cli::Connection;
use crate::failure::Failure;

/// A dead address should not cost the reader half a minute.
const CONNECT: Duration = Duration::from_secs(10);

/// Name of the entries made from flags alone.
const FROM_FLAGS: &str = "from-flags";

/// The connection the flags, KUBECONFIG and the kubeconfig file describe; inside a pod, its ServiceAccount.
pub async fn load(flags: &Connection) -> Result<Config, Failure> {
    let mut kubeconfig = read(flags)?;
    if kubeconfig.contexts.is_empty() && flags.server.is_none() && flags.context.is_none() {
        return Config::incluster().map(|config| finished(config, flags)).map_err(|_| {
            Failure::new("no cluster to talk to: there is no kubeconfig")
                .hint("point to one with --kubeconfig FILE or the KUBECONFIG variable")
        });
    }
    let options = merged(&mut kubeconfig, flags)?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &options).await.map_err(|problem| unusable(&problem))?;
    Ok(finished(config, flags))
}

fn finished(mut config: Config, flags: &Connection) -> Config {
    config.connect_timeout = Some(flags.request_timeout.0.map_or(CONNECT, |limit| limit.min(CONNECT)));
    // A vote or an apply whose answer was lost is looked up, not sent again.
    config.default_retry = false;
    // The library compares NO_PROXY with the proxy's own address; what matters is the cluster's.
    let exempt = ["NO_PROXY", "no_proxy"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    if config.proxy_url.is_some() && config.cluster_url.host().is_some_and(|host| is_exempt(host, &exempt)) {
        config.proxy_url = None;
    }
    config
}

/// Hosts and domains of a NO_PROXY list; `*` is every host.
fn is_exempt(host: &str, list: &str) -> bool {
    list.split(',').map(|entry| entry.trim().trim_start_matches('.')).filter(|entry| !entry.is_empty()).any(|entry| {
        entry == "*"
            || host == entry
            || host.strip_suffix(entry).is_some_and(|rest| rest.ends_with('.'))
            || in_network(host, entry)
    })
}

fn in_network(host: &str, entry: &str) -> bool {
    let (Some((network, bits)), Ok(host)) = (entry.split_once('/'), host.parse::<std::net::Ipv4Addr>()) else {
        return false;
    };
    let (Ok(network), Ok(bits)) = (network.parse::<std::net::Ipv4Addr>(), bits.parse::<u32>()) else { return false };
    let mask = u32::MAX.checked_shl(32u32.saturating_sub(bits)).unwrap_or(0);
    bits <= 32 && (u32::from(host) & mask) == (u32::from(network) & mask)
}

/// `--kubeconfig`, else every file of KUBECONFIG that exists, else the home directory's.
fn read(flags: &Connection) -> Result<Kubeconfig, Failure> {
    if let Some(path) = &flags.kubeconfig {
        return Kubeconfig::read_from(path).map_err(|problem| unusable(&problem));
    }
    let listed = std::env::var_os("KUBECONFIG").unwrap_or_default();
    let mut paths: Vec<_> = std::env::split_paths(&listed).filter(|path| !path.as_os_str().is_empty()).collect();
    if paths.is_empty() {
        paths.extend(std::env::home_dir().map(|home| home.join(".kube").join("config")));
    }
    paths
        .iter()
        .filter(|path| Path::new(path).exists())
        .try_fold(Kubeconfig::default(), |merged, path| merged.merge(Kubeconfig::read_from(path)?))
        .map_err(|problem| unusable(&problem))
}

/// Writes the flags into the entries they override, and says which entries to use.
fn merged(kubeconfig: &mut Kubeconfig, flags: &Connection) -> Result<KubeConfigOptions, Failure> {
    let chosen = flags.context.clone().or_else(|| kubeconfig.current_context.clone().filter(|name| !name.is_empty()));
    let name = chosen.unwrap_or_else(|| FROM_FLAGS.to_owned());
    if kubeconfig.contexts.iter().all(|context| context.name != name) {
        if flags.server.is_none() || flags.context.is_some() {
            let known: Vec<_> = kubeconfig.contexts.iter().map(|context| context.name.as_str()).collect();
            return Err(Failure::new(if name == FROM_FLAGS {
                "the kubeconfig has no current context".to_owned()
            } else {
                format!("no context {name:?} in the kubeconfig")
            })
            .hint(format!("choose one with --context: {}", known.join(", "))));
        }
        kubeconfig.contexts.push(NamedContext {
            name: name.clone(),
            context: Some(Context::default()),
            ..NamedContext::default()
        });
    }
    let context =
        kubeconfig.contexts.iter_mut().find(|context| context.name == name).and_then(|named| named.context.as_mut());
    let Some(context) = context else {
        return Err(Failure::new(format!("context {name:?} of the kubeconfig is empty")));
    };
    if let Some(cluster) = &flags.cluster {
        context.cluster.clone_from(cluster);
    }
    if let Some(user) = &flags.user {
        context.user = Some(user.clone());
    }
    if context.cluster.is_empty() {
        FROM_FLAGS.clone_into(&mut context.cluster);
    }
    let cluster = context.cluster.clone();
    let user = context.user.get_or_insert_with(|| FROM_FLAGS.to_owned()).clone();
    override_cluster(kubeconfig, &cluster, flags);
    override_user(kubeconfig, &user, flags)?;
    Ok(KubeConfigOptions { context: Some(name), cluster: Some(cluster), user: Some(user) })
}

fn override_cluster(kubeconfig: &mut Kubeconfig, name: &str, flags: &Connection) {
    if kubeconfig.clusters.iter().all(|cluster| cluster.name != name) && flags.server.is_some() {
        let empty =
            NamedCluster { name: name.to_owned(), cluster: Some(Cluster::default()), ..NamedCluster::default() };
        kubeconfig.clusters.push(empty);
    }
    let Some(cluster) =
        kubeconfig.clusters.iter_mut().find(|cluster| cluster.name == name).and_then(|named| named.cluster.as_mut())
    else {
        return;
    };
    if let Some(server) = &flags.server {
        cluster.server = Some(server.clone());
    }
    if let Some(file) = &flags.certificate_authority {
        cluster.certificate_authority = Some(file.clone());
        cluster.certificate_authority_data = None;
    }
    if let Some(name) = &flags.tls_server_name {
        cluster.tls_server_name = Some(name.clone());
    }
    if flags.insecure_skip_tls_verify {
        cluster.insecure_skip_tls_verify = Some(true);
    }
}

fn override_user(kubeconfig: &mut Kubeconfig, name: &str, flags: &Connection) -> Result<(), Failure> {
    if kubeconfig.auth_infos.iter().all(|user| user.name != name) {
        let empty =
            NamedAuthInfo { name: name.to_owned(), auth_info: Some(AuthInfo::default()), ..NamedAuthInfo::default() };
        kubeconfig.auth_infos.push(empty);
    }
    let Some(user) =
        kubeconfig.auth_infos.iter_mut().find(|user| user.name == name).and_then(|named| named.auth_info.as_mut())
    else {
        return Ok(());
    };
    if let Some(token) = &flags.token {
        // The field's type belongs to the library; it reads it from the form the file has.
        let given: AuthInfo = serde_json::from_value(serde_json::json!({ "token": token }))
            .map_err(|problem| Failure::new(format!("cannot use --token: {problem}")))?;
        user.token = given.token;
        user.token_file = None;
        user.exec = None;
    }
    if let Some(file) = &flags.client_certificate {
        user.client_certificate = Some(file.clone());
        user.client_certificate_data = None;
    }
    if let Some(file) = &flags.client_key {
        user.client_key = Some(file.clone());
        user.client_key_data = None;
    }
    if flags.impersonate.is_none() && (!flags.impersonate_groups.is_empty() || flags.impersonate_uid.is_some()) {
        return Err(Failure::new("--as-group and --as-uid need --as").hint("name the user to act as: --as USER"));
    }
    if let Some(person) = &flags.impersonate {
        user.impersonate = Some(person.clone());
        user.impersonate_groups = Some(flags.impersonate_groups.clone());
        user.impersonate_uid.clone_from(&flags.impersonate_uid);
    }
    Ok(())
}

fn unusable(problem: &KubeconfigError) -> Failure {
    match problem {
        KubeconfigError::ReadConfig(_, path) => {
            Failure::new(format!("cannot read the kubeconfig {}: {}", path.display(), root(problem)))
        }
        other => Failure::new(format!("cannot use the kubeconfig: {}", root(other)))
            .hint("check it with: kubectl config view --minify"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kubeconfig() -> Kubeconfig {
        Kubeconfig::from_yaml(
            "apiVersion: v1\nkind: Config\ncurrent-context: dev\n\
             clusters: [{name: dev, cluster: {server: 'https://dev.example.org'}}, {name: prod, cluster: {server: 'https://prod.example.org'}}]\n\
             users: [{name: ann, user: {token: a}}, {name: bob, user: {token: b}}]\n\
             contexts: [{name: dev, context: {cluster: dev, user: ann, namespace: shop}}]\n",
        )
        .unwrap()
    }

    #[test]
    fn flags_override_the_entries_of_the_chosen_context() {
        let flags = Connection {
            cluster: Some("prod".into()),
            user: Some("bob".into()),
            impersonate: Some("carol".into()),
            impersonate_groups: vec!["sre".into()],
            ..Connection::default()
        };
        let mut kubeconfig = kubeconfig();
        let options = merged(&mut kubeconfig, &flags).unwrap();
        assert_eq!((options.cluster.as_deref(), options.user.as_deref()), (Some("prod"), Some("bob")));
        let bob = kubeconfig.auth_infos[1].auth_info.as_ref().unwrap();
        assert_eq!(bob.impersonate.as_deref(), Some("carol"));
        assert_eq!(bob.impersonate_groups.as_deref(), Some(&["sre".to_owned()][..]));
    }

    #[test]
    fn an_unknown_context_is_answered_with_the_known_ones() {
        let flags = Connection { context: Some("prd".into()), ..Connection::default() };
        let failure = merged(&mut kubeconfig(), &flags).err().unwrap();
        assert_eq!(
            failure.to_string(),
            "error: no context \"prd\" in the kubeconfig\nhint: choose one with --context: dev"
        );
    }

    #[test]
    fn a_server_and_a_token_need_no_kubeconfig() {
        let flags = Connection {
            server: Some("https://elsewhere.example.org".into()),
            token: Some("t".into()),
            ..Connection::default()
        };
        let mut none = Kubeconfig::default();
        merged(&mut none, &flags).unwrap();
        assert_eq!(none.clusters[0].cluster.as_ref().unwrap().server.as_deref(), Some("https://elsewhere.example.org"));
        assert!(none.auth_infos[0].auth_info.as_ref().unwrap().token.is_some());
    }

    #[test]
    fn groups_without_a_user_are_refused_before_anything_is_sent() {
        let flags = Connection { impersonate_groups: vec!["sre".into()], ..Connection::default() };
        assert!(merged(&mut kubeconfig(), &flags).is_err());
    }

    #[test]
    fn no_proxy_speaks_of_the_cluster() {
        for (host, list) in [
            ("10.0.0.1", "10.0.0.0/8"),
            ("api.corp.example", ".corp.example"),
            ("api.corp.example", "other, corp.example"),
            ("localhost", "*"),
        ] {
            assert!(is_exempt(host, list), "{host} in {list}");
        }
        for (host, list) in [("11.0.0.1", "10.0.0.0/8"), ("notcorp.example", "corp.example"), ("a", "")] {
            assert!(!is_exempt(host, list), "{host} in {list}");
        }
    }
}
