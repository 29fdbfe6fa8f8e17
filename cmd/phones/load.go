package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"hotline/cmd/phones/load"
)

// loadCommand is the fleet that measures. What is not set is the workload's own.
type loadCommand struct {
	Workload string        `arg:"" enum:"w1,w2,w3,w4,free" help:"w1 callers who listen, w2 pairs of caller and counselor, w3 calls that come and go, w4 many who wait for few, free as the flags say."`
	Number   string        `arg:"" help:"Number to call."`
	Calls    int           `help:"Calls at once."`
	Arrive   string        `help:"Arrivals: 'steady 50' a second, 'ramp 1-50 30s', 'burst 100 10s'."`
	Script   string        `help:"What callers do once answered: wait 2s, press 1, audio, bridged, stay; empty stays until the end."`
	Again    bool          `help:"A caller whose call is over calls again."`
	Marks    int           `help:"Every so many packets carry a mark, 0 for none." default:"5"`
	Pid      int           `help:"Process of the server, to measure what it uses."`
	Callers  callerFlags   `embed:"" prefix:"callers-"`
	Staff    staffFlags    `embed:"" prefix:"staff-"`
	Times    durationFlags `embed:""`
}

type callerFlags struct {
	At       string   `help:"Addresses of the callers." placeholder:"127.0.1.1-127.0.1.8"`
	Number   string   `help:"First digits of the numbers they show; five follow." default:"138000"`
	User     string   `help:"Account, when the server asks for one."`
	Password string   `help:"Its password." env:"PHONES_PASSWORD"`
	Codec    []string `help:"Offered, the preferred first: pcma, pcmu." default:"pcma"`
}

type staffFlags struct {
	File     string `help:"CSV with the columns extension and sip_password (or password), one counselor a row."`
	Extent   string `name:"extensions" help:"Extensions instead, such as 7000-7199."`
	Password string `help:"Password of all extensions." env:"STAFF_PASSWORD"`
	At       string `help:"Addresses of the counselors." placeholder:"127.0.2.1-127.0.2.8"`
	Count    int    `help:"How many of them work; all when 0."`
}

type durationFlags struct {
	Hold    time.Duration `help:"Callers hang up so long after the answer; calls come and go while measuring."`
	Settle  time.Duration `help:"How long after the last arrival all calls must stand." default:"20s"`
	Warm    time.Duration `help:"Between all calls standing and measuring." default:"3s"`
	Measure time.Duration `help:"How long to measure." default:"20s"`
	Answer  time.Duration `help:"How long a call may ring." default:"60s"`
	Ring    time.Duration `help:"How long a counselor's phone rings before it is answered." default:"50ms"`
	Talk    time.Duration `help:"Counselors hang up so long after answering; 0 for never."`
}

// Run runs the fleet and prints what it found.
func (c loadCommand) Run(ctx context.Context, cli *commands, out printer) error {
	plan, err := c.plan(cli.Server)
	if err != nil {
		return err
	}
	// The loop keeps one of Go's processors while it sleeps; the collector and signals need another.
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	report, err := load.Run(ctx, plan)
	if err != nil {
		return err
	}
	if out.json {
		return json.NewEncoder(out.w).Encode(report)
	}
	report.Print(out.w)
	return nil
}

// plan is the workload with what the flags change.
func (c loadCommand) plan(server string) (load.Plan, error) {
	c.preset()
	var errs [6]error
	p := load.Plan{Name: c.Workload, Number: c.Number, Calls: c.Calls, Again: c.Again, Marks: c.Marks, Process: c.Pid}
	p.Server, errs[0] = resolve(server)
	p.Arrivals, errs[1] = load.ParseArrivals(c.Arrive)
	p.Script, errs[2] = load.ParseScript(c.Script)
	p.Callers = load.Callers{Prefix: c.Callers.Number, Account: load.Account{User: c.Callers.User, Password: c.Callers.Password}}
	p.Callers.Addresses, errs[3] = addresses(c.Callers.At)
	p.Callers.Laws, errs[4] = load.ParseLaws(c.Callers.Codec)
	p.Staff, errs[5] = c.staff()
	t := c.Times
	p.Times = load.Lengths{Hold: t.Hold, Settle: t.Settle, Warm: t.Warm, Measure: t.Measure, Answer: t.Answer}
	return p, errors.Join(errs[:]...)
}

// preset fills in what makes a workload.
func (c *loadCommand) preset() {
	set := func(calls int, arrive string) { c.Calls, c.Arrive = cmp.Or(c.Calls, calls), cmp.Or(c.Arrive, arrive) }
	switch c.Workload {
	case "w1":
		set(500, "steady 100")
	case "w2":
		set(200, "steady 50")
	case "w3":
		c.Times.Hold = cmp.Or(c.Times.Hold, 100*time.Millisecond)
		set(1000, "steady 200")
	case "w4":
		c.Times.Talk = cmp.Or(c.Times.Talk, 2*time.Second)
		c.Staff.Count = cmp.Or(c.Staff.Count, 10)
		c.Script, c.Again = cmp.Or(c.Script, "stay"), true
		set(1000, "steady 100")
	default:
		set(1, "steady 10")
	}
}

func (c *loadCommand) staff() (load.Staff, error) {
	s := load.Staff{After: c.Times.Ring, Talk: c.Times.Talk}
	var err1, err2 error
	s.Addresses, err1 = addresses(c.Staff.At)
	switch {
	case c.Staff.File != "":
		s.Accounts, err2 = readStaff(c.Staff.File)
	case c.Staff.Extent != "":
		s.Accounts, err2 = c.Staff.numbered()
	}
	if c.Workload == "w2" && c.Staff.Count == 0 {
		c.Staff.Count = c.Calls
	}
	if n := c.Staff.Count; n > 0 && err2 == nil && (len(s.Accounts) > 0 || c.Workload == "w2" || c.Workload == "w4") {
		if n > len(s.Accounts) {
			return s, errors.Join(err1, fmt.Errorf("%d counselors are needed, %d are known: see --staff-file and --staff-extensions", n, len(s.Accounts)))
		}
		s.Accounts = s.Accounts[:n]
	}
	return s, errors.Join(err1, err2)
}

// numbered makes accounts of a range of extensions.
func (s *staffFlags) numbered() (all []load.Account, err error) {
	var first, last int
	if n, err := fmt.Sscanf(s.Extent, "%d-%d", &first, &last); n != 2 || err != nil || last < first || last-first > 20000 {
		return nil, fmt.Errorf("extensions %q: such as 7000-7199", s.Extent)
	}
	for e := first; e <= last; e++ {
		all = append(all, load.Account{User: fmt.Sprint(e), Password: s.Password})
	}
	return all, nil
}

// readStaff reads counselors from a CSV with a heading.
func readStaff(path string) ([]load.Account, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	rows := csv.NewReader(f)
	heading, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	user := slices.Index(heading, "extension")
	password := slices.IndexFunc(heading, func(s string) bool { return s == "sip_password" || s == "password" })
	if user < 0 || password < 0 {
		return nil, fmt.Errorf("read %s: no columns extension and sip_password", path)
	}
	var all []load.Account
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
		all = append(all, load.Account{User: row[user], Password: row[password]})
	}
}

// addresses reads an address or a range of them; empty is the loopback address.
func addresses(text string) ([]netip.Addr, error) {
	first, last, _ := strings.Cut(cmp.Or(text, "127.0.0.1"), "-")
	return load.ParseAddresses(first, last)
}

// resolve reads host[:port], the port being 5060 when left out.
func resolve(server string) (netip.AddrPort, error) {
	server, transport, _ := strings.Cut(server, ";transport=")
	if transport != "" && transport != "udp" {
		return netip.AddrPort{}, errors.New("load speaks SIP over UDP only")
	}
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		host, port = server, "5060"
	}
	addr, err := net.ResolveUDPAddr("udp4", net.JoinHostPort(host, port))
	if err != nil {
		return netip.AddrPort{}, err
	}
	at := addr.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), nil
}
