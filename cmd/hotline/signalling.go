package main

import (
	"crypto/tls"
	"fmt"
	"net/netip"

	"hotline/sip"
	"hotline/switchboard"
)

// signalling makes of the configuration what the user agent needs.
func (c Config) signalling(accounts sip.Accounts) (sip.Config, error) {
	s := sip.Config{
		Advertise: c.SIP.Advertise, Realm: c.SIP.Realm, Product: "hotline", Accounts: accounts,
		Auth: sip.Auth{Algorithms: c.SIP.Digest},
	}
	for _, a := range c.SIP.Listen {
		s.Listen = append(s.Listen, a.String())
	}
	if c.SIP.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(c.SIP.Certificate, c.SIP.Key)
		if err != nil {
			return s, fmt.Errorf("sip.certificate: %w", err)
		}
		s.TLS.Certificate = &pair
	}
	for _, t := range c.trunks() {
		s.Trunks = append(s.Trunks, sip.Trunk{
			Name: t.Name, Addresses: t.Addresses, Servers: t.Servers, Username: t.Username, Password: t.Password,
			Register: t.Register, From: t.From, Prefixes: t.Prefixes,
		})
	}
	for _, number := range c.Rescue {
		if trunk := c.rescuer(number); trunk != "" {
			s.Emergency = append(s.Emergency, sip.Outside{Trunk: trunk, Number: number})
		}
	}
	return s, nil
}

// rescuer is the trunk that takes an emergency number: the one whose prefixes name it, else the first that can be called by.
func (c Config) rescuer(number string) string {
	if trunk, ok := (switchboard.Config{Routes: c.routes()}).Route(number); ok {
		return trunk
	}
	for _, t := range c.Trunks {
		if len(t.Servers) > 0 {
			return t.Name
		}
	}
	return ""
}

// trunks are those configured; without any, one that lets this machine call itself.
func (c Config) trunks() []TrunkConfig {
	if len(c.Trunks) > 0 {
		return c.Trunks
	}
	return []TrunkConfig{{Name: "local", Addresses: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
}

// routes say which trunk takes which numbers.
func (c Config) routes() []switchboard.Route {
	var all []switchboard.Route
	for _, t := range c.Trunks {
		for _, prefix := range t.Prefixes {
			all = append(all, switchboard.Route{Prefix: prefix, Trunk: t.Name})
		}
	}
	return all
}
