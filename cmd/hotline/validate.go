package main

import (
	"os"
	"strings"
)

// validate finds what no single key shows: values that contradict one another, files that are not there.
func (l *loader) validate() {
	c := l.config
	if len(c.SIP.Listen) == 0 {
		l.fault(l.where("sip.listen"), "sip.listen needs at least one address")
		return
	}
	l.distinctListeners()
	if (c.SIP.Certificate == "") != (c.SIP.Key == "") {
		l.fault(l.where("sip.certificate", "sip.key"), "sip.certificate and sip.key go together")
	}
	for name, file := range map[string]string{"sip.certificate": c.SIP.Certificate, "sip.key": c.SIP.Key} {
		if _, err := os.Stat(file); file != "" && err != nil {
			l.fault(l.where(name), "%s: no file %s", name, file)
		}
	}
	for name, folder := range map[string]string{"flows": c.Flows, "prompts": c.Prompts} {
		if info, err := os.Stat(folder); folder != "" && (err != nil || !info.IsDir()) {
			l.fault(l.where(name), "%s: no folder %s", name, folder)
		}
	}
	for name, text := range map[string]string{"data": c.Data, "sip.realm": c.SIP.Realm, "node": c.Node, "area": c.Area} {
		if text == "" {
			l.fault(l.where(name), "%s must not be empty", name)
		}
	}
	if c.Texts.Gateway != "" && len(c.Texts.Secret) < 16 {
		l.fault(l.where("texts.gateway", "texts.secret_file"), "texts.gateway needs texts.secret_file, with a secret of 16 characters or more")
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		l.fault(l.where("database"), "database: expected postgres://user@host/name")
	}
	if c.mediaAddress().IsUnspecified() && !c.Media.Advertise.IsValid() {
		l.fault(l.where("media.address", "sip.listen"), "media.advertise is needed when RTP listens on every address: SDP must name one")
	}
}

// distinctListeners refuses two listeners on one TCP address.
func (l *loader) distinctListeners() {
	taken := map[Address]string{l.config.HTTP: "http.listen"}
	check := func(a Address, name string) {
		if other, busy := taken[a]; busy && a.Port() != 0 {
			l.fault(l.where(name, other), "%s and %s are both %s", other, name, a)
		}
		taken[a] = name
	}
	check(l.config.Ops, "ops.listen")
	for _, a := range l.config.SIP.Listen {
		check(a, "sip.listen")
	}
}

// where tells where the first of the keys that was set stands; "defaults" when none was.
func (l *loader) where(names ...string) string {
	for _, n := range names {
		if at, ok := l.places[n]; ok {
			return at
		}
	}
	return "defaults"
}
