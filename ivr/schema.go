package ivr

import (
	"encoding/json"
	"maps"
	"slices"
)

// schema is a JSON schema as a plain map.
type schema map[string]any

func oneOfWords(words ...string) schema { return schema{"enum": words} }

// named is the schema of a name; a name of digits need not be quoted.
func named() schema {
	return schema{"type": []string{"string", "integer"}, "pattern": namePattern, "minimum": 0}
}

func text(pattern string) schema { return schema{"type": "string", "pattern": pattern} }

// Schema writes the JSON schema (draft 2020-12) of a flow file, for editors.
// It is made from the same struct tags the reader follows.
func Schema() []byte {
	defs := schema{}
	var nodes []schema
	for _, kind := range Kinds() {
		defs[kind] = object(kinds[kind](), "")
		nodes = append(nodes, schema{"$ref": "#/$defs/" + kind})
	}
	root := object(&header{}, "A call flow")
	root["properties"].(schema)["nodes"] = schema{
		"type": "object", "minProperties": 1,
		"propertyNames":        schema{"pattern": namePattern},
		"additionalProperties": schema{"oneOf": nodes},
	}
	root["required"] = append(root["required"].([]string), "nodes")
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Call flow"
	root["$defs"] = defs
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("ivr: the schema is made of plain values: " + err.Error())
	}
	return append(out, '\n')
}

// object is the schema of a struct with tagged fields.
func object(ptr any, about string) schema {
	properties, required := schema{}, []string{}
	for _, f := range fieldsOf(ptr) {
		shape := maps.Clone(f.value.shape())
		if f.doc != "" {
			shape["description"] = f.doc
		}
		properties[f.name] = shape
		if !f.optional {
			required = append(required, f.name)
		}
	}
	s := schema{"type": "object", "additionalProperties": false, "properties": properties, "required": required}
	if about != "" {
		s["description"] = about
	}
	return s
}

// Kinds lists the kinds of nodes, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(kinds)) }
