package main

import (
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"time"
)

func handler(b *behaviour, start time.Time, dependencies *dependencies) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		since := time.Since(start)
		switch problem := dependencies.problem(); {
		case since < b.readyAfter:
			http.Error(w, "warming up", http.StatusServiceUnavailable)
		case b.unreadyBetween.contain(since):
			http.Error(w, "taking a break", http.StatusServiceUnavailable)
		case problem != nil:
			http.Error(w, problem.Error(), http.StatusServiceUnavailable)
		default:
			fmt.Fprintln(w, "ready")
		}
	})
	mux.HandleFunc("/live", func(w http.ResponseWriter, _ *http.Request) {
		if b.notLiveAfter > 0 && time.Since(start) >= b.notLiveAfter {
			http.Error(w, "deadlocked", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "alive")
	})
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(b.latency)
		if rand.Float64() < b.errorRate {
			log.Printf("error: %s %s failed as asked", r.Method, r.URL.Path)
			http.Error(w, "failed as asked", http.StatusInternalServerError)
			return
		}
		host, _ := os.Hostname()
		fmt.Fprintf(w, "app %s on %s\n", version(), host)
	})
	return mux
}

// dependencies are the URLs the app cannot do without.
type dependencies struct {
	mutex    sync.Mutex
	problems map[string]error
}

// watch asks each URL every two seconds. A URL not asked yet counts as a problem: the app must not be ready by accident.
func watch(urls []string, onFailure func(error)) *dependencies {
	d := &dependencies{problems: map[string]error{}}
	for _, url := range urls {
		d.problems[url] = fmt.Errorf("dependency %s was not asked yet", url)
		go func() {
			for {
				err := ask(url)
				if err != nil {
					log.Printf("error: %v", err)
					onFailure(err)
				}
				d.mutex.Lock()
				d.problems[url] = err
				d.mutex.Unlock()
				time.Sleep(2 * time.Second)
			}
		}()
	}
	return d
}

func (d *dependencies) problem() error {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	for _, problem := range d.problems {
		if problem != nil {
			return problem
		}
	}
	return nil
}

// A connection per question: a kept one would go on answering after the Service has lost its endpoints.
var asker = http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

func ask(url string) error {
	response, err := asker.Get(url)
	if err != nil {
		return fmt.Errorf("dependency does not answer: %w", err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode >= 300 {
		return fmt.Errorf("dependency %s answers %s", url, response.Status)
	}
	return nil
}

func printAnswer(url string) int {
	response, err := asker.Get(url)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer response.Body.Close()
	_, _ = io.Copy(os.Stdout, response.Body)
	if response.StatusCode >= 300 {
		fmt.Fprintln(os.Stderr, response.Status)
		return 1
	}
	return 0
}
