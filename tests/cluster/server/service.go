package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"

	"google.golang.org/grpc"
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
	// for what is too large for a variable
	if path := os.Getenv("CHATCLI_ANSWER_FILE_" + string(method.Name())); path != "" {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		text, given = string(content), true
	}
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
