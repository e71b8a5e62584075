// Command cluster is a whole Kubernetes cluster in one program: etcd, the control plane, a node, DNS and an image registry.
//
// In: a subcommand, and the state directory named by CHATCLI_CLUSTER_DIR. Out: a running cluster that outlives this process, its
// kubeconfig path on stdout, progress on stderr. The name it is called by selects a part (a link named etcd is etcd), so every part
// is the upstream code and nothing is downloaded at run time. Never: touches another container runtime, kubeconfig or cluster on the
// machine, or ends a process it did not start.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	name := filepath.Base(os.Args[0])
	if _, isPart := parts[name]; !isPart && len(os.Args) > 1 {
		if _, isPart := parts[os.Args[1]]; isPart {
			os.Args = os.Args[1:]
			name = os.Args[0]
		}
	}
	if run, isPart := parts[name]; isPart {
		os.Exit(run())
	}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := commands().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		var hinted hint
		if errors.As(err, &hinted) {
			fmt.Fprintln(os.Stderr, "hint:", hinted.way)
		}
		os.Exit(1)
	}
}

// hint is an error that knows the way out.
type hint struct {
	problem string
	way     string
}

func (h hint) Error() string { return h.problem }

// say tells the person waiting what happens now. stdout is kept for results.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "cluster: "+format+"\n", args...)
}
