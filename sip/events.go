package sip

import "hotline/sip/internal/wire"

func allowEvents() wire.Field { return wire.Field{Name: "Allow-Events", Value: "refer"} }
