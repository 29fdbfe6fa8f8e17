package main

import (
	"io/fs"
	"log/slog"
	"net/netip"
	"path/filepath"
	"time"

	"hotline/console"
	"hotline/switchboard"
)

// Config is everything a person may set, from the YAML file, the environment or both; defaultConfig has the
// defaults. Every key is listed in keys.go.
type Config struct {
	SIP      SIPConfig
	Media    MediaConfig
	HTTP     Address // console, API and SIP over WebSocket
	Web      console.Web
	Ops      Address // metrics, health, profiles
	Data     string  // journal, recordings, keys, the embedded database
	Database string  // Postgres URL; empty for the private cluster below Data
	Trunks   []TrunkConfig
	Flows    string // folder of call flows that replaces the shipped ones; empty for the shipped ones
	Prompts  string // folder of human recordings that win over the rendered prompts
	Node     string // this machine's name in contacts and events
	Area     string // the first part of case numbers
	AreaCode string // telephone area code without its 0, for local numbers written without one
	Texts    Texts  // who sends the text messages that callers ask for
	Shown    string // the line that calls of counselors to the outside belong to
	Zone     Zone
	Drain    time.Duration // how long running calls may take to finish after SIGTERM
	Calls    int           // calls at once before new ones are refused; a tenth is kept for protected lines
	LogLevel slog.Level
	Tour     fs.FS              // files in front of all others, for the demo's tour; no key sets it
	Rooms    bool               // what is said in private rooms of a talk is recorded
	Notice   switchboard.Notice // how counselors learn that a supervisor listens
	Rescue   []string           // numbers that may be called for somebody in danger
	Codes    switchboard.Codes  // what staff dial to sign in, be ready, go on break ...
	Exposed  bool               // demo staff may be present while listening beyond loopback
}

// Texts says who sends text messages.
type Texts struct {
	Gateway string // URL they are handed to; empty when nobody sends any
	Secret  string // signs what is handed over
}

// SIPConfig is the signalling part of Config.
type SIPConfig struct {
	Listen      []Address // each served on UDP and TCP
	Advertise   string    // host[:port] written into Via and Contact when behind NAT
	Realm       string
	Certificate string // PEM file; with Key it turns TLS on
	Key         string
	Digest      []string // algorithms offered to phones, strongest first
}

// TrunkConfig is one telephone provider.
type TrunkConfig struct {
	Name      string
	Addresses []netip.Prefix // who may call in as this trunk
	Servers   []string       // where calls go out, in order of preference: host[:port][;transport=tcp]
	Username  string
	Password  string
	Register  bool     // register there with Username and Password
	From      string   // the number shown on calls out: the hotline's
	Prefixes  []string // numbers counselors may dial through it, by their first digits
}

// MediaConfig is the audio part of Config.
type MediaConfig struct {
	Address   netip.Addr // bound for RTP; unset for the SIP listening address
	Advertise netip.Addr // written into SDP when behind NAT
	Ports     PortRange
}

func defaultConfig() Config {
	loopback := netip.MustParseAddr("127.0.0.1")
	zone, err := parseZone("Asia/Shanghai")
	if err != nil {
		zone = Zone{time.FixedZone("Asia/Shanghai", 8*60*60)}
	}
	return Config{
		SIP:   SIPConfig{Listen: []Address{{netip.AddrPortFrom(loopback, 5060)}}, Realm: "hotline", Digest: []string{"SHA-256", "MD5"}},
		Media: MediaConfig{Ports: PortRange{20000, 29999}},
		HTTP:  Address{netip.AddrPortFrom(loopback, 8080)},
		Ops:   Address{netip.AddrPortFrom(loopback, 9091)},
		Data:  "data",
		Node:  "hotline-1",
		Area:  "GZ",

		AreaCode: "20",
		Shown:    "12348",

		Zone:  zone,
		Drain: 4 * time.Hour,
		Calls: 1000,
		Codes: switchboard.DefaultCodes(), Notice: switchboard.NoticeShown, Rescue: []string{"110", "120", "119"},
	}
}

// path returns a file or folder below the data folder.
func (c Config) path(elem ...string) string {
	return filepath.Join(append([]string{c.Data}, elem...)...)
}

// mediaAddress is where RTP is bound: as configured, else where SIP listens.
func (c Config) mediaAddress() netip.Addr {
	if c.Media.Address.IsValid() {
		return c.Media.Address
	}
	return c.SIP.Listen[0].Addr()
}

// beyondLoopback reports whether any listener can be reached from another machine.
func (c Config) beyondLoopback() bool {
	for _, a := range append([]Address{c.HTTP, c.Ops}, c.SIP.Listen...) {
		if !a.Addr().IsLoopback() {
			return true
		}
	}
	return !c.mediaAddress().IsLoopback()
}
