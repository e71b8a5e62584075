package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	bridge     = "chatcli0"
	nodeIP     = "10.244.0.1" // the bridge: the node, the DNS server and the way from pods to this machine
	podRange   = "10.244.0.0/24"
	firstPodIP = "10.244.0.10"
)

// kernelSettings are what kubelet and kube-proxy change on the whole machine. `down` puts them back.
var kernelSettings = []string{
	"net/ipv4/ip_forward", "net/ipv4/conf/all/route_localnet",
	"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes",
}

// makeNetwork gives the node an address before the kubelet asks for it. The bridge carries the state directory's name, so that
// another cluster on this machine is recognised.
func (c *Cluster) makeNetwork() error {
	c.Sysctls = map[string]string{}
	for _, setting := range kernelSettings {
		if raw, err := os.ReadFile(filepath.Join("/proc/sys", setting)); err == nil {
			c.Sysctls[setting] = strings.TrimSpace(string(raw))
		}
	}
	if err := c.save(); err != nil {
		return err
	}
	for _, step := range [][]string{
		{"ip", "link", "add", bridge, "type", "bridge"},
		{"ip", "link", "set", bridge, "alias", c.dir},
		{"ip", "address", "add", nodeIP + "/24", "dev", bridge},
		{"ip", "link", "set", bridge, "up"},
	} {
		if err := run(step...); err != nil {
			return err
		}
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644)
}

// canHaveNode refuses to share a machine with another node: both would rewrite the same nftables table.
func canHaveNode() error {
	if os.Getuid() != 0 {
		return hint{"a node needs root", "run it with sudo -E, or use: cluster up --control-plane-only"}
	}
	alias, err := os.ReadFile("/sys/class/net/" + bridge + "/ifalias")
	if err == nil {
		other := strings.TrimSpace(string(alias))
		return hint{fmt.Sprintf("another full cluster owns the bridge %s; its state is in %s", bridge, other),
			fmt.Sprintf("stop it first: CHATCLI_CLUSTER_DIR=%s cluster down", other)}
	}
	tables, err := exec.Command("nft", "list", "tables").Output()
	if err != nil {
		return fmt.Errorf("nft list tables: %w", err)
	}
	if strings.Contains(string(tables), "table ip kube-proxy") {
		return hint{"this machine is a Kubernetes node already: it has an nftables table kube-proxy", "use that cluster: CHATCLI_TEST_KUBECONFIG"}
	}
	return nil
}

// removeNetwork undoes makeNetwork and what kube-proxy wrote. Leftovers of a network that was never complete are no error.
func (c *Cluster) removeNetwork() error {
	alias, err := os.ReadFile("/sys/class/net/" + bridge + "/ifalias")
	if err == nil && strings.TrimSpace(string(alias)) == c.dir {
		if err := run("ip", "link", "delete", bridge); err != nil {
			return err
		}
	}
	if c.Sysctls == nil {
		return nil
	}
	for _, family := range []string{"ip", "ip6"} {
		_ = run("nft", "delete", "table", family, "kube-proxy")
	}
	for setting, before := range c.Sysctls {
		if err := os.WriteFile(filepath.Join("/proc/sys", setting), []byte(before), 0o644); err != nil {
			say("cannot put %s back to %s: %v", setting, before, err)
		}
	}
	return nil
}

// removeCgroups deletes the empty groups of pods that are gone, innermost first, in every hierarchy.
func removeCgroups() {
	roots, _ := filepath.Glob("/sys/fs/cgroup/*/kubepods")
	roots = append(roots, "/sys/fs/cgroup/kubepods")
	for _, root := range roots {
		var groups []string
		_ = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
		for i := len(groups) - 1; i >= 0; i-- {
			_ = syscall.Rmdir(groups[i])
		}
	}
}

func run(command ...string) error {
	output, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		return hint{command[0] + " is not installed", "run this through the script tests/cluster/cluster, which installs what is missing"}
	}
	if err != nil {
		return fmt.Errorf("%s: %s", strings.Join(command, " "), strings.TrimSpace(string(output)))
	}
	return nil
}
