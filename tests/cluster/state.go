package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Kind says how much of a cluster there is.
type Kind string

const (
	// Full has a node: pods run, Services answer. One per machine, because it owns a bridge and an nftables table.
	Full Kind = "full"
	// ControlPlane is an API server without a node. Any number of them fit on a machine.
	ControlPlane Kind = "control-plane"
)

// Cluster is what later commands must know about a cluster. It is written to the state directory before anything starts, so that
// whatever happens next can be cleaned up from there.
type Cluster struct {
	Kind              Kind
	ControllerManager bool
	Built             string // directory of the program that started it
	Ports             Ports
	Sysctls           map[string]string // machine settings as they were before
	dir               string
}

type Ports struct {
	Etcd, EtcdPeer, APIServer, Kubelet, KubeletHealth, ProxyHealth, ProxyMetrics, Registry, DNSReady int
}

func stateDir() (string, error) {
	dir := os.Getenv("CHATCLI_CLUSTER_DIR")
	if dir == "" {
		base := os.Getenv("XDG_STATE_HOME")
		if base == "" {
			base = "/var/tmp"
		}
		dir = filepath.Join(base, "kubectl-chatcli-cluster")
	}
	return filepath.Abs(dir)
}

func (c *Cluster) path(parts ...string) string {
	return filepath.Join(append([]string{c.dir}, parts...)...)
}

func (c *Cluster) kubeconfig() string { return c.path("admin.kubeconfig") }
func (c *Cluster) auditLog() string   { return c.path("audit.log") }
func (c *Cluster) registry() string   { return fmt.Sprintf("127.0.0.1:%d", c.Ports.Registry) }

// apiServer is the address clients on this machine use.
func (c *Cluster) apiServer() string { return fmt.Sprintf("https://127.0.0.1:%d", c.Ports.APIServer) }

var errNoCluster = errors.New("no cluster in the state directory")

// load reads what `up` recorded. errNoCluster when nothing was started here.
func load() (*Cluster, error) {
	dir, err := stateDir()
	if err != nil {
		return nil, err
	}
	return loadFrom(dir)
}

func loadFrom(dir string) (*Cluster, error) {
	raw, err := os.ReadFile(filepath.Join(dir, "cluster.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoCluster
	}
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir}
	if err := json.Unmarshal(raw, c); err != nil {
		return nil, fmt.Errorf("%s/cluster.json: %w", dir, err)
	}
	return c, nil
}

// loadRunning is load for commands that need a cluster.
func loadRunning() (*Cluster, error) {
	c, err := load()
	if errors.Is(err, errNoCluster) {
		dir, _ := stateDir()
		return nil, hint{"no cluster runs from " + dir, "start one with: cluster up"}
	}
	return c, err
}

func (c *Cluster) save() error {
	raw, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.path("cluster.json"), raw, 0o600)
}

// create makes the state directory and picks ports.
func create(kind Kind, controllerManager bool) (*Cluster, error) {
	dir, err := stateDir()
	if err != nil {
		return nil, err
	}
	// sockets live below, and the kernel cuts their paths at 107 bytes
	if longest := filepath.Join(dir, "node", "containerd.sock.ttrpc"); kind == Full && len(longest) > 107 {
		return nil, hint{"the state directory's path is too long for sockets: " + dir, "set CHATCLI_CLUSTER_DIR to a shorter one"}
	}
	for _, sub := range []string{"", "pki", "pids", "logs", "users", "node", "registry"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
		return nil, fmt.Errorf("the state directory %s is not yours", dir)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &Cluster{Kind: kind, ControllerManager: controllerManager, Built: filepath.Dir(self), dir: dir}
	for _, port := range []*int{&c.Ports.Etcd, &c.Ports.EtcdPeer, &c.Ports.APIServer, &c.Ports.Kubelet, &c.Ports.KubeletHealth,
		&c.Ports.ProxyHealth, &c.Ports.ProxyMetrics, &c.Ports.Registry, &c.Ports.DNSReady} {
		if *port, err = freePort(); err != nil {
			return nil, err
		}
	}
	return c, c.save()
}

var taken = map[int]bool{}

// freePort avoids the kernel's ephemeral range and the node ports: a port from there could be taken again before its owner binds it.
func freePort() (int, error) {
	for range 200 {
		port := 20000 + rand.IntN(10000)
		if taken[port] {
			continue
		}
		listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
		if err != nil {
			continue
		}
		listener.Close()
		taken[port] = true
		return port, nil
	}
	return 0, errors.New("no free port between 20000 and 30000")
}

// lock serialises commands that change the cluster of one state directory. The lock lies beside it, because `down` deletes the
// directory; and the file is never removed, because a waiter could hold a lock on a name that is gone.
func lock() (release func(), err error) {
	dir, err := stateDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for waited := false; ; waited = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, err
		}
		if !waited {
			say("waiting for another cluster command on %s", dir)
		}
		time.Sleep(100 * time.Millisecond)
	}
}
