package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// longest are the fields of AnalyzeIssue that are measured before anything else, in bytes.
var longest = map[protoreflect.Name]int{"issue_name": 1024, "description": 51200, "kubernetes_context": 1048576}

// refused says what the validation of the real server says.
func refused(request proto.Message, method string) error {
	if !strings.HasSuffix(method, "/AnalyzeIssue") {
		return nil
	}
	message := request.ProtoReflect()
	fields := message.Descriptor().Fields()
	for name, limit := range longest {
		if length := len(message.Get(fields.ByName(name)).String()); length > limit {
			return status.Errorf(codes.InvalidArgument, "validation: %s has %d bytes, at most %d", name, length, limit)
		}
	}
	if message.Get(fields.ByName("issue_name")).String() == "" {
		return status.Error(codes.InvalidArgument, "issue_name is required")
	}
	return nil
}

// callers is the limiter of the real server: meant for failed logins, it counts every authenticated call of a connection before it looks at
// the token, and says the same to a caller that was too quick as to one with a wrong token.
type callers struct {
	mutex   sync.Mutex
	buckets map[string]*rate.Limiter
	wiped   time.Time
}

func (c *callers) admits(ctx context.Context) bool {
	caller, _ := peer.FromContext(ctx)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if now := time.Now(); now.Sub(c.wiped) > 5*time.Minute {
		c.buckets, c.wiped = map[string]*rate.Limiter{}, now
	}
	bucket := c.buckets[caller.Addr.String()]
	if bucket == nil {
		bucket = rate.NewLimiter(rate.Every(12*time.Second), 5)
		c.buckets[caller.Addr.String()] = bucket
	}
	return bucket.Allow()
}

// authorized lets Health through, and everything else only with the shared token. A signing key alone locks everybody out who has no
// signed token; none is ever made here.
func authorized(token string, signed bool) grpc.UnaryServerInterceptor {
	limiter := &callers{}
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		if info.FullMethod == health || (token == "" && !signed) {
			return handle(ctx, request)
		}
		if limiter.admits(ctx) && bears(ctx, token) {
			return handle(ctx, request)
		}
		return nil, status.Error(codes.Unauthenticated, "invalid or missing token")
	}
}

func bears(ctx context.Context, token string) bool {
	given, _ := metadata.FromIncomingContext(ctx)
	for _, value := range given.Get("authorization") {
		bearer, found := strings.CutPrefix(value, "Bearer ")
		if found && token != "" && subtle.ConstantTimeCompare([]byte(bearer), []byte(token)) == 1 {
			return true
		}
	}
	return false
}

// validated is the outermost of the real server's interceptors.
func validated(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if err := refused(request.(proto.Message), info.FullMethod); err != nil {
		return nil, err
	}
	return handle(ctx, request)
}

// record writes each call as a line of JSON when it arrives: method, the caller's address, and what was asked. An answered or a paid call is
// one that reached its handler, which a second line says.
type record struct {
	mutex sync.Mutex
	to    io.Writer
}

func newRecord() (*record, error) {
	path := os.Getenv("CHATCLI_RECORD")
	if path == "" {
		return &record{to: io.Discard}, nil
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	return &record{to: file}, err
}

func (r *record) write(ctx context.Context, what, method string, request proto.Message) {
	caller, _ := peer.FromContext(ctx)
	asked, err := protojson.Marshal(request)
	if err != nil {
		asked = []byte(`"` + err.Error() + `"`)
	}
	line, err := json.Marshal(map[string]any{
		"what": what, "method": method[strings.LastIndex(method, "/")+1:], "caller": caller.Addr.String(), "request": json.RawMessage(asked),
	})
	if err != nil {
		line = []byte(err.Error())
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	fmt.Fprintf(r.to, "%s\n", line)
}

func (r *record) arrival(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	r.write(ctx, "arrived", info.FullMethod, request.(proto.Message))
	return handle(ctx, request)
}

// handling waits as long as CHATCLI_DELAY_<RPC> says; a model takes its time.
func (r *record) handling(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	r.write(ctx, "handled", info.FullMethod, request.(proto.Message))
	delay := os.Getenv("CHATCLI_DELAY_" + info.FullMethod[strings.LastIndex(info.FullMethod, "/")+1:])
	if delay != "" {
		pause, err := time.ParseDuration(delay)
		if err != nil {
			return nil, status.Error(codes.Internal, err.Error())
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
	return handle(ctx, request)
}
