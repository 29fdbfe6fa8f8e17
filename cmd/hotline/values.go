package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the machine may have no zone files

	"hotline/console"
)

// Address is an IP address and a port to listen on; port 0 takes any free one.
type Address struct{ netip.AddrPort }

func parseAddress(s string) (Address, error) {
	a, err := netip.ParseAddrPort(s)
	if err != nil {
		return Address{}, fmt.Errorf("%q is not an address and a port, such as 127.0.0.1:5060", s)
	}
	return Address{a}, nil
}

func parseOrigin(s string) (string, error) { return s, console.CheckOrigin(s) }

// PortRange is an inclusive range of UDP ports.
type PortRange struct{ Min, Max uint16 }

func parsePortRange(s string) (PortRange, error) {
	low, high, ok := strings.Cut(s, "-")
	first, err1 := strconv.ParseUint(strings.TrimSpace(low), 10, 16)
	last, err2 := strconv.ParseUint(strings.TrimSpace(high), 10, 16)
	switch {
	case !ok || err1 != nil || err2 != nil:
		return PortRange{}, fmt.Errorf("%q is not a range of ports, such as 20000-29999", s)
	case first < 1024:
		return PortRange{}, fmt.Errorf("ports below 1024 are reserved, %d is too low", first)
	case last < first+3:
		return PortRange{}, fmt.Errorf("%q has no room for two calls' worth of ports", s)
	}
	return PortRange{uint16(first), uint16(last)}, nil
}

// Zone is a time zone by its IANA name.
type Zone struct{ *time.Location }

func parseZone(s string) (Zone, error) {
	loc, err := time.LoadLocation(s)
	if err != nil {
		return Zone{}, fmt.Errorf("%q is not a time zone, such as Asia/Shanghai", s)
	}
	return Zone{loc}, nil
}

func parseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a length of time, such as 90s or 4h", s)
	}
	return d, nil
}

func parseCount(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is not a whole number above zero", s)
	}
	return n, nil
}

func parseSwitch(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "true", "yes", "on", "1":
		return true, nil
	case "false", "no", "off", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", s)
}

func parseLevel(s string) (slog.Level, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(s)); err != nil {
		return 0, fmt.Errorf("%q is not a log level: debug, info, warn or error", s)
	}
	return l, nil
}

func parseDigest(s string) (string, error) {
	if s != "SHA-256" && s != "MD5" {
		return "", fmt.Errorf("%q is not a digest algorithm: SHA-256 or MD5", s)
	}
	return s, nil
}

// parsePrefix takes a network, or one address standing for itself.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an address nor a network, such as 203.0.113.0/28", s)
	}
	if p.Bits() == 0 {
		return netip.Prefix{}, fmt.Errorf("%q would let the whole internet call in as a trunk", s)
	}
	return p.Masked(), nil
}

func parseHost(s string) (netip.Addr, error) {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%q is not an IP address", s)
	}
	return a, nil
}

// parseSecretFile reads a secret from the file named, so that no secret stands in the configuration.
func parseSecretFile(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// parseGateway reads a URL. What goes there bears telephone numbers: it leaves this machine encrypted or not at all.
func parseGateway(s string) (string, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil || s != "" && u.Hostname() == "" || s != "" && u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%q is no URL such as https://gateway.example/texts", s)
	case u.Scheme == "http":
		if host, err := netip.ParseAddr(u.Hostname()); err != nil || !host.IsLoopback() {
			return "", fmt.Errorf("%q: without https only on the loopback range", s)
		}
	}
	return s, nil
}

func parseText(s string) (string, error) {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("%q has control characters", s)
	}
	return s, nil
}
