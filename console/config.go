package console

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Config is what a Server is made of. Staff, Directory and Floor must be set; what is nil besides is absent from the
// page.
type Config struct {
	Staff     Staff
	Directory Directory
	Floor     Floor
	Hands
	Messages Messages
	Alarms   Alarms
	Audit    Audit
	Web      Web
	Limits   Limits
	Log      *slog.Logger          // default: discard
	Metrics  prometheus.Registerer // default: counted and not shown
}

// Hands are what can be done from the console.
type Hands struct {
	Steering    Steering
	Supervision Supervision
	Conference  Conference
	Own         Own
	Conduct     Conduct
}

// Web is how browsers reach the console.
type Web struct {
	// Origins are the exact addresses under which browsers know the console, such as https://hotline.example. Without
	// any, the console answers to IP addresses and localhost only, which no stranger's name can be made to point at.
	Origins []string
	// Proxies are the addresses of reverse proxies whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
}

// Limits bound what one program answers. Zero values are replaced by the defaults named at each field.
type Limits struct {
	Idle     time.Duration // a session ends when nothing was asked for so long: 30 min
	Life     time.Duration // a session ends in any case: 12 h
	Wall     time.Duration // the session of a wall display, which sees no names and may do nothing: 7 days
	Recheck  time.Duration // how soon a suspended member of staff is noticed: 30 s
	Tries    int           // failed sign-ins a minute from one address: 10
	Account  int           // failed sign-ins in ten minutes with one login, before addresses that failed too must wait: 20
	Sessions int           // at once: 5,000; of one person: 20
	Streams  int           // live streams at once: 1,000; of one session: 12
	Conns    int           // connections at once: 4,000; from one address that is no proxy: 200

	Pace      time.Duration // between two frames: 100 ms
	Refresh   time.Duration // the floor is looked at without an event so often: 2 s
	Heartbeat time.Duration // a silent stream says that it lives: 10 s
}

// The bounds of one person, session and address within Limits.
const (
	sessionsEach = 20
	streamsEach  = 12
	connsEach    = 200
)

func (l *Limits) setDefaults() {
	l.Idle = cmp.Or(l.Idle, 30*time.Minute)
	l.Life = cmp.Or(l.Life, 12*time.Hour)
	l.Wall = cmp.Or(l.Wall, 7*24*time.Hour)
	l.Recheck = cmp.Or(l.Recheck, 30*time.Second)
	l.Tries = cmp.Or(l.Tries, 10)
	l.Account = cmp.Or(l.Account, 20)
	l.Sessions = cmp.Or(l.Sessions, 5000)
	l.Streams = cmp.Or(l.Streams, 1000)
	l.Conns = cmp.Or(l.Conns, 4000)
	l.Pace = cmp.Or(l.Pace, 100*time.Millisecond)
	l.Refresh = cmp.Or(l.Refresh, 2*time.Second)
	l.Heartbeat = cmp.Or(l.Heartbeat, 10*time.Second)
}

func (c *Config) setDefaults() {
	c.Limits.setDefaults()
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Metrics == nil {
		c.Metrics = prometheus.NewRegistry()
	}
}

var errIncomplete = errors.New("staff, directory and floor must be set")

func (c *Config) validate() error {
	var faults []error
	if c.Staff == nil || c.Directory == nil || c.Floor == nil {
		faults = append(faults, errIncomplete)
	}
	for _, origin := range c.Web.Origins {
		faults = append(faults, CheckOrigin(origin))
	}
	return errors.Join(faults...)
}

// CheckOrigin says what is wrong with an entry of Web.Origins: it is scheme, host and perhaps a port, as a browser
// writes it into the Origin header (RFC 6454, 6.1).
func CheckOrigin(origin string) error {
	u, err := url.Parse(origin)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "", origin != u.Scheme+"://"+strings.ToLower(u.Host):
		return fmt.Errorf("%q is not an origin, such as https://hotline.example", origin)
	case u.Scheme == "https" && u.Port() == "443", u.Scheme == "http" && u.Port() == "80":
		return fmt.Errorf("%q: browsers leave out port %s", origin, u.Port())
	}
	return nil
}
