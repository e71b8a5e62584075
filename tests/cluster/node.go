package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const nodeName = "chatcli-node"

// startNode starts the supervisor of containerd and kubelet in its own process and mount namespaces. When it dies the kernel ends
// every container and undoes every mount, however the end came: nothing of a node has to be cleaned up by hand.
func (c *Cluster) startNode() error {
	for file, content := range map[string]string{
		c.path("node", "containerd.toml"):                     c.containerdConfig(),
		c.path("node", "registries", "ghcr.io", "hosts.toml"): c.mirrorConfig(),
		c.path("node", "kubelet.yaml"):                        c.kubeletConfig(),
		c.path("node", "cni", "10-chatcli.conflist"):          c.cniConfig(),
		c.path("node", "kube-proxy.yaml"):                     c.proxyConfig(),
		c.path("node", "Corefile"):                            c.corefile(),
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			return err
		}
	}
	return c.startIn(&syscall.SysProcAttr{Setsid: true, Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}, "node-supervisor", c.dir)
}

func (c *Cluster) startProxy() error {
	return c.start("kube-proxy", "--config="+c.path("node", "kube-proxy.yaml"))
}

func (c *Cluster) startDNS() error {
	return c.start("coredns", "-conf="+c.path("node", "Corefile"))
}

func (c *Cluster) containerdSocket() string { return c.path("node", "containerd.sock") }

func (c *Cluster) containerdConfig() string {
	return fmt.Sprintf(`version = 2
root = %q
state = %q
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = %q
[plugins."io.containerd.internal.v1.opt"]
  path = %q
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "%s/pause:v1"
  # where the machine lacks CAP_SYS_RESOURCE a sandbox cannot lower its OOM score and dies with "can't get final child's PID from pipe: EOF"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = %q
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = %q
    conf_dir = %q
  [plugins."io.containerd.grpc.v1.cri".containerd]
    default_runtime_name = "runc"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
`, c.path("node", "containerd"), c.path("node", "run"), c.containerdSocket(), c.path("node", "opt"), c.registry(), c.path("node", "registries"), cniPlugins(), c.path("node", "cni"))
}

// mirrorConfig has our registry answer for the public one that ChatCLI servers come from, so that manifests run as they are written.
func (c *Cluster) mirrorConfig() string {
	return fmt.Sprintf(`server = "http://%[1]s"
[host."http://%[1]s"]
  capabilities = ["pull", "resolve"]
`, c.registry())
}

func cniPlugins() string {
	for _, dir := range []string{"/usr/lib/cni", "/opt/cni/bin", "/usr/libexec/cni"} {
		if _, err := os.Stat(filepath.Join(dir, "bridge")); err == nil {
			return dir
		}
	}
	return "/usr/lib/cni"
}

func (c *Cluster) cniConfig() string {
	return fmt.Sprintf(`{
  "cniVersion": "0.4.0",
  "name": "chatcli",
  "plugins": [
    {
      "type": "bridge", "bridge": %q, "isGateway": true, "hairpinMode": true,
      "ipam": {
        "type": "host-local", "dataDir": %q,
        "ranges": [[{"subnet": %q, "rangeStart": %q, "gateway": %q}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
`, bridge, c.path("node", "ipam"), podRange, firstPodIP, nodeIP)
}

func (c *Cluster) kubeletConfig() string {
	return fmt.Sprintf(`apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: %[1]s
port: %[2]d
healthzBindAddress: 127.0.0.1
healthzPort: %[3]d
containerRuntimeEndpoint: unix://%[4]s
podLogsDir: %[5]s
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: %[6]s}
authorization: {mode: Webhook}
clusterDomain: cluster.local
clusterDNS: [%[1]s]
resolvConf: ""            # a pod that needs the outside world is a mistake in a test
cgroupDriver: cgroupfs
failSwapOn: false
enforceNodeAllocatable: []
oomScoreAdj: 0
makeIPTablesUtilChains: false
# the machine's disk is not ours to judge: a nearly full one must neither evict pods nor delete their images
evictionHard: {memory.available: 50Mi, nodefs.available: "0%%", nodefs.inodesFree: "0%%", imagefs.available: "0%%", imagefs.inodesFree: "0%%"}
imageGCHighThresholdPercent: 100
maxPods: 200
serializeImagePulls: false
nodeStatusUpdateFrequency: 5s
nodeLeaseDurationSeconds: 20
featureGates: {KubeletCrashLoopBackOffMax: true}
crashLoopBackOff: {maxContainerRestartPeriod: 10s}   # five minutes by default: a test would only wait
`, nodeIP, c.Ports.Kubelet, c.Ports.KubeletHealth, c.containerdSocket(), c.path("node", "pod-logs"), c.cert("ca"))
}

func (c *Cluster) kubeletArgs() []string {
	return []string{"--config=" + c.path("node", "kubelet.yaml"), "--kubeconfig=" + c.partKubeconfig("kubelet"),
		"--root-dir=" + c.path("node", "kubelet"), "--hostname-override=" + nodeName, "--node-ip=" + nodeIP}
}

func (c *Cluster) proxyConfig() string {
	return fmt.Sprintf(`apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clientConnection: {kubeconfig: %s}
hostnameOverride: %s
clusterCIDR: %s
healthzBindAddress: 127.0.0.1:%d
metricsBindAddress: 127.0.0.1:%d
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0}
nftables:
  # pods share a bridge: without it an answer goes straight back to the caller, past the address translation, and is dropped
  masqueradeAll: true
  minSyncPeriod: 100ms
`, c.partKubeconfig("kube-proxy"), nodeName, podRange, c.Ports.ProxyHealth, c.Ports.ProxyMetrics)
}

// corefile answers for the cluster and denies that anything else exists. Tests must not depend on the outside world, and a refusal
// is faster than a time-out.
func (c *Cluster) corefile() string {
	return fmt.Sprintf(`.:53 {
    bind %s
    errors
    ready 127.0.0.1:%d
    cache 5
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig %s
        ttl 5
    }
    template ANY ANY {
        rcode NXDOMAIN
    }
}
`, nodeIP, c.Ports.DNSReady, c.partKubeconfig("coredns"))
}

func (c *Cluster) containerdReady(ctx context.Context) error {
	return exec.CommandContext(ctx, "ctr", "--address", c.containerdSocket(), "version").Run()
}

// setKubelet starts or stops the kubelet and returns when it has. The API server notices a stop some 20 s later.
func (c *Cluster) setKubelet(ctx context.Context, running bool) error {
	supervisor, alive := c.process("node-supervisor")
	if !alive {
		return errors.New("this cluster has no node")
	}
	if running {
		_ = os.Remove(c.stopMark())
		supervisor.signal(startKubelet)
		return c.until(ctx, "healthy kubelet", time.Minute, c.kubeletHealthy)
	}
	supervisor.signal(stopKubelet)
	return c.until(ctx, "stopped kubelet", time.Minute, func(ctx context.Context) error {
		if connection, err := net.DialTimeout("tcp", net.JoinHostPort(nodeIP, strconv.Itoa(c.Ports.Kubelet)), time.Second); err == nil {
			connection.Close()
			return errors.New("it still answers")
		}
		return nil
	})
}

func (c *Cluster) stopMark() string { return c.path("node", "stopped-by") }

// markStopper remembers who asked for a stopped node: the process that called us, usually a test.
func (c *Cluster) markStopper() error {
	started, err := startTime(os.Getppid())
	if err != nil {
		return err
	}
	return os.WriteFile(c.stopMark(), fmt.Appendf(nil, "%d %s\n", os.Getppid(), started), 0o600)
}

func (c *Cluster) nodeStopper() (process, bool) {
	return readProcess(c.stopMark())
}

func (c *Cluster) kubeletHealthy(ctx context.Context) error {
	return answers(ctx, fmt.Sprintf("http://127.0.0.1:%d/healthz", c.Ports.KubeletHealth))
}

// nodeReady is true when a pod created now would start: the node is Ready and pods get their service account.
func (c *Cluster) nodeReady(ctx context.Context) error {
	client, err := c.client()
	if err != nil {
		return err
	}
	node, err := client.CoreV1().Nodes().Get(ctx, nodeName, meta.GetOptions{})
	if err != nil {
		return err
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == core.NodeReady && condition.Status != core.ConditionTrue {
			return errors.New(condition.Message)
		}
	}
	for _, taint := range node.Spec.Taints {
		return fmt.Errorf("the node is tainted %s", taint.Key)
	}
	_, err = client.CoreV1().ServiceAccounts(meta.NamespaceDefault).Get(ctx, "default", meta.GetOptions{})
	return err
}

// servicesAnswer asks DNS as a pod would, and takes the Service's address as kube-proxy set it up.
func (c *Cluster) servicesAnswer(ctx context.Context) error {
	if err := answers(ctx, fmt.Sprintf("http://127.0.0.1:%d/ready", c.Ports.DNSReady)); err != nil {
		return err
	}
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort(nodeIP, "53"))
	}}
	addresses, err := resolver.LookupHost(ctx, "kubernetes.default.svc.cluster.local.")
	if err != nil {
		return err
	}
	dialer := net.Dialer{Timeout: time.Second}
	connection, err := dialer.DialContext(ctx, "tcp", net.JoinHostPort(addresses[0], "443"))
	if err != nil {
		return err
	}
	return connection.Close()
}

func answers(ctx context.Context, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	return nil
}
