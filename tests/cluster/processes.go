package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"time"
)

// process is one we started, known by its pid and start time: a pid alone may belong to somebody else by now.
type process struct {
	name    string
	pid     int
	started string
}

// start runs a part of this program detached from the terminal, so that it outlives us and a Ctrl-C meant for us.
func (c *Cluster) start(part string, args ...string) error {
	return c.startIn(&syscall.SysProcAttr{Setsid: true}, part, args...)
}

func (c *Cluster) startIn(attributes *syscall.SysProcAttr, part string, args ...string) error {
	log, err := os.OpenFile(c.log(part), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(filepath.Join(c.Built, part), args...)
	command.Dir = c.dir
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = attributes
	if err := command.Start(); err != nil {
		return fmt.Errorf("start %s: %w", part, err)
	}
	started, err := startTime(command.Process.Pid)
	if err != nil {
		return err
	}
	// reaped here, or a part that dies early would look alive to us as a zombie
	go command.Wait()
	return os.WriteFile(c.path("pids", part), fmt.Appendf(nil, "%d %s\n", command.Process.Pid, started), 0o600)
}

func (c *Cluster) log(part string) string { return c.path("logs", part+".log") }

func (c *Cluster) processes() []process {
	files, _ := filepath.Glob(c.path("pids", "*"))
	var all []process
	for _, file := range files {
		if p, found := readProcess(file); found {
			all = append(all, p)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].name < all[j].name })
	return all
}

// readProcess reads a file named after a process, which holds its pid and start time.
func readProcess(file string) (process, bool) {
	p := process{name: filepath.Base(file)}
	raw, _ := os.ReadFile(file)
	n, _ := fmt.Sscan(string(raw), &p.pid, &p.started)
	return p, n == 2
}

func (c *Cluster) process(name string) (process, bool) {
	for _, p := range c.processes() {
		if p.name == name {
			return p, p.isRunning()
		}
	}
	return process{}, false
}

func (p process) isRunning() bool {
	started, err := startTime(p.pid)
	return err == nil && started == p.started
}

func (p process) signal(signal syscall.Signal) {
	if p.isRunning() {
		_ = syscall.Kill(p.pid, signal)
	}
}

// stop asks, waits, and then insists. Nothing is lost by insisting: the state directory goes next.
func stop(patience time.Duration, processes ...process) error {
	for _, p := range processes {
		p.signal(syscall.SIGTERM)
	}
	for _, insist := range []bool{false, true} {
		deadline := time.Now().Add(patience)
		for time.Now().Before(deadline) {
			if !anyRunning(processes) {
				return nil
			}
			time.Sleep(20 * time.Millisecond)
		}
		for _, p := range processes {
			if !insist {
				p.signal(syscall.SIGKILL)
			}
		}
		patience = 10 * time.Second
	}
	return fmt.Errorf("processes do not end: %v", processes)
}

func anyRunning(processes []process) bool {
	for _, p := range processes {
		if p.isRunning() {
			return true
		}
	}
	return false
}

// startTime is field 22 of /proc/<pid>/stat. A zombie counts as gone.
func startTime(pid int) (string, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// the second field is the name in parentheses and may hold spaces
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return "", os.ErrProcessDone
	}
	return fields[19], nil
}

// until polls a condition. It ends early, with the log's last lines, when a part of the cluster has died: waiting on would only hide why.
func (c *Cluster) until(ctx context.Context, what string, patience time.Duration, condition func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		attempt, done := context.WithTimeout(ctx, 5*time.Second)
		last := condition(attempt)
		done()
		if last == nil {
			return nil
		}
		for _, p := range c.processes() {
			if !p.isRunning() {
				return fmt.Errorf("%s ended while waiting for %s; the end of its log:\n%s", p.name, what, tail(c.log(p.name), 8))
			}
		}
		select {
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("no %s after %s: %w", what, patience, last)
			}
			return context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func tail(path string, lines int) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimRight(string(raw), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
