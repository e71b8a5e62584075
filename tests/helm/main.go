// Command helm writes and reads the history of a Helm release with Helm's own code, so that tests meet the format Helm really uses.
//
//	helm write NAMESPACE RELEASE < revisions.json   one revision per manifest of {"manifests": [...]}; the last one is deployed
//	helm history NAMESPACE RELEASE                  what `helm history -o json` would know, and each revision's manifest
//
// It reaches the cluster of KUBECONFIG. It renders no chart and changes no other object.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage"
	"helm.sh/helm/v3/pkg/storage/driver"
	helmtime "helm.sh/helm/v3/pkg/time"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

type revision struct {
	Version     int    `json:"version"`
	Status      string `json:"status"`
	Description string `json:"description"`
	Manifest    string `json:"manifest"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: helm write|history NAMESPACE RELEASE")
	}
	store, err := open(args[1])
	if err != nil {
		return err
	}
	switch args[0] {
	case "write":
		return write(store, args[1], args[2])
	case "history":
		return history(store, args[2])
	}
	return fmt.Errorf("unknown command %q", args[0])
}

func open(namespace string) (*storage.Storage, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	return storage.Init(driver.NewSecrets(client.CoreV1().Secrets(namespace))), nil
}

func write(store *storage.Storage, namespace, name string) error {
	var input struct {
		Manifests []string `json:"manifests"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		return err
	}
	now := helmtime.Now()
	for index, manifest := range input.Manifests {
		status := release.StatusSuperseded
		if index == len(input.Manifests)-1 {
			status = release.StatusDeployed
		}
		err := store.Create(&release.Release{
			Name:      name,
			Namespace: namespace,
			Version:   index + 1,
			Manifest:  manifest,
			Config:    map[string]interface{}{"replicas": 1},
			Chart:     &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: name, Version: "0.1.0"}},
			Info:      &release.Info{FirstDeployed: now, LastDeployed: now, Status: status, Description: "Install complete"},
			Hooks:     []*release.Hook{{Name: "migrate", Kind: "Job", Events: []release.HookEvent{release.HookPostRollback}}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func history(store *storage.Storage, name string) error {
	releases, err := store.History(name)
	if err != nil {
		return err
	}
	revisions := make([]revision, 0, len(releases))
	for _, one := range releases {
		revisions = append(revisions, revision{one.Version, one.Info.Status.String(), one.Info.Description, one.Manifest})
	}
	return json.NewEncoder(os.Stdout).Encode(revisions)
}
