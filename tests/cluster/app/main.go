// Command app is the workload of the tests: a small HTTP server that misbehaves in exactly the way its flags say.
//
// In: flags, or their names as environment variables (--ready-after is APP_READY_AFTER). Out: GET / answers its version and host name,
// /ready and /live say whether it is well, and every failure is preceded by one log line that names its cause, as a decent program
// would. Never: fails in a way nobody asked for.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// behaviour is everything that can be asked of the app.
type behaviour struct {
	listen         string
	startDelay     time.Duration
	readyAfter     time.Duration
	unreadyBetween windows
	notLiveAfter   time.Duration
	latency        time.Duration
	errorRate      float64

	allocateMiB int
	leakMiB     float64
	burnCPU     float64

	requireEnv  list
	requireFile list

	dependOn        list
	dependencyFatal bool

	exitAfter     time.Duration
	exitCode      int
	exitMessage   string
	completeAfter time.Duration
	ignoreTerm    bool
	logEvery      time.Duration
	logLine       string
}

func main() {
	log.SetFlags(log.Ldate | log.Ltime | log.Lmicroseconds | log.LUTC)
	var b behaviour
	flag.StringVar(&b.listen, "listen", ":8080", "address of the HTTP server; empty: none")
	flag.DurationVar(&b.startDelay, "start-delay", 0, "wait this long before listening: a slow start")
	flag.DurationVar(&b.readyAfter, "ready-after", 0, "/ready answers 503 until this long after the start")
	flag.Var(&b.unreadyBetween, "unready-between", "/ready answers 503 between these two times after the start, such as 30s,35s; repeatable")
	flag.DurationVar(&b.notLiveAfter, "not-live-after", 0, "/live answers 503 from this long after the start")
	flag.DurationVar(&b.latency, "latency", 0, "answer / this late")
	flag.Float64Var(&b.errorRate, "error-rate", 0, "answer this share of requests to / with 500")
	flag.IntVar(&b.allocateMiB, "allocate-mib", 0, "hold this much memory from the start: a higher limit cures it")
	flag.Float64Var(&b.leakMiB, "leak-mib-per-second", 0, "leak memory without end: no limit cures it")
	flag.Float64Var(&b.burnCPU, "burn-cpu", 0, "keep this share of one CPU busy")
	flag.Var(&b.requireEnv, "require-env", "exit 1 unless this variable is set; repeatable")
	flag.Var(&b.requireFile, "require-file", "exit 1 unless this file is there; repeatable")
	flag.Var(&b.dependOn, "depend-on", "not ready while this URL does not answer 2xx; repeatable")
	flag.BoolVar(&b.dependencyFatal, "dependency-fatal", false, "exit 1 when a dependency does not answer, instead of being not ready")
	flag.DurationVar(&b.exitAfter, "exit-after", 0, "exit with --exit-code after this time")
	flag.IntVar(&b.exitCode, "exit-code", 1, "with --exit-after")
	flag.StringVar(&b.exitMessage, "exit-message", "fatal: giving up as asked", "logged before the exit of --exit-after")
	flag.DurationVar(&b.completeAfter, "complete-after", 0, "exit 0 after this time: a job that completes")
	flag.BoolVar(&b.ignoreTerm, "ignore-term", false, "do not end on SIGTERM")
	flag.DurationVar(&b.logEvery, "log-every", 0, "write --log-line this often")
	flag.StringVar(&b.logLine, "log-line", "still here", "with --log-every")
	get := flag.String("get", "", "ask this URL once, print the answer and exit: curl, for exec into an image without a shell")
	flag.Parse()
	if *get != "" {
		os.Exit(printAnswer(*get))
	}
	fromEnvironment()

	if err := run(&b); err != nil {
		log.Print(err)
		var exit exitCode
		if errors.As(err, &exit) {
			os.Exit(exit.code)
		}
		os.Exit(1)
	}
}

// exitCode is an end that was asked for.
type exitCode struct {
	code    int
	message string
}

func (e exitCode) Error() string { return e.message }

func run(b *behaviour) error {
	log.Printf("app %s starts", version())
	for _, name := range b.requireEnv {
		if os.Getenv(name) == "" {
			return fmt.Errorf("fatal: environment variable %s is not set", name)
		}
	}
	for _, path := range b.requireFile {
		if _, err := os.ReadFile(path); err != nil {
			return fmt.Errorf("fatal: cannot read the configuration: %w", err)
		}
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	if b.ignoreTerm {
		stop()
		signal.Ignore(syscall.SIGTERM)
		ctx = context.Background()
	}
	start := time.Now()
	end := make(chan error, 4)

	hold(b.allocateMiB)
	go leak(b.leakMiB)
	go burn(b.burnCPU)
	go repeat(b.logEvery, b.logLine)
	after(b.exitAfter, func() { end <- exitCode{b.exitCode, b.exitMessage} })
	after(b.completeAfter, func() { log.Print("done"); end <- nil })

	select {
	case <-time.After(b.startDelay):
	case err := <-end:
		return err
	case <-ctx.Done():
		return nil
	}
	dependencies := watch(b.dependOn, func(err error) {
		if b.dependencyFatal {
			end <- fmt.Errorf("fatal: %w", err)
		}
	})
	server := &http.Server{Addr: b.listen, Handler: handler(b, start, dependencies)}
	if b.listen != "" {
		go func() {
			if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
				end <- fmt.Errorf("fatal: %w", err)
			}
		}()
		log.Printf("listening on %s", b.listen)
	}
	select {
	case err := <-end:
		return err
	case <-ctx.Done():
		log.Print("told to end")
		patience, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(patience)
		return nil
	}
}

func version() string {
	if v := os.Getenv("APP_VERSION"); v != "" {
		return v
	}
	return "dev"
}

func after(wait time.Duration, do func()) {
	if wait > 0 {
		time.AfterFunc(wait, do)
	}
}

func repeat(every time.Duration, line string) {
	if every <= 0 {
		return
	}
	for range time.Tick(every) {
		log.Print(line)
	}
}

// fromEnvironment sets every flag not given on the command line from its variable, so that a fault can be planted by a ConfigMap or
// a changed env entry alone.
func fromEnvironment() {
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	flag.VisitAll(func(f *flag.Flag) {
		variable := "APP_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value, set := os.LookupEnv(variable)
		if !set || given[f.Name] {
			return
		}
		if err := f.Value.Set(value); err != nil {
			log.Fatalf("fatal: %s=%q: %v", variable, value, err)
		}
	})
}

// list is a flag that may be given more than once, or hold several words at once when it comes from a variable.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }
func (l *list) Set(value string) error {
	*l = append(*l, strings.Fields(value)...)
	return nil
}

// windows are times after the start, from and until.
type windows [][2]time.Duration

func (w *windows) String() string { return fmt.Sprint(*w) }
func (w *windows) Set(value string) error {
	from, until, found := strings.Cut(value, ",")
	if !found {
		return errors.New("want two times, such as 30s,35s")
	}
	var window [2]time.Duration
	var err error
	if window[0], err = time.ParseDuration(from); err != nil {
		return err
	}
	if window[1], err = time.ParseDuration(until); err != nil {
		return err
	}
	*w = append(*w, window)
	return nil
}

func (w windows) contain(moment time.Duration) bool {
	for _, window := range w {
		if moment >= window[0] && moment < window[1] {
			return true
		}
	}
	return false
}
