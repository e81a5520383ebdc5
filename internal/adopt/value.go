package adopt

import (
	"bytes"
	"math"
	"strconv"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// get returns the member of that name, the last one if there are several, as Grafana takes it; nil: there is
// none, or it is null.
func (v *value) get(path ...string) *value {
	for _, name := range path {
		if v == nil {
			return nil
		}
		found := (*value)(nil)
		for i := range v.members {
			if v.members[i].name == name {
				found = v.members[i].value
			}
		}
		v = found
	}
	if v == nil || v.kind == jsonNull {
		return nil
	}
	return v
}

// list returns the items of a list.
func (v *value) list() []*value {
	if v == nil {
		return nil
	}
	return v.items
}

func (v *value) isObject() bool { return v != nil && v.kind == jsonObject }
func (v *value) isList() bool   { return v != nil && v.kind == jsonList }
func (v *value) isString() bool { return v != nil && v.kind == jsonString }

// span is the whole value.
func (v *value) span() diag.Span {
	if v == nil {
		return diag.Span{}
	}
	return diag.Span{File: v.file, Start: v.start, End: v.end}
}

// head is the first byte of an object: a place for what is missing in it.
func (v *value) head() diag.Span {
	s := v.span()
	s.End = min(s.End, s.Start+1)
	return s
}

// str is the value of a string; empty for others.
func (v *value) str() string {
	if v == nil || v.kind != jsonString {
		return ""
	}
	if raw := v.file.Data[v.start+1 : v.end-1]; bytes.IndexByte(raw, '\\') < 0 {
		return string(raw)
	}
	return v.text().Value
}

// located is a string with its place, which has no quotes.
func (v *value) located() diag.Located[string] {
	if !v.isString() {
		return diag.Located[string]{}
	}
	s := v.span()
	s.Start, s.End = s.Start+1, s.End-1
	return diag.At(v.str(), s)
}

// number is a number with its place; strings that hold one count, as in Grafana.
func (v *value) number() diag.Located[float64] {
	if v == nil {
		return diag.Located[float64]{}
	}
	text := v.str()
	if v.kind == jsonNumber {
		text = string(v.file.Data[v.start:v.end])
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return diag.Located[float64]{}
	}
	return diag.At(n, v.span())
}

// integer is a whole number with its place. Numbers beyond 2⁵³, which JSON cannot hold, are cut.
func (v *value) integer() diag.Located[int] {
	n := v.number()
	if !n.Given() {
		return diag.Located[int]{}
	}
	return diag.At(int(max(-1<<53, min(1<<53, n.Value))), n.Span)
}

// boolean is true or false with its place.
func (v *value) boolean() diag.Located[bool] {
	if v == nil || v.kind != jsonBool {
		return diag.Located[bool]{}
	}
	return diag.At(v.file.Data[v.start] == 't', v.span())
}

// isTrue: the value is there, and true.
func (v *value) isTrue() bool { return v.boolean().Value }
