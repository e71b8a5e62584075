package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// authority signs every certificate of a cluster: one CA for serving, clients and the aggregation front proxy. Sharing it is fine
// here because only this program can ask for a certificate.
type authority struct {
	c    *Cluster
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

const validity = 365 * 24 * time.Hour

func (c *Cluster) newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "kubectl-chatcli test cluster"},
		NotBefore:             time.Now().Add(-time.Minute),
		NotAfter:              time.Now().Add(validity),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	certPEM, keyPEM, err := encodePair(der, key)
	if err != nil {
		return nil, err
	}
	if err := c.writePair("ca", certPEM, keyPEM); err != nil {
		return nil, err
	}
	return c.authority()
}

// authority reads the CA back from the state directory.
func (c *Cluster) authority() (*authority, error) {
	certPEM, err := os.ReadFile(c.cert("ca"))
	if err != nil {
		return nil, err
	}
	keyPEM, err := os.ReadFile(c.key("ca"))
	if err != nil {
		return nil, err
	}
	certBlock, _ := pem.Decode(certPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if certBlock == nil || keyBlock == nil {
		return nil, fmt.Errorf("the CA in %s is damaged", c.path("pki"))
	}
	cert, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParseECPrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, err
	}
	return &authority{c, cert, key}, nil
}

func (c *Cluster) cert(name string) string { return c.path("pki", name+".crt") }
func (c *Cluster) key(name string) string  { return c.path("pki", name+".key") }

// serving makes a certificate a server shows under these names and addresses.
func (a *authority) serving(file string, names []string, addresses ...string) error {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: file},
		DNSNames:    names,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, address := range addresses {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(address))
	}
	return a.sign(file, template)
}

// client makes a certificate the API server takes as this user in these groups.
func (a *authority) client(file, user string, groups ...string) error {
	return a.sign(file, clientTemplate(user, groups))
}

func clientTemplate(user string, groups []string) *x509.Certificate {
	return &x509.Certificate{
		Subject:     pkix.Name{CommonName: user, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}

// sign issues a certificate and leaves it and its key in the state directory.
func (a *authority) sign(file string, template *x509.Certificate) error {
	cert, key, err := a.issue(template)
	if err != nil {
		return err
	}
	return a.c.writePair(file, cert, key)
}

// issue gives a signed certificate and its new key, as PEM.
func (a *authority) issue(template *x509.Certificate) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template.SerialNumber = serial()
	template.NotBefore = time.Now().Add(-time.Minute)
	template.NotAfter = time.Now().Add(validity)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, nil, err
	}
	return encodePair(der, key)
}

func encodePair(der []byte, key *ecdsa.PrivateKey) (certPEM, keyPEM []byte, err error) {
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), nil
}

func (c *Cluster) writePair(file string, certPEM, keyPEM []byte) error {
	if err := os.WriteFile(c.cert(file), certPEM, 0o600); err != nil {
		return err
	}
	return os.WriteFile(c.key(file), keyPEM, 0o600)
}

func serial() *big.Int {
	number, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err) // the kernel has no randomness to give
	}
	return number
}

// kubeconfigFor makes a certificate for a user and a self-contained kubeconfig with it, which may be copied anywhere.
func (a *authority) kubeconfigFor(path, user string, groups ...string) error {
	certPEM, keyPEM, err := a.issue(clientTemplate(user, groups))
	if err != nil {
		return err
	}
	caPEM, err := os.ReadFile(a.c.cert("ca"))
	if err != nil {
		return err
	}
	encode := base64.StdEncoding.EncodeToString
	return replaceFile(path, fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: chatcli-test
clusters:
- name: chatcli-test
  cluster:
    server: %s
    certificate-authority-data: %s
contexts:
- name: chatcli-test
  context: {cluster: chatcli-test, user: %q}
users:
- name: %q
  user:
    client-certificate-data: %s
    client-key-data: %s
`, a.c.apiServer(), encode(caPEM), user, user, encode(certPEM), encode(keyPEM)))
}

// replaceFile never shows a reader half a file: tests may ask for the same user at the same time.
func replaceFile(path string, content []byte) error {
	fresh, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	if _, err := fresh.Write(content); err != nil {
		return err
	}
	if err := fresh.Close(); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), path)
}
