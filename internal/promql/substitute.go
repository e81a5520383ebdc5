package promql

// replaceTokens makes the edits for tokens and notes what each coded place becomes.
func (e *completion) replaceTokens(token func(Token) (string, bool)) (err error) {
	x := e.q.src.lexed
	for i, c := range e.q.src.coded {
		l := x.list[c.lexeme]
		var edits []edit
		for k := l.firstToken; k < l.firstToken+l.tokens; k++ {
			if text, ok := token(e.q.tokens[k]); ok {
				edits = append(edits, edit{x.tokens[k].start, x.tokens[k].end, text})
			}
		}
		if len(edits) == 0 {
			continue
		}
		e.tokens = append(e.tokens, edits...)
		if e.replaced == nil {
			e.replaced = map[int]string{}
		}
		if e.replaced[i], err = apply(x.of(l), moved(edits, -l.start)); err != nil {
			return err
		}
	}
	return nil
}

// standIns says what the stand-ins of numbers and durations become, by index of their coded place.
type standIns []float64

// of is what a number or duration, in seconds, becomes.
func (s standIns) of(v float64) float64 {
	if i, ok := standInOf(v, len(s)); ok {
		return sign(v) * s[i]
	}
	return v
}

// meantTokens returns what the stand-ins of the author's query must be in the completed one: numbers, those
// of the second reading of places that are read twice, and names by stand-in.
func (e *completion) meantTokens() (numbers, twin standIns, names map[string]string) {
	x := e.q.src.lexed
	coded := e.q.src.coded
	numbers, twin = make(standIns, len(coded)), make(standIns, len(coded))
	left := 0 // coded places in the completed text so far
	place := func(i int, numbers standIns) {
		c := coded[i]
		text, replaced := e.replaced[i]
		if !replaced {
			text = x.of(x.list[c.lexeme])
		}
		stays := holdsTokens(text) // at the end of the change as many places hold tokens as before, or fewer
		switch c.role {
		case RoleDuration, RoleNumber:
			if stays {
				numbers[i] = standIn(left)
			} else {
				numbers[i], _ = literalValue(text)
			}
		default:
			if replaced {
				if names == nil {
					names = map[string]string{}
				}
				names[standInName(x.of(x.list[c.lexeme]))] = standInName(text)
			}
		}
		if stays {
			left++
		}
	}
	for i := 0; i < len(coded); {
		t, end := e.twinAt(x.list[coded[i].lexeme].start), i+1
		for t != nil && end < len(coded) && e.twinAt(x.list[coded[end].lexeme].start) == t {
			end++
		}
		for k := i; k < end; k++ {
			place(k, numbers)
		}
		for k := i; t != nil && k < end; k++ {
			place(k, twin)
		}
		i = end
	}
	return numbers, twin, names
}

func replaceName(names map[string]string, name string) string {
	if to, ok := names[name]; ok {
		return to
	}
	return name
}
