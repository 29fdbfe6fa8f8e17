package main

import (
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"hotline/switchboard"
)

// key is one configuration key: its name in the file, and how its text is understood. The environment variable is
// HOTLINE_ and the name in capitals with underscores, or env where history gave another.
type key struct {
	name string
	env  string
	help string
	list bool // takes a list; in the environment divided by commas
	set  func(c *Config, values []string) error
}

func (k key) variable() string {
	if k.env != "" {
		return k.env
	}
	return "HOTLINE_" + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

// one makes the setter of a key with a single value.
func one[T any](parse func(string) (T, error), field func(*Config) *T) func(*Config, []string) error {
	return func(c *Config, values []string) error {
		v, err := parse(values[0])
		if err == nil {
			*field(c) = v
		}
		return err
	}
}

// many makes the setter of a key with a list of values.
func many[T any](parse func(string) (T, error), field func(*Config) *[]T) func(*Config, []string) error {
	return func(c *Config, values []string) error {
		var all []T
		for _, s := range values {
			v, err := parse(strings.TrimSpace(s))
			if err != nil {
				return err
			}
			all = append(all, v)
		}
		*field(c) = all
		return nil
	}
}

// keys lists every key but the entries of trunks, which trunkKeys lists.
func keys() []key {
	return []key{
		{name: "sip.listen", list: true, help: "addresses for SIP, each on UDP and TCP", set: many(parseAddress, func(c *Config) *[]Address { return &c.SIP.Listen })},
		{name: "sip.advertise", help: "host[:port] that phones and trunks see when behind NAT", set: one(parseText, func(c *Config) *string { return &c.SIP.Advertise })},
		{name: "sip.realm", help: "digest realm; a change voids every SIP password", set: one(parseText, func(c *Config) *string { return &c.SIP.Realm })},
		{name: "sip.certificate", help: "PEM certificate; turns TLS on", set: one(parseText, func(c *Config) *string { return &c.SIP.Certificate })},
		{name: "sip.key", help: "PEM key of sip.certificate", set: one(parseText, func(c *Config) *string { return &c.SIP.Key })},
		{name: "sip.digest", list: true, help: "digest algorithms offered to phones, strongest first: SHA-256, MD5", set: many(parseDigest, func(c *Config) *[]string { return &c.SIP.Digest })},
		{name: "media.address", help: "address RTP is bound to", set: one(parseHost, func(c *Config) *netip.Addr { return &c.Media.Address })},
		{name: "media.advertise", help: "address written into SDP when behind NAT", set: one(parseHost, func(c *Config) *netip.Addr { return &c.Media.Advertise })},
		{name: "media.ports", help: "UDP ports for RTP and RTCP", set: one(parsePortRange, func(c *Config) *PortRange { return &c.Media.Ports })},
		{name: "http.listen", help: "console and API", set: one(parseAddress, func(c *Config) *Address { return &c.HTTP })},
		{name: "http.origins", list: true, help: "addresses under which browsers know the console", set: many(parseOrigin, func(c *Config) *[]string { return &c.Web.Origins })},
		{name: "http.proxies", list: true, help: "reverse proxies in front of the console", set: many(parsePrefix, func(c *Config) *[]netip.Prefix { return &c.Web.Proxies })},
		{name: "ops.listen", help: "metrics, health and profiles", set: one(parseAddress, func(c *Config) *Address { return &c.Ops })},
		{name: "data", help: "folder for journal, recordings, keys and the embedded database", set: one(parseText, func(c *Config) *string { return &c.Data })},
		{name: "database", env: "HOTLINE_DATABASE_URL", help: "Postgres URL; empty runs a private cluster under data", set: one(parseText, func(c *Config) *string { return &c.Database })},
		{name: "flows", help: "folder of call flows instead of the shipped ones", set: one(parseText, func(c *Config) *string { return &c.Flows })},
		{name: "prompts", help: "folder of human recordings that win over the rendered prompts", set: one(parseText, func(c *Config) *string { return &c.Prompts })},
		{name: "node", help: "this machine's name in contacts and events", set: one(parseText, func(c *Config) *string { return &c.Node })},
		{name: "area", help: "first part of case numbers", set: one(parseText, func(c *Config) *string { return &c.Area })},
		{name: "area_code", help: "telephone area code without its 0, for local numbers", set: one(parseText, func(c *Config) *string { return &c.AreaCode })},
		{name: "shown", help: "the line that counselors' calls to the outside belong to", set: one(parseText, func(c *Config) *string { return &c.Shown })},
		{name: "texts.gateway", help: "URL that text messages callers ask for are handed to; without, a person helps them", set: one(parseGateway, func(c *Config) *string { return &c.Texts.Gateway })},
		{name: "texts.secret_file", help: "file with the secret that signs what is handed to texts.gateway", set: one(parseSecretFile, func(c *Config) *string { return &c.Texts.Secret })},
		{name: "zone", help: "time zone of opening hours and spoken times", set: one(parseZone, func(c *Config) *Zone { return &c.Zone })},
		{name: "drain", help: "how long running calls may finish after SIGTERM", set: one(parseDuration, func(c *Config) *time.Duration { return &c.Drain })},
		{name: "calls", help: "calls at once; a tenth is kept for protected lines", set: one(parseCount, func(c *Config) *int { return &c.Calls })},
		{name: "listening", help: "how counselors learn that a supervisor takes part in their talk: none, shown on the screen, or told in the ear too", set: one(switchboard.ParseNotice, func(c *Config) *switchboard.Notice { return &c.Notice })},
		{name: "rooms_recorded", help: "what some of a talk say in a private room is recorded", set: one(parseSwitch, func(c *Config) *bool { return &c.Rooms })},
		{name: "rescue", list: true, help: "emergency numbers that may be called into a talk, in the order of the digit after their code", set: many(parseText, func(c *Config) *[]string { return &c.Rescue })},
		{name: "codes", list: true, help: "what staff dial or key in a talk: " + deeds() + ", each with = and a code", set: setCodes},
		{name: "log.level", help: "debug, info, warn or error", set: one(parseLevel, func(c *Config) *slog.Level { return &c.LogLevel })},
		{name: "exposed", help: "allow demo staff while listening beyond loopback", set: one(parseSwitch, func(c *Config) *bool { return &c.Exposed })},
	}
}

// trunkKey is one key of an entry of trunks.
type trunkKey struct {
	name string
	set  func(t *TrunkConfig, values []string) error
}

func oneOf[T any](parse func(string) (T, error), field func(*TrunkConfig) *T) func(*TrunkConfig, []string) error {
	return func(t *TrunkConfig, values []string) error {
		v, err := parse(values[0])
		if err == nil {
			*field(t) = v
		}
		return err
	}
}

func manyOf[T any](parse func(string) (T, error), field func(*TrunkConfig) *[]T) func(*TrunkConfig, []string) error {
	return func(t *TrunkConfig, values []string) error {
		for _, s := range values {
			v, err := parse(s)
			if err != nil {
				return err
			}
			*field(t) = append(*field(t), v)
		}
		return nil
	}
}

func trunkKeys() []trunkKey {
	return []trunkKey{
		{"name", oneOf(parseText, func(t *TrunkConfig) *string { return &t.Name })},
		{"addresses", manyOf(parsePrefix, func(t *TrunkConfig) *[]netip.Prefix { return &t.Addresses })},
		{"servers", manyOf(parseText, func(t *TrunkConfig) *[]string { return &t.Servers })},
		{"username", oneOf(parseText, func(t *TrunkConfig) *string { return &t.Username })},
		{"password_file", oneOf(parseSecretFile, func(t *TrunkConfig) *string { return &t.Password })},
		{"register", oneOf(parseSwitch, func(t *TrunkConfig) *bool { return &t.Register })},
		{"from", oneOf(parseText, func(t *TrunkConfig) *string { return &t.From })},
		{"prefixes", manyOf(parseText, func(t *TrunkConfig) *[]string { return &t.Prefixes })},
	}
}
