package main

import (
	"context"
	"fmt"
	"os"
	"time"

	rbac "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	serviceRange   = "10.96.0.0/16"
	firstServiceIP = "10.96.0.1" // kubernetes.default.svc
)

// auditPolicy records who did what: the tests' witness of how often an operation reached the API server. Of what the operator writes to
// objects that are not its own the body is kept too, because the operation's id is in there.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Request
  users: ["system:serviceaccount:chatcli-system:chatcli-operator"]
  verbs: [create, update, patch, delete]
  resources: [{group: ""}, {group: apps}, {group: batch}, {group: autoscaling}, {group: networking.k8s.io}, {group: policy}]
- level: Metadata
`

// makeIdentities writes the certificates and kubeconfigs of every part. Each part has the user its built-in RBAC role expects.
func (c *Cluster) makeIdentities() error {
	ca, err := c.newAuthority()
	if err != nil {
		return err
	}
	names := []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}
	if err := ca.serving("kube-apiserver", names, "127.0.0.1", firstServiceIP, nodeIP); err != nil {
		return err
	}
	// not served by anyone: its key signs service account tokens
	if err := ca.client("service-accounts", "service-accounts"); err != nil {
		return err
	}
	if err := ca.client("apiserver-kubelet-client", "kube-apiserver", "system:masters"); err != nil {
		return err
	}
	if err := ca.client("front-proxy-client", "front-proxy-client"); err != nil {
		return err
	}
	if err := ca.kubeconfigFor(c.kubeconfig(), "admin", "system:masters"); err != nil {
		return err
	}
	for part, identity := range map[string][]string{
		"kube-controller-manager": {"system:kube-controller-manager"},
		"kube-scheduler":          {"system:kube-scheduler"},
		"kube-proxy":              {"system:kube-proxy"},
		"coredns":                 {"system:coredns"},
		"kubelet":                 {"system:node:" + nodeName, "system:nodes"},
	} {
		if err := ca.kubeconfigFor(c.partKubeconfig(part), identity[0], identity[1:]...); err != nil {
			return err
		}
	}
	return nil
}

func (c *Cluster) partKubeconfig(part string) string { return c.path("pki", part+".kubeconfig") }

func (c *Cluster) startEtcd() error {
	client := fmt.Sprintf("http://127.0.0.1:%d", c.Ports.Etcd)
	peer := fmt.Sprintf("http://127.0.0.1:%d", c.Ports.EtcdPeer)
	return c.start("etcd", "--name=default", "--data-dir="+c.path("etcd"), "--log-level=warn",
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=default="+peer,
		"--heartbeat-interval=10", "--election-timeout=100", // milliseconds: a single member waits that long before it elects itself
		"--unsafe-no-fsync") // nothing here survives a power cut anyway
}

func (c *Cluster) startAPIServer() error {
	policy := c.path("audit-policy.yaml")
	if err := os.WriteFile(policy, []byte(auditPolicy), 0o600); err != nil {
		return err
	}
	args := []string{
		fmt.Sprintf("--etcd-servers=http://127.0.0.1:%d", c.Ports.Etcd),
		fmt.Sprintf("--secure-port=%d", c.Ports.APIServer),
		"--cert-dir=" + c.path("pki"),
		"--tls-cert-file=" + c.cert("kube-apiserver"),
		"--tls-private-key-file=" + c.key("kube-apiserver"),
		"--client-ca-file=" + c.cert("ca"),
		"--authorization-mode=Node,RBAC",
		"--enable-admission-plugins=NodeRestriction",
		"--service-account-issuer=https://kubernetes.default.svc.cluster.local",
		"--service-account-signing-key-file=" + c.key("service-accounts"),
		"--service-account-key-file=" + c.key("service-accounts"),
		"--service-cluster-ip-range=" + serviceRange,
		"--allow-privileged=true",
		"--profiling=false",
		// for aggregated APIs such as a metrics server
		"--requestheader-client-ca-file=" + c.cert("ca"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-username-headers=X-Remote-User",
		"--proxy-client-cert-file=" + c.cert("front-proxy-client"),
		"--proxy-client-key-file=" + c.key("front-proxy-client"),
		"--audit-policy-file=" + policy,
		"--audit-log-path=" + c.auditLog(),
		"--audit-log-maxsize=4096", // MiB: a rotation in the middle of a test would take the witness away
	}
	if c.Kind == Full {
		args = append(args,
			"--bind-address=0.0.0.0",
			"--advertise-address="+nodeIP,
			// without it logs and exec look the node's name up in DNS and fail
			"--kubelet-preferred-address-types=InternalIP",
			"--kubelet-client-certificate="+c.cert("apiserver-kubelet-client"),
			"--kubelet-client-key="+c.key("apiserver-kubelet-client"),
		)
	} else {
		args = append(args,
			"--bind-address=127.0.0.1",
			"--advertise-address=127.0.0.1",
			// an Endpoints object may not name a loopback address, and no pod will ask for it
			"--endpoint-reconciler-type=none",
		)
	}
	return c.start("kube-apiserver", args...)
}

func (c *Cluster) startControllerManager() error {
	return c.start("kube-controller-manager",
		"--kubeconfig="+c.partKubeconfig("kube-controller-manager"),
		"--secure-port=0",
		"--leader-elect=false",
		"--use-service-account-credentials=true",
		"--service-account-private-key-file="+c.key("service-accounts"),
		"--root-ca-file="+c.cert("ca"), // else pods cannot verify the API server
		"--cluster-signing-cert-file="+c.cert("ca"),
		"--cluster-signing-key-file="+c.key("ca"),
		"--node-monitor-grace-period=20s", // a dead node shows within a test's patience
		"--profiling=false",
	)
}

func (c *Cluster) startScheduler() error {
	return c.start("kube-scheduler", "--kubeconfig="+c.partKubeconfig("kube-scheduler"), "--secure-port=0", "--leader-elect=false",
		"--profiling=false")
}

func (c *Cluster) client() (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", c.kubeconfig())
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	config.Timeout = 5 * time.Second
	return kubernetes.NewForConfig(config)
}

func (c *Cluster) apiServerReady(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// allowDNS lets CoreDNS watch what it answers about.
func (c *Cluster) allowDNS(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	watch := []string{"list", "watch"}
	role := &rbac.ClusterRole{ObjectMeta: meta.ObjectMeta{Name: "system:coredns"}, Rules: []rbac.PolicyRule{
		{Verbs: watch, APIGroups: []string{""}, Resources: []string{"services", "pods", "namespaces"}},
		{Verbs: watch, APIGroups: []string{"discovery.k8s.io"}, Resources: []string{"endpointslices"}},
	}}
	if _, err := client.RbacV1().ClusterRoles().Create(ctx, role, meta.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	binding := &rbac.ClusterRoleBinding{
		ObjectMeta: meta.ObjectMeta{Name: "system:coredns"},
		RoleRef:    rbac.RoleRef{APIGroup: rbac.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbac.Subject{{APIGroup: rbac.GroupName, Kind: rbac.UserKind, Name: "system:coredns"}},
	}
	if _, err := client.RbacV1().ClusterRoleBindings().Create(ctx, binding, meta.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	return nil
}
