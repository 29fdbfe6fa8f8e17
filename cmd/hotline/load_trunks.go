package main

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// readTrunks reads the list of trunks: an entry is an address, or keys and values.
func (l *loader) readTrunks(path string, node ast.Node) {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		l.fault(place(path, node), "trunks takes a list")
		return
	}
	l.places["trunks"] = place(path, node)
	for _, item := range list.Values {
		if pairs, ok := entries(item); ok {
			l.readTrunk(path, item, pairs)
			continue
		}
		text, err := scalars(item)
		if err != nil || len(text) != 1 {
			l.fault(place(path, item), "trunks: expected an address or keys and values")
			continue
		}
		l.addTrunk(place(path, item), text[0])
	}
}

func (l *loader) readTrunk(path string, item ast.Node, pairs []*ast.MappingValueNode) {
	var trunk TrunkConfig
	for _, kv := range pairs {
		name := kv.Key.GetToken().Value
		known := trunkKeys()
		i := slices.IndexFunc(known, func(k trunkKey) bool { return k.name == name })
		if i < 0 {
			var names []string
			for _, k := range known {
				names = append(names, k.name)
			}
			l.fault(place(path, kv.Key), "unknown key trunks.%s%s", name, suggest(name, names))
			continue
		}
		values, err := scalars(kv.Value)
		if err == nil {
			err = known[i].set(&trunk, values)
		}
		if err != nil {
			l.fault(place(path, kv.Value), "trunks.%s: %v", name, err)
		}
	}
	l.checkTrunk(place(path, item), trunk)
	l.config.Trunks = append(l.config.Trunks, trunk)
}

// addTrunk takes the short form: calls may come from this address, none go out.
func (l *loader) addTrunk(where, address string) {
	prefix, err := parsePrefix(strings.TrimSpace(address))
	if err != nil {
		l.fault(where, "trunks: %v", err)
		return
	}
	l.config.Trunks = append(l.config.Trunks, TrunkConfig{Name: prefix.Addr().String(), Addresses: []netip.Prefix{prefix}})
}

func (l *loader) trunksFromEnvironment(getenv func(string) string) {
	text := getenv("HOTLINE_TRUNKS")
	if text == "" {
		return
	}
	l.config.Trunks = nil
	for address := range strings.SplitSeq(text, ",") {
		l.addTrunk("HOTLINE_TRUNKS", address)
	}
}

func (l *loader) checkTrunk(where string, t TrunkConfig) {
	switch {
	case t.Name == "":
		l.fault(where, "a trunk needs a name")
	case slices.ContainsFunc(l.config.Trunks, func(o TrunkConfig) bool { return o.Name == t.Name }):
		l.fault(where, "two trunks are named %s", t.Name)
	}
	switch {
	case len(t.Addresses) == 0 && len(t.Servers) == 0:
		l.fault(where, "trunk %s has neither addresses nor servers", t.Name)
	case t.Register && (len(t.Servers) == 0 || t.Username == "" || t.Password == ""):
		l.fault(where, "trunk %s registers, so it needs servers, username and password_file", t.Name)
	case len(t.Prefixes) > 0 && (len(t.Servers) == 0 || t.From == ""):
		l.fault(where, "trunk %s carries calls out, so it needs servers and from", t.Name)
	}
}
