package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/cobra"
)

func commands() *cobra.Command {
	root := &cobra.Command{
		Use:           "cluster",
		Short:         "A real Kubernetes cluster on this machine, for tests",
		Long:          "A real Kubernetes cluster on this machine, for tests.\nIts state lies in CHATCLI_CLUSTER_DIR, or in kubectl-chatcli-cluster below XDG_STATE_HOME or /var/tmp.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(upCommand(), downCommand(), statusCommand(), envCommand(), userCommand(), imageCommand(), nodeCommand(), partsCommand())
	return root
}

func upCommand() *cobra.Command {
	var controlPlaneOnly, controllerManager bool
	command := &cobra.Command{
		Use:   "up",
		Short: "Start a cluster, or reuse the running one; prints the path of its kubeconfig",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			kind := Full
			if controlPlaneOnly {
				kind = ControlPlane
			}
			c, err := up(command.Context(), kind, controllerManager)
			if err != nil {
				return err
			}
			fmt.Println(c.kubeconfig())
			return nil
		},
	}
	command.Flags().BoolVar(&controlPlaneOnly, "control-plane-only", false, "etcd and kube-apiserver only: no node, no root needed")
	command.Flags().BoolVar(&controllerManager, "with-controller-manager", false, "add the controller manager to --control-plane-only")
	return command
}

func downCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "Stop the cluster and delete its state",
		Args:  cobra.NoArgs,
		RunE:  func(*cobra.Command, []string) error { return down() },
	}
}

func statusCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say what runs; exits 1 when the cluster is not usable",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadRunning()
			if err != nil {
				return err
			}
			fmt.Printf("%s cluster in %s\n", c.Kind, c.dir)
			for _, p := range c.processes() {
				state := "running"
				if !p.isRunning() {
					state = "dead"
				}
				fmt.Printf("  %-24s %-8s pid %d\n", p.name, state, p.pid)
			}
			if !c.isHealthy(command.Context()) {
				return errors.New("the cluster is not healthy")
			}
			if c.Kind == Full {
				if err := c.nodeReady(command.Context()); err != nil {
					return fmt.Errorf("the node is not ready: %w", err)
				}
				fmt.Println("  the node is Ready")
			}
			return nil
		},
	}
}

func envCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Print where things are, as KEY=VALUE",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			c, err := loadRunning()
			if err != nil {
				return err
			}
			fmt.Printf("KUBECONFIG=%s\nAPI_SERVER=%s\nAUDIT_LOG=%s\nSTATE_DIR=%s\nLOG_DIR=%s\nBIN_DIR=%s\nKIND=%s\n",
				c.kubeconfig(), c.apiServer(), c.auditLog(), c.dir, c.path("logs"), c.Built, c.Kind)
			if c.Kind == Full {
				fmt.Printf("REGISTRY=%[1]s\nAPP_IMAGE=%[1]s/app:v1\nNODE_NAME=%[2]s\nHOST_IP=%[3]s\n", c.registry(), nodeName, nodeIP)
			}
			return nil
		},
	}
}

func userCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "user NAME [GROUP...]",
		Short: "Make a kubeconfig for a user in groups; prints its path",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			c, err := loadRunning()
			if err != nil {
				return err
			}
			ca, err := c.authority()
			if err != nil {
				return err
			}
			// a file for each set of groups: tests that run side by side may want the same name in different ones
			path := c.path("users", url.PathEscape(strings.Join(args, "+"))+".kubeconfig")
			if err := ca.kubeconfigFor(path, args[0], args[1:]...); err != nil {
				return err
			}
			fmt.Println(path)
			return nil
		},
	}
}

func imageCommand() *cobra.Command {
	var nameAndTag string
	var from, entrypoint, env []string
	build := &cobra.Command{
		Use:   "build --from PROGRAM... --name NAME:TAG",
		Short: "Make an image of programs, with their libraries; prints the reference pods use",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			image, err := imageFrom(from, entrypoint, env...)
			if err != nil {
				return err
			}
			return publish(command, map[string]v1.Image{nameAndTag: image})
		},
	}
	build.Flags().StringArrayVar(&from, "from", nil, "a program, static or dynamically linked, one per flag; the first is the one that runs")
	build.Flags().StringVar(&nameAndTag, "name", "", "name and tag below the cluster's registry")
	build.Flags().StringArrayVar(&entrypoint, "entrypoint", nil, "the command to run, one word per flag (default: the first program)")
	build.Flags().StringArrayVar(&env, "env", nil, "KEY=VALUE in the image's environment")
	_ = build.MarkFlagRequired("from")
	_ = build.MarkFlagRequired("name")

	load := &cobra.Command{
		Use:   "load ARCHIVE...",
		Short: "Publish the images of `docker save` archives; prints their references",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(command *cobra.Command, archives []string) error {
			for _, archive := range archives {
				images, err := imagesIn(archive)
				if err != nil {
					return err
				}
				if err := publish(command, images); err != nil {
					return err
				}
			}
			return nil
		},
	}
	image := &cobra.Command{Use: "image", Short: "Images for the pods"}
	image.AddCommand(build, load)
	return image
}

// publish pushes images to the registry and has the node pull them.
func publish(command *cobra.Command, images map[string]v1.Image) error {
	c, err := loadRunning()
	if err != nil {
		return err
	}
	if c.Kind != Full {
		return errors.New("a cluster without a node has no images")
	}
	for nameAndTag, image := range images {
		reference, err := c.push(command.Context(), image, nameAndTag)
		if err != nil {
			return err
		}
		if err := c.pull(command.Context(), reference); err != nil {
			return err
		}
		fmt.Println(reference)
	}
	return nil
}

func nodeCommand() *cobra.Command {
	set := func(use, short string, running bool) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(command *cobra.Command, _ []string) error {
			c, err := loadRunning()
			if err != nil {
				return err
			}
			if !running && c.Kind == Full {
				if err := c.markStopper(); err != nil {
					return err
				}
			}
			return c.setKubelet(command.Context(), running)
		}}
	}
	node := &cobra.Command{Use: "node", Short: "Node faults"}
	node.AddCommand(
		set("stop", "Stop the kubelet: the node becomes NotReady some 20 s later, its containers keep running", false),
		set("start", "Start the kubelet again", true),
	)
	return node
}

// partsCommand lists the names this program answers to, for the script that makes the links.
func partsCommand() *cobra.Command {
	return &cobra.Command{Use: "parts", Hidden: true, Args: cobra.NoArgs, Run: func(*cobra.Command, []string) {
		var names []string
		for part := range parts {
			names = append(names, part)
		}
		slices.Sort(names)
		for _, part := range names {
			fmt.Fprintln(os.Stdout, part)
		}
	}}
}
