package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// up gives a cluster that works: the running one when it is healthy, else a new one. Whatever it started is gone again when it fails
// or is interrupted.
func up(ctx context.Context, kind Kind, controllerManager bool) (*Cluster, error) {
	release, err := lock()
	if err != nil {
		return nil, err
	}
	defer release()

	c, err := load()
	switch {
	case err == nil && c.Kind == kind && c.isHealthy(ctx):
		if err := c.reuse(ctx); err == nil {
			return c, nil
		}
		say("the running cluster does not recover; starting over")
	case err == nil && c.Kind != kind && c.isHealthy(ctx):
		return nil, hint{fmt.Sprintf("a %s cluster runs from %s", c.Kind, c.dir), "name another state directory with CHATCLI_CLUSTER_DIR, or stop it: cluster down"}
	case err == nil:
		say("cleaning up after a cluster that is not alive")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c != nil {
		if err := c.remove(); err != nil {
			return nil, err
		}
	}

	if kind == Full {
		if err := canHaveNode(); err != nil {
			return nil, err
		}
	}
	c, err = create(kind, controllerManager)
	if err != nil {
		return nil, err
	}
	begin := time.Now()
	if kind == Full {
		err = c.startFull(ctx)
	} else {
		err = c.startControlPlane(ctx)
	}
	if err == nil {
		err = os.WriteFile(c.readyMark(), nil, 0o600)
	}
	if err != nil {
		if ctx.Err() == nil {
			c.keepLogs()
		}
		return nil, errors.Join(err, c.remove())
	}
	_ = os.RemoveAll(c.keptLogs())
	say("ready after %.1f s", time.Since(begin).Seconds())
	return c, nil
}

func (c *Cluster) readyMark() string { return c.path("ready") }

// isHealthy is false for a cluster whose start was cut short, whose parts died or whose API server does not answer.
func (c *Cluster) isHealthy(ctx context.Context) bool {
	if _, err := os.Stat(c.readyMark()); err != nil {
		return false
	}
	for _, p := range c.processes() {
		if !p.isRunning() {
			return false
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return c.apiServerReady(ctx) == nil
}

// reuse brings back what a test may have left broken.
func (c *Cluster) reuse(ctx context.Context) error {
	self, err := os.Executable()
	if err == nil && !strings.HasPrefix(self, c.Built+"/") {
		say("reusing a cluster that another build started; `cluster down` first for a new one")
	}
	if c.Kind == ControlPlane {
		return nil
	}
	c.awaitNodeFault(ctx)
	if err := c.setKubelet(ctx, true); err != nil {
		return err
	}
	return c.waitForNode(ctx)
}

// awaitNodeFault lets a test finish that stopped the node on purpose: starting the kubelet under it would fake its result. A test that
// died, or takes longer than any should, is not waited for.
func (c *Cluster) awaitNodeFault(ctx context.Context) {
	for begin := time.Now(); time.Since(begin) < 3*time.Minute && ctx.Err() == nil; time.Sleep(200 * time.Millisecond) {
		culprit, stopped := c.nodeStopper()
		if !stopped || !culprit.isRunning() {
			return
		}
		if time.Since(begin) < 200*time.Millisecond {
			say("process %d stopped the node; waiting until it starts it again or ends", culprit.pid)
		}
	}
}

func (c *Cluster) startControlPlane(ctx context.Context) error {
	say("starting an API server in %s", c.dir)
	if err := c.makeIdentities(); err != nil {
		return err
	}
	if err := c.startEtcd(); err != nil {
		return err
	}
	if err := c.startAPIServer(); err != nil {
		return err
	}
	if err := c.until(ctx, "ready API server", 2*time.Minute, c.apiServerReady); err != nil {
		return err
	}
	if c.ControllerManager {
		return c.startControllerManager()
	}
	return nil
}

// startFull overlaps what can overlap: while the API server comes up, the images reach the registry and the node's containerd.
func (c *Cluster) startFull(ctx context.Context) error {
	say("starting a cluster with one node in %s", c.dir)
	if err := c.makeIdentities(); err != nil {
		return err
	}
	if err := c.makeNetwork(); err != nil {
		return err
	}
	for _, begin := range []func() error{c.startEtcd, c.startAPIServer, c.startRegistry, c.startNode} {
		if err := begin(); err != nil {
			return err
		}
	}
	if err := c.until(ctx, "answering registry", time.Minute, c.registryAnswers); err != nil {
		return err
	}
	if err := c.pushOwnImages(ctx); err != nil {
		return err
	}
	if err := c.until(ctx, "answering containerd", time.Minute, c.containerdReady); err != nil {
		return err
	}
	for _, image := range []string{"pause:v1", "app:v1", "app:v2"} {
		if err := c.pull(ctx, c.registry()+"/"+image); err != nil {
			return fmt.Errorf("pull %s: %w", image, err)
		}
	}
	if err := c.until(ctx, "ready API server", 2*time.Minute, c.apiServerReady); err != nil {
		return err
	}
	if err := c.allowDNS(ctx); err != nil {
		return err
	}
	for _, begin := range []func() error{c.startControllerManager, c.startScheduler, c.startProxy, c.startDNS} {
		if err := begin(); err != nil {
			return err
		}
	}
	if err := c.setKubelet(ctx, true); err != nil {
		return err
	}
	return c.waitForNode(ctx)
}

func (c *Cluster) waitForNode(ctx context.Context) error {
	if err := c.until(ctx, "ready node", 2*time.Minute, c.nodeReady); err != nil {
		return err
	}
	return c.until(ctx, "cluster DNS and Services", time.Minute, c.servicesAnswer)
}

// down ends a cluster and deletes everything it left on the machine. Not finding one is success.
func down() error {
	release, err := lock()
	if err != nil {
		return err
	}
	defer release()
	c, err := load()
	if errors.Is(err, errNoCluster) {
		return nil
	}
	if err != nil {
		return err
	}
	return c.remove()
}

// remove stops clients before servers, or each would wait for its watches to end; then undoes the node's traces.
func (c *Cluster) remove() error {
	if node, alive := c.process("node-supervisor"); alive {
		// not asked: everything inside goes with it, and pods have nothing worth saving
		node.signal(syscall.SIGKILL)
		if err := stop(10*time.Second, node); err != nil {
			return err
		}
	}
	var clients, servers []process
	for _, p := range c.processes() {
		if p.name == "kube-apiserver" || p.name == "etcd" {
			servers = append(servers, p)
		} else {
			clients = append(clients, p)
		}
	}
	if err := stop(3*time.Second, clients...); err != nil {
		return err
	}
	if err := stop(2*time.Second, servers...); err != nil {
		return err
	}
	if c.Kind == Full {
		removeCgroups()
		if err := c.removeNetwork(); err != nil {
			return err
		}
	}
	return os.RemoveAll(c.dir)
}

// keepLogs saves the logs of a start that failed from the clean-up, for the person who will ask why.
func (c *Cluster) keepLogs() {
	_ = os.RemoveAll(c.keptLogs())
	if os.Rename(c.path("logs"), c.keptLogs()) == nil {
		say("the logs of this attempt are in %s", c.keptLogs())
	}
}

func (c *Cluster) keptLogs() string { return c.dir + ".failed-logs" }
