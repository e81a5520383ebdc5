package spec

import "strconv"

// text says which texts a scalar may be: those that fit match and also, but not never. They are regular
// expressions that read the same in Go and in ECMAScript.
type text struct {
	match, also, never string
	// most bytes.
	most int
	// Texts that YAML takes for numbers are from low on and below high; high 0: any.
	low, high float64
}

// Which texts scalars may be, for the JSON Schema. The loader says more about what does not fit; that both
// mean the same is tested with all fixtures.
var (
	// filledText is any text that is not blank.
	filledText = text{match: `\S`}
	// someText is any text but the empty one.
	someText = text{match: `^[\s\S]`}
	lineText = text{match: `^\s*\S(?:[^\n\t]{0,` + strconv.Itoa(maxLine-2) + `}\S)?\s*$`}

	// reasonText says why, not that.
	reasonText = text{match: lineText.match, never: `^(?:[tT][rR][uU][eE]|[yY][eE][sS]|[oO][nN]|[fF][aA][lL][sS][eE]|[nN][oO]|[oO][fF][fF])$`}

	slugText    = text{match: slugPattern.String(), most: maxSlug}
	contactText = text{match: slugPattern.String(), most: 40}
	labelText   = text{match: labelPattern.String(), never: `^__|^(?:le|quantile)$`, most: maxName}
	metricText  = text{match: metricPattern.String(), most: maxName}
	// newMetricText are names that a file can declare; `*` at the end is one of profiles, and of specs that change
	// them. Roles stand for any metric, also for `up`.
	newMetricText  = text{match: `^[a-zA-Z_:][a-zA-Z0-9_:]*\*?$`, never: `^(?:up|scrape_.*|ALERTS|ALERTS_FOR_STATE)$`, most: maxName + 1}
	roleMetricText = text{match: newMetricText.match, never: `^ALERTS(?:_FOR_STATE)?$`, most: maxName + 1}
	prefixText     = text{match: metricPattern.String(), most: maxName / 2}
	alertText      = text{match: alertPattern.String(), most: 100}
	legendText     = text{match: lineText.match, also: `^(?:[^{]|\{(?:[^{]|$)|\{*\{\{\s*[a-zA-Z_][a-zA-Z0-9_]*\s*\}\})*$`}
	runbookText    = text{match: `^https?://`}
	urlText        = text{match: urlPattern.String(), most: 2000}
	urlPathText    = text{match: urlPathPattern.String()}
	pathText       = text{match: `\S`, never: `^/|^.:|\\|://|(?:^|/)\.\.(?:/|$)|[\n\t]`, most: 1000}
	timeText       = text{match: timePattern.String()}
	uidText        = text{match: uidPattern.String()}
	envText        = text{match: envPattern.String(), most: 100}
	unitText       = text{match: `^[a-zA-Z][a-zA-Z0-9_]{0,40}(?:/s)?$`}
	ruleText       = text{match: rulePattern.String()}
	newUnitText    = text{match: unitPattern.String()}
	colorText      = text{match: `^(?:#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|(?:(?:semi-dark|dark|super-light|light)-)?(?:blue|green|orange|purple|red|yellow)|black|transparent|white)$`}
	numberText     = text{match: `^\s*` + number + `\s*$`}
	quantityText   = text{match: `^\s*` + number + `(?:\s*[^\s0-9.+-]\S*)?\s*$`}
	boundText      = text{match: `^\s*(?:` + number + `(?:\s*[^\s0-9.+-]\S*)?|[+-]?\.?[iI][nN][fF](?:[iI][nN][iI][tT][yY])?)\s*$`}
	// moreLabelText are labels that alerts do not have already.
	moreLabelText = text{match: labelPattern.String(), never: `^__|^(?:le|quantile|alertname|ml_model|owner|severity)$`, most: maxName}

	durationText     = text{match: durations, also: `[1-9]`}
	anyDurationText  = text{match: durations, also: `[0-9]`}
	secretPathText   = text{match: `\S`, never: `://|[\n\t$}]`, most: 500}
	stackVersionText = text{match: stackVersionPattern.String()}
	prometheusText   = text{match: `^[23]` + minor + `{0,2}$`, low: 2, high: 4}
	objectiveText    = text{match: `^\s*[0-9]{1,3}(?:\.[0-9]{1,6})?\s?%?\s*$`, low: 1, high: 100}
	methodText       = text{match: methodPattern.String()}
	// baselineText are labels whose series are compared with; the other keys have a meaning of their own.
	baselineText  = text{match: labelPattern.String(), never: `^__|^(?:le|quantile|offset|offsets|reference|file)$`, most: maxName}
	shareFileText = text{match: `\.(?:[yY][aA]?[mM][lL]|[jJ][sS][oO][nN]|[cC][sS][vV])\s*$`, never: `^\s*/|^\s*.:|\\|://|[\n\t]`, most: 1000}
	revisionText  = text{match: revisionPattern.String()}
	grafanaText   = text{match: `^(?:7\.[1-9][0-9]{0,3}|(?:[89]|1[0-3])` + minor + `?)` + minor + `?$`, low: 7.1, high: 14}
)

const (
	minor     = `(?:\.(?:0|[1-9][0-9]{0,3}))`
	number    = `[+-]?(?:[0-9]{1,18}(?:_?[0-9]{1,18}){0,4}(?:\.[0-9]{1,18})?|\.[0-9]{1,18})(?:[eE][+-]?[0-9]{1,2})?`
	durations = `^\s*(?:[0-9]{1,9}y)?(?:[0-9]{1,9}w)?(?:[0-9]{1,9}d)?(?:[0-9]{1,9}h)?(?:[0-9]{1,9}m)?(?:[0-9]{1,9}s)?(?:[0-9]{1,9}ms)?\s*$`
)
