// Command server stands in for the ChatCLI server: its command line, its protocol, its TLS and its token, and no model behind it.
//
// In: `chatcli server` with the flags and variables that an Instance's pod has. Out: chatcli.v1 over gRPC and /metrics over HTTP. What an
// RPC answers is CHATCLI_ANSWER_<RPC> as JSON, such as CHATCLI_ANSWER_GetAlerts; without it an empty message. CHATCLI_ANSWER_FILE_<RPC>
// names a file with it. How long it takes is CHATCLI_DELAY_<RPC>; CHATCLI_RECORD names a file with every call. Never: starts with a
// configuration that the real one refuses.
package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
	"sigs.k8s.io/yaml"
)

// settings are the flags of `chatcli server` that an Instance may set.
type settings struct {
	port, metricsPort          int
	provider, model            string
	tlsCert, tlsKey            string
	mcpConfig, watchConfig     string
	watchDeployment            string
	watchNamespace             string
	watchInterval, watchWindow time.Duration
	watchMaxLogLines           int
}

func main() {
	log.SetFlags(log.Ldate | log.Ltime | log.Lmicroseconds | log.LUTC)
	var s settings
	server := &cobra.Command{
		Use:  "server",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return serve(&s) },
	}
	flags := server.Flags()
	flags.IntVar(&s.port, "port", 50051, "gRPC port")
	flags.IntVar(&s.metricsPort, "metrics-port", 9090, "metrics port; 0: none")
	flags.StringVar(&s.provider, "provider", os.Getenv("LLM_PROVIDER"), "model provider")
	flags.StringVar(&s.model, "model", os.Getenv("LLM_MODEL"), "model")
	flags.StringVar(&s.tlsCert, "tls-cert", "", "certificate")
	flags.StringVar(&s.tlsKey, "tls-key", "", "its key")
	flags.StringVar(&s.mcpConfig, "mcp-config", "", "MCP servers, JSON")
	flags.StringVar(&s.watchConfig, "watch-config", "", "watch targets, YAML")
	flags.StringVar(&s.watchDeployment, "watch-deployment", "", "single watch target")
	flags.StringVar(&s.watchNamespace, "watch-namespace", "", "its namespace")
	flags.DurationVar(&s.watchInterval, "watch-interval", 30*time.Second, "time between two collections")
	flags.DurationVar(&s.watchWindow, "watch-window", 2*time.Hour, "how far back it looks")
	flags.IntVar(&s.watchMaxLogLines, "watch-max-log-lines", 100, "log lines per pod")
	root := &cobra.Command{Use: "chatcli", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(server)
	if err := root.Execute(); err != nil {
		log.Fatalf("fatal: %v", err)
	}
}

func serve(s *settings) error {
	watched, err := s.watched()
	if err != nil {
		return err
	}
	if s.mcpConfig != "" {
		if err := checkMCP(s.mcpConfig); err != nil {
			return err
		}
	}
	calls, err := newRecord()
	if err != nil {
		return err
	}
	options := []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(
			calls.arrival, validated,
			authorized(os.Getenv("CHATCLI_SERVER_TOKEN"), os.Getenv("CHATCLI_JWT_SECRET") != ""), calls.handling,
		),
		grpc.MaxRecvMsgSize(largest("CHATCLI_MAX_RECV_MSG_SIZE")),
		grpc.MaxSendMsgSize(largest("CHATCLI_MAX_SEND_MSG_SIZE")),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 20 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 60 * time.Second, Timeout: 10 * time.Second}),
	}
	if s.tlsCert != "" || s.tlsKey != "" {
		pair, err := tls.LoadX509KeyPair(s.tlsCert, s.tlsKey)
		if err != nil {
			return fmt.Errorf("cannot use the certificate: %w", err)
		}
		options = append(options, grpc.Creds(credentials.NewTLS(&tls.Config{
			Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13,
		})))
	}
	service, err := newService(s, watched)
	if err != nil {
		return err
	}
	server := grpc.NewServer(options...)
	server.RegisterService(service, nil)

	listener, err := net.Listen("tcp", net.JoinHostPort(bindAddress(), strconv.Itoa(s.port)))
	if err != nil {
		return err
	}
	if s.metricsPort > 0 {
		go func() { log.Print(http.ListenAndServe(fmt.Sprintf(":%d", s.metricsPort), metrics())) }()
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-ctx.Done()
		log.Print("told to end")
		// a stream that never ends must not outlive the pod's grace
		time.AfterFunc(10*time.Second, server.Stop)
		server.GracefulStop()
	}()
	log.Printf("listening on %s, provider %s, %d watch targets", listener.Addr(), s.provider, watched)
	return server.Serve(listener)
}

// largest is a limit of messages in bytes.
func largest(variable string) int {
	if limit, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return limit
	}
	return 50 << 20
}

// bindAddress is every interface inside a pod, and loopback elsewhere.
func bindAddress() string {
	if address := os.Getenv("CHATCLI_BIND_ADDRESS"); address != "" {
		return address
	}
	if os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		return "0.0.0.0"
	}
	return "127.0.0.1"
}

func metrics() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "chatcli_up 1") })
	return mux
}

// watched counts the watch targets, and refuses what the real server refuses.
func (s *settings) watched() (int, error) {
	if s.watchConfig == "" {
		if s.watchDeployment != "" {
			return 1, nil
		}
		return 0, nil
	}
	content, err := os.ReadFile(s.watchConfig)
	if err != nil {
		return 0, err
	}
	var config struct {
		Interval, Window string
		Targets          []struct{ Deployment, Kind, Namespace string }
	}
	if err := yaml.Unmarshal(content, &config); err != nil {
		return 0, fmt.Errorf("%s: %w", s.watchConfig, err)
	}
	for _, duration := range []string{config.Interval, config.Window} {
		if duration == "" {
			continue
		}
		if _, err := time.ParseDuration(duration); err != nil {
			return 0, err
		}
	}
	for _, target := range config.Targets {
		if target.Deployment == "" {
			return 0, errors.New("a watch target has no deployment")
		}
		if !slices.Contains([]string{"", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}, target.Kind) {
			return 0, fmt.Errorf("watch target %s has the unknown kind %s", target.Deployment, target.Kind)
		}
	}
	if len(config.Targets) == 0 {
		return 0, errors.New("no watch targets")
	}
	return len(config.Targets), nil
}

func checkMCP(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var config struct {
		Servers []struct{ Name, Transport string } `json:"mcpServers"`
	}
	if err := json.Unmarshal(content, &config); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, server := range config.Servers {
		if server.Name == "" || !slices.Contains([]string{"stdio", "sse"}, server.Transport) {
			return fmt.Errorf("%s: an MCP server without name or with transport %q", path, server.Transport)
		}
	}
	return nil
}
