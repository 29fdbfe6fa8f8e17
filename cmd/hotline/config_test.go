package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func nothing(string) string { return "" }

func TestDefaultsNeedNothing(t *testing.T) {
	c, err := loadConfig("", nothing)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.SIP.Listen[0].String(); got != "127.0.0.1:5060" {
		t.Errorf("sip.listen = %s", got)
	}
	if c.Media.Ports != (PortRange{20000, 29999}) || c.mediaAddress().String() != "127.0.0.1" {
		t.Errorf("media = %+v at %s", c.Media, c.mediaAddress())
	}
	if c.HTTP.String() != "127.0.0.1:8080" || c.Ops.String() != "127.0.0.1:9091" || c.Data != "data" {
		t.Errorf("http %s ops %s data %s", c.HTTP, c.Ops, c.Data)
	}
	if c.beyondLoopback() {
		t.Error("the defaults listen beyond loopback")
	}
}

func TestTenFaultsAreAllNamedWithTheirPlaces(t *testing.T) {
	_, err := loadConfig("testdata/ten-faults.yaml", nothing)
	if err == nil {
		t.Fatal("no fault found")
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{
		`testdata/ten-faults.yaml:3:11: sip.listen: "sip.example.org:5060" is not an address and a port, such as 127.0.0.1:5060`,
		`testdata/ten-faults.yaml:4:3: unknown key sip.relm (did you mean sip.realm?)`,
		`testdata/ten-faults.yaml:5:11: sip.digest: "SHA-1" is not a digest algorithm: SHA-256 or MD5`,
		`testdata/ten-faults.yaml:7:10: media.ports: ports below 1024 are reserved, 900 is too low`,
		`testdata/ten-faults.yaml:10:7: zone: "Asia/Guangzhou" is not a time zone, such as Asia/Shanghai`,
		`testdata/ten-faults.yaml:11:8: drain: "soon" is not a length of time, such as 90s or 4h`,
		`testdata/ten-faults.yaml:14:16: trunks.addresses: "0.0.0.0/0" would let the whole internet call in as a trunk`,
		`testdata/ten-faults.yaml:13:9: trunk carrier has neither addresses nor servers`,
		`testdata/ten-faults.yaml:15:9: two trunks are named carrier`,
		`testdata/ten-faults.yaml:18:1: unknown key colour`,
		`testdata/ten-faults.yaml:9:11: http.listen and ops.listen are both 127.0.0.1:9091`,
		`testdata/ten-faults.yaml:17:11: database: expected postgres://user@host/name`,
	}
	for _, w := range want {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("missing: %s", w)
		}
	}
	if len(lines) != len(want) {
		t.Errorf("%d faults, want %d:\n%s", len(lines), len(want), err)
	}
}

func TestFileKeysAndTheEnvironmentWins(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "hotline.yaml")
	source := `
sip:
  listen: 192.0.2.1:5060
  digest: SHA-256
media: {address: 192.0.2.2, ports: 30000-30999}
trunks:
  - 198.51.100.9
  - {name: carrier, addresses: [203.0.113.0/28], servers: [sip.carrier.example], username: u, password_file: ` + secret + `, register: yes, from: "02012348", prefixes: ["0", "1"]}
drain: 30m
log: {level: warn}
`
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"HOTLINE_DRAIN": "1h", "HOTLINE_DATABASE_URL": "postgres://db/h", "HOTLINE_SIP_LISTEN": "192.0.2.1:5070,192.0.2.1:5080"}
	c, err := loadConfig(file, func(k string) string { return env[k] })
	if err != nil {
		t.Fatal(err)
	}
	if len(c.SIP.Listen) != 2 || c.SIP.Listen[1].Port() != 5080 || len(c.SIP.Digest) != 1 {
		t.Errorf("sip = %+v", c.SIP)
	}
	if c.Drain != time.Hour || c.Database != "postgres://db/h" || c.LogLevel.String() != "WARN" {
		t.Errorf("drain %s database %s level %s", c.Drain, c.Database, c.LogLevel)
	}
	if !c.beyondLoopback() || c.mediaAddress() != netip.MustParseAddr("192.0.2.2") {
		t.Error("the file's addresses were not taken")
	}
	carrier := c.Trunks[1]
	if carrier.Password != "s3cret" || !carrier.Register || carrier.Addresses[0].String() != "203.0.113.0/28" || carrier.Prefixes[1] != "1" {
		t.Errorf("trunk = %+v", carrier)
	}
	if c.Trunks[0].Name != "198.51.100.9" || c.Trunks[0].Addresses[0].Bits() != 32 {
		t.Errorf("short trunk = %+v", c.Trunks[0])
	}
}

func TestTrunksFromTheEnvironment(t *testing.T) {
	c, err := loadConfig("", func(k string) string {
		return map[string]string{"HOTLINE_TRUNKS": "127.0.0.1, 203.0.113.0/28"}[k]
	})
	if err != nil || len(c.Trunks) != 2 || c.Trunks[1].Addresses[0].Bits() != 28 {
		t.Errorf("trunks = %+v, %v", c.Trunks, err)
	}
	_, err = loadConfig("", func(k string) string { return map[string]string{"HOTLINE_TRUNKS": "carrier"}[k] })
	if err == nil || !strings.HasPrefix(err.Error(), "HOTLINE_TRUNKS: ") {
		t.Errorf("err = %v", err)
	}
}

func TestUnreadableAndBrokenFiles(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	if err := os.WriteFile(broken, []byte("sip: [unclosed"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"testdata/none.yaml": "testdata/none.yaml: cannot be read: no such file or directory",
		broken:               broken + ": is not valid YAML: ",
	} {
		if _, err := loadConfig(path, nothing); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestContradictions(t *testing.T) {
	for env, want := range map[string]string{
		"HOTLINE_SIP_CERTIFICATE=/nowhere/cert.pem": "HOTLINE_SIP_CERTIFICATE: sip.certificate and sip.key go together",
		"HOTLINE_SIP_LISTEN=0.0.0.0:5060":           "HOTLINE_SIP_LISTEN: media.advertise is needed when RTP listens on every address",
		"HOTLINE_FLOWS=/nowhere":                    "HOTLINE_FLOWS: flows: no folder /nowhere",
		"HOTLINE_MEDIA_PORTS=20000-20001":           `HOTLINE_MEDIA_PORTS: media.ports: "20000-20001" has no room`,
		"HOTLINE_CALLS=0":                           "HOTLINE_CALLS: calls: \"0\" is not a whole number above zero",
	} {
		name, value, _ := strings.Cut(env, "=")
		_, err := loadConfig("", func(k string) string {
			if k == name {
				return value
			}
			return ""
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", env, err, want)
		}
	}
}

func FuzzConfig(f *testing.F) {
	seed, _ := os.ReadFile("testdata/ten-faults.yaml")
	f.Add(seed)
	f.Add([]byte("trunks: [1, {a: b}, [c]]\n"))
	f.Add([]byte("sip: {listen: {x: y}}\n? a\n: b\n"))
	f.Add([]byte("a: &x [*x, *x]\n"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, source []byte) {
		file := filepath.Join(dir, "c.yaml")
		if err := os.WriteFile(file, source, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = loadConfig(file, nothing) // any fault is fine, a panic is not
	})
}

// The sample configuration must load and name every key, so that it can serve as the reference.
func TestSampleConfigurationIsComplete(t *testing.T) {
	path := filepath.Join("..", "..", "deploy", "hotline.yaml")
	c, err := loadConfig(path, nothing)
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys() {
		last := k.name[strings.LastIndex(k.name, ".")+1:]
		if !strings.Contains(string(source), last+":") {
			t.Errorf("%s is not in the sample", k.name)
		}
	}
	for _, k := range trunkKeys() {
		if !strings.Contains(string(source), k.name+":") {
			t.Errorf("trunks.%s is not in the sample", k.name)
		}
	}
	c.Trunks, c.Flows = nil, ""
	if d := defaultConfig(); !reflect.DeepEqual(c, d) {
		t.Errorf("the sample is not the defaults:\n%+v\n%+v", c, d)
	}
}
