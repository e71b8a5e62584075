package main

import (
	"archive/tar"
	"bytes"
	"context"
	"debug/elf"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

// nobody owns the processes in our images, so that pods with runAsNonRoot accept them.
const nobody = "65532:65532"

// serveRegistry is the part named registry: an image registry on a loopback address, with blobs in a directory.
func serveRegistry() int {
	address, blobs := os.Args[1], os.Args[2]
	handler := registry.New(registry.WithBlobHandler(registry.NewDiskBlobHandler(blobs)), registry.Logger(log.New(os.Stderr, "", log.LstdFlags)))
	fmt.Fprintln(os.Stderr, http.ListenAndServe(address, refusing(handler)))
	return 1
}

// refusing answers what is below private/ and limited/ as registries do that want credentials, and that have given enough.
func refusing(next http.Handler) http.Handler {
	refuse := func(status int, code, message string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, message)
		}
	}
	mux := http.NewServeMux()
	mux.Handle("/", next)
	mux.Handle("/v2/private/", refuse(http.StatusUnauthorized, "UNAUTHORIZED", "authentication required"))
	mux.Handle("/v2/limited/", refuse(http.StatusTooManyRequests, "TOOMANYREQUESTS", "You have reached your pull rate limit."))
	return mux
}

func (c *Cluster) startRegistry() error {
	return c.start("registry", c.registry(), c.path("registry"))
}

func (c *Cluster) registryAnswers(ctx context.Context) error {
	return answers(ctx, "http://"+c.registry()+"/v2/")
}

// pushOwnImages fills the registry with the images every cluster has: app:v1 and app:v2, which differ in APP_VERSION only, app:elsewhere,
// which is for another platform alone, the stand-in for the ChatCLI server, and the pause image of the sandboxes. The programs lie where the script that built this one put them.
func (c *Cluster) pushOwnImages(ctx context.Context) error {
	for _, image := range []struct{ reference, program, version string }{
		{"pause:v1", "pause", "APP_VERSION=v1"}, {"app:v1", "app", "APP_VERSION=v1"}, {"app:v2", "app", "APP_VERSION=v2"},
		{"diillson/chatcli:1.188.0", "chatcli", "CHATCLI_VERSION=1.188.0"}, {"diillson/chatcli:latest", "chatcli", "CHATCLI_VERSION=latest"},
	} {
		built, err := imageFrom([]string{filepath.Join(c.Built, "..", "images", image.program)}, nil, image.version)
		if err != nil {
			return err
		}
		if _, err := c.push(ctx, built, image.reference); err != nil {
			return err
		}
	}
	return c.pushForElsewhere(ctx)
}

// pushForElsewhere pushes the index of an image that was built for one platform, which is not this one.
func (c *Cluster) pushForElsewhere(ctx context.Context) error {
	tag, err := name.NewTag(c.registry()+"/app:elsewhere", name.Insecure)
	if err != nil {
		return err
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{
		Add:        empty.Image,
		Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "s390x"}},
	})
	return remote.WriteIndex(tag, index, remote.WithContext(ctx))
}

// push puts an image into the registry and gives the reference pods use.
func (c *Cluster) push(ctx context.Context, image v1.Image, nameAndTag string) (string, error) {
	reference := c.registry() + "/" + nameAndTag
	tag, err := name.NewTag(reference, name.Insecure)
	if err != nil {
		return "", err
	}
	return reference, remote.Write(tag, image, remote.WithContext(ctx))
}

// pull has the node fetch an image now, so that the next pod starts at once, and so that a tag pushed again is not served stale to
// pods that pull only when the image is absent.
func (c *Cluster) pull(ctx context.Context, reference string) error {
	connection, err := grpc.NewClient("unix://"+c.containerdSocket(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	_, err = cri.NewImageServiceClient(connection).PullImage(ctx, &cri.PullImageRequest{Image: &cri.ImageSpec{Image: reference}})
	return err
}

// imageFrom makes an image of programs of this machine, which runs the first. Dynamically linked ones take their libraries along, under
// the same paths, and the machine's CA certificates.
func imageFrom(programs []string, entrypoint []string, env ...string) (v1.Image, error) {
	files := map[string]string{}
	for _, program := range programs {
		files["/"+filepath.Base(program)] = program
		libraries, err := librariesOf(program)
		if err != nil {
			return nil, err
		}
		for _, library := range libraries {
			files[library] = library
		}
	}
	for _, bundle := range []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"} {
		if _, err := os.Stat(bundle); err == nil {
			files["/etc/ssl/certs/ca-certificates.crt"] = bundle
			break
		}
	}
	layer, err := layerOf(files)
	if err != nil {
		return nil, err
	}
	image, err := mutate.AppendLayers(mutate.MediaType(mutate.ConfigMediaType(empty.Image, types.OCIConfigJSON), types.OCIManifestSchema1), layer)
	if err != nil {
		return nil, err
	}
	if len(entrypoint) == 0 {
		entrypoint = []string{"/" + filepath.Base(programs[0])}
	}
	config := &v1.ConfigFile{OS: "linux", Architecture: runtime.GOARCH}
	existing, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config.RootFS = existing.RootFS
	config.Config = v1.Config{Entrypoint: entrypoint, Env: append([]string{"PATH=/"}, env...), User: nobody, WorkingDir: "/"}
	return mutate.ConfigFile(image, config)
}

var libraryLine = regexp.MustCompile(`(?:=> )?(/\S+) \(0x[0-9a-f]+\)`)

// librariesOf asks the dynamic linker. A static program has none.
func librariesOf(program string) ([]string, error) {
	binary, err := elf.Open(program)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program, err)
	}
	defer binary.Close()
	if binary.Section(".interp") == nil {
		return nil, nil
	}
	output, err := exec.Command("ldd", program).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("ldd %s: %s", program, output)
	}
	var libraries []string
	for _, line := range strings.Split(string(output), "\n") {
		if strings.Contains(line, "not found") {
			return nil, fmt.Errorf("%s needs a library this machine does not have: %s", program, strings.TrimSpace(line))
		}
		if match := libraryLine.FindStringSubmatch(line); match != nil {
			libraries = append(libraries, match[1])
		}
	}
	return libraries, nil
}

// layerOf packs files as one uncompressed layer: on loopback compressing costs more than it saves. Times are fixed, so that the same
// files give the same digest.
func layerOf(files map[string]string) (v1.Layer, error) {
	var packed bytes.Buffer
	archive := tar.NewWriter(&packed)
	directories := map[string]bool{"/": true}
	add := func(header *tar.Header, content io.Reader) error {
		header.Name = strings.TrimPrefix(header.Name, "/")
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if content == nil {
			return nil
		}
		_, err := io.Copy(archive, content)
		return err
	}
	var addDirectory func(dir string) error
	addDirectory = func(dir string) error {
		if directories[dir] {
			return nil
		}
		directories[dir] = true
		if err := addDirectory(filepath.Dir(dir)); err != nil {
			return err
		}
		return add(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755}, nil)
	}
	if err := add(&tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777}, nil); err != nil {
		return nil, err
	}
	inImage := make([]string, 0, len(files))
	for path := range files {
		inImage = append(inImage, path)
	}
	sort.Strings(inImage)
	for _, path := range inImage {
		if err := addDirectory(filepath.Dir(path)); err != nil {
			return nil, err
		}
		content, err := os.Open(files[path])
		if err != nil {
			return nil, err
		}
		info, err := content.Stat()
		if err == nil {
			err = add(&tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: int64(info.Mode().Perm() | 0o444), Size: info.Size()}, content)
		}
		content.Close()
		if err != nil {
			return nil, err
		}
	}
	if err := archive.Close(); err != nil {
		return nil, err
	}
	return static.NewLayer(packed.Bytes(), types.OCIUncompressedLayer), nil
}

// imagesIn reads the tagged images of an archive as `docker save` writes it.
func imagesIn(archive string) (map[string]v1.Image, error) {
	manifest, err := tarball.LoadManifest(func() (io.ReadCloser, error) { return os.Open(archive) })
	if err != nil {
		return nil, fmt.Errorf("%s is no image archive: %w", archive, err)
	}
	images := map[string]v1.Image{}
	for _, descriptor := range manifest {
		for _, tagged := range descriptor.RepoTags {
			tag, err := name.NewTag(tagged)
			if err != nil {
				return nil, err
			}
			image, err := tarball.ImageFromPath(archive, &tag)
			if err != nil {
				return nil, err
			}
			// the registry is ours: what stood before the repository is dropped
			images[tag.RepositoryStr()+":"+tag.TagStr()] = image
		}
	}
	return images, nil
}
