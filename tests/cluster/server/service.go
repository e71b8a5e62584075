package main

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"os"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

const (
	serviceName = "chatcli.v1.ChatCLIService"
	health      = "/" + serviceName + "/Health"
)

// newService answers every RPC of the protocol as its descriptor says, without generated code: proto/chatcli.proto stays the only text.
func newService(s *settings, watched int) (*grpc.ServiceDesc, error) {
	service, err := described()
	if err != nil {
		return nil, err
	}
	result := &grpc.ServiceDesc{ServiceName: serviceName, HandlerType: (*any)(nil), Metadata: "chatcli.proto"}
	for i := range service.Methods().Len() {
		method := service.Methods().Get(i)
		answer, err := s.answer(method, watched)
		if err != nil {
			return nil, fmt.Errorf("the answer of %s: %w", method.Name(), err)
		}
		result.Methods = append(result.Methods, grpc.MethodDesc{
			MethodName: string(method.Name()),
			Handler:    handler(method, answer),
		})
	}
	return result, nil
}

func described() (protoreflect.ServiceDescriptor, error) {
	packed, err := base64.StdEncoding.DecodeString(descriptors)
	if err != nil {
		return nil, err
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(packed, &set); err != nil {
		return nil, err
	}
	files, err := protodesc.NewFiles(&set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(serviceName)
	if err != nil {
		return nil, err
	}
	return found.(protoreflect.ServiceDescriptor), nil
}

// answer is what the method always says.
func (s *settings) answer(method protoreflect.MethodDescriptor, watched int) (proto.Message, error) {
	message := dynamicpb.NewMessage(method.Output())
	text, given := os.LookupEnv("CHATCLI_ANSWER_" + string(method.Name()))
	if given {
		return message, protojson.Unmarshal([]byte(text), message)
	}
	set := func(field string, value any) {
		message.Set(method.Output().Fields().ByName(protoreflect.Name(field)), protoreflect.ValueOf(value))
	}
	switch method.Name() {
	case "Health":
		set("version", os.Getenv("CHATCLI_VERSION"))
	case "GetServerInfo":
		set("version", os.Getenv("CHATCLI_VERSION"))
		set("provider", s.provider)
		set("model", s.model)
		set("watcher_active", watched > 0)
		set("watcher_target", fmt.Sprintf("%d targets", watched))
	case "GetWatcherStatus":
		set("active", watched > 0)
		set("deployment", fmt.Sprintf("%d targets", watched))
		set("namespace", "multi")
	}
	return message, nil
}

func handler(method protoreflect.MethodDescriptor, answer proto.Message) grpc.MethodHandler {
	info := &grpc.UnaryServerInfo{FullMethod: "/" + serviceName + "/" + string(method.Name())}
	return func(server any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		request := dynamicpb.NewMessage(method.Input())
		if err := decode(request); err != nil {
			return nil, err
		}
		return intercept(ctx, request, info, func(context.Context, any) (any, error) { return answer, nil })
	}
}

// authorized lets Health through, and everything else only with the shared token. A signing key alone locks everybody out who has no
// signed token; none is ever made here.
func authorized(token string, signed bool) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		if info.FullMethod == health || (token == "" && !signed) {
			return handle(ctx, request)
		}
		given, _ := metadata.FromIncomingContext(ctx)
		for _, value := range given.Get("authorization") {
			bearer, found := strings.CutPrefix(value, "Bearer ")
			if found && token != "" && subtle.ConstantTimeCompare([]byte(bearer), []byte(token)) == 1 {
				return handle(ctx, request)
			}
		}
		return nil, status.Error(codes.Unauthenticated, "invalid or missing token")
	}
}
