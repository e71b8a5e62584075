package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

const (
	startKubelet = syscall.SIGUSR1
	stopKubelet  = syscall.SIGUSR2
)

// privateDirs are paths that containerd, its shims, CNI and the kubelet have compiled in. Each gets an empty file system only the
// node sees, so that another container runtime on the machine is not disturbed and nothing is left behind.
var privateDirs = []string{"/run/containerd", "/run/netns", "/var/lib/cni", "/var/lib/kubelet", "/var/log/pods", "/var/log/containers"}

// superviseNode is process 1 of the node: it keeps containerd running, and the kubelet while it is wanted.
//
// In: SIGUSR1 starts the kubelet, SIGUSR2 stops it, SIGTERM ends the node. As process 1 it also reaps what shims leave to it.
func superviseNode() int {
	c, err := loadFrom(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, startKubelet, stopKubelet, syscall.SIGTERM, syscall.SIGINT, syscall.SIGCHLD)
	if err := enterPrivateMounts(); err != nil {
		fmt.Fprintln(os.Stderr, "mounts of the node:", err)
		return 1
	}

	containerd := &service{c: c, name: "containerd", program: "containerd", args: []string{"--config", c.path("node", "containerd.toml")}, wanted: true}
	kubelet := &service{c: c, name: "kubelet", program: filepath.Join(c.Built, "kubelet"), args: c.kubeletArgs()}
	restart := time.NewTicker(500 * time.Millisecond)
	for {
		containerd.keep()
		kubelet.keep()
		select {
		case <-restart.C:
		case received := <-signals:
			switch received {
			case startKubelet:
				kubelet.wanted = true
			case stopKubelet:
				kubelet.wanted = false
			case syscall.SIGCHLD:
				reap(containerd, kubelet)
			default:
				return 0 // the kernel ends everything else in this namespace
			}
		}
	}
}

// enterPrivateMounts separates this mount namespace from the machine's, then shares it with the containers to come:
// kubelet and containerd must see each other's volumes.
func enterPrivateMounts() error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return err
	}
	if err := syscall.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		return fmt.Errorf("/proc: %w", err)
	}
	for _, dir := range privateDirs {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "mode=755"); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_SHARED, "")
}

// service is a program that is started again when it ends, as an init system would, at most twice a second.
type service struct {
	c       *Cluster
	name    string
	program string
	args    []string
	wanted  bool
	asked   bool // a stop was requested of the running process
	process *os.Process
	since   time.Time
}

func (s *service) keep() {
	switch {
	case s.wanted && s.process == nil && time.Since(s.since) > 500*time.Millisecond:
		s.start()
	case !s.wanted && s.process != nil && !s.asked:
		s.asked = true
		_ = s.process.Signal(syscall.SIGTERM)
	}
}

func (s *service) start() {
	s.since, s.asked = time.Now(), false
	log, err := os.OpenFile(s.c.log(s.name), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer log.Close()
	program, err := exec.LookPath(s.program)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	silence, err := os.Open(os.DevNull)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer silence.Close()
	// not exec.Cmd: its Wait would compete with reap for the exit status
	s.process, err = os.StartProcess(program, append([]string{program}, s.args...), &os.ProcAttr{
		Dir: s.c.dir, Env: os.Environ(), Files: []*os.File{silence, log, log}, Sys: &syscall.SysProcAttr{Setsid: true},
	})
	if err != nil {
		s.process = nil
		fmt.Fprintf(os.Stderr, "start %s: %v\n", s.name, err)
	}
}

func reap(services ...*service) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err != nil || pid <= 0 {
			return
		}
		for _, s := range services {
			if s.process != nil && s.process.Pid == pid {
				fmt.Fprintf(os.Stderr, "%s ended with status %d, signal %d\n", s.name, status.ExitStatus(), status.Signal())
				_ = s.process.Release()
				s.process = nil
			}
		}
	}
}
