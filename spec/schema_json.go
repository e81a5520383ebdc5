package spec

import (
	"bytes"
	"encoding/json"
)

// schema is the part of JSON Schema that we need. Its keywords judge values of one type each and let others pass,
// so that a scalar which YAML takes for a number is held only to what numbers can break.
type schema struct {
	Schema      string     `json:"$schema,omitempty"`
	ID          string     `json:"$id,omitempty"`
	Ref         string     `json:"$ref,omitempty"`
	Title       string     `json:"title,omitempty"`
	Description string     `json:"description,omitempty"`
	Type        any        `json:"type,omitempty"`
	Enum        []any      `json:"enum,omitempty"`
	Examples    []string   `json:"examples,omitempty"`
	Pattern     string     `json:"pattern,omitempty"`
	MaxLength   int        `json:"maxLength,omitempty"`
	Minimum     *float64   `json:"minimum,omitempty"`
	Maximum     int        `json:"maximum,omitempty"`
	Below       float64    `json:"exclusiveMaximum,omitempty"`
	Items       *schema    `json:"items,omitempty"`
	MinItems    int        `json:"minItems,omitempty"`
	MaxItems    int        `json:"maxItems,omitempty"`
	Unique      bool       `json:"uniqueItems,omitempty"`
	Properties  properties `json:"properties,omitempty"`
	Keys        *schema    `json:"propertyNames,omitempty"`
	Others      any        `json:"additionalProperties,omitempty"`
	Required    []string   `json:"required,omitempty"`
	MinKeys     int        `json:"minProperties,omitempty"`
	MaxKeys     int        `json:"maxProperties,omitempty"`
	If          *schema    `json:"if,omitempty"`
	Then        *schema    `json:"then,omitempty"`
	Else        *schema    `json:"else,omitempty"`
	Not         *schema    `json:"not,omitempty"`
	AllOf       []*schema  `json:"allOf,omitempty"`
	AnyOf       []*schema  `json:"anyOf,omitempty"`

	Defs map[string]*schema `json:"$defs,omitempty"`
}

// properties keep the order of the tables.
type properties []property

type property struct {
	key string
	// schema of the value, or false: the key must not be there.
	schema any
}

// MarshalJSON implements json.Marshaler.
func (ps properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range ps {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := marshal(p.key)
		if err != nil {
			return nil, err
		}
		value, err := marshal(p.schema)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// same: they are written alike.
func same(a, b *schema) bool {
	x, errX := marshal(a)
	y, errY := marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// marshal is json.Marshal that leaves `<` and `&` as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
