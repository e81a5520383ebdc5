package plan

import "fmt"

// Version is a version of Grafana.
type Version struct{ Major, Minor int }

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// AtLeast reports whether v is major.minor or later.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// schemaVersions says which schema of dashboard JSON each version writes itself. Ascending; a
// version has the entry of the last one that is not later. Measured; 12.2 and later: 42.
var schemaVersions = []struct {
	from   Version
	schema int
}{
	{Version{7, 0}, 25}, {Version{7, 1}, 26}, {Version{7, 4}, 27}, {Version{8, 0}, 30}, {Version{8, 2}, 31},
	{Version{8, 3}, 33}, {Version{8, 4}, 35}, {Version{8, 5}, 36}, {Version{9, 2}, 37}, {Version{9, 4}, 38},
	{Version{10, 3}, 39}, {Version{11, 3}, 40}, {Version{11, 6}, 41}, {Version{12, 2}, 42},
}

// SchemaVersion is what dashboards for v say in `schemaVersion`.
func (v Version) SchemaVersion() int {
	schema := schemaVersions[0].schema
	for _, s := range schemaVersions {
		if v.AtLeast(s.from.Major, s.from.Minor) {
			schema = s.schema
		}
	}
	return schema
}

// HasRateInterval: the macro $__rate_interval exists.
func (v Version) HasRateInterval() bool { return v.AtLeast(7, 2) }

// HasTimeSeries: the panel types timeseries, state-timeline and barchart exist.
func (v Version) HasTimeSeries() bool { return v.AtLeast(8, 0) }

// HasObjectDatasource: datasources are referred to as {type, uid}, before by name.
func (v Version) HasObjectDatasource() bool { return v.AtLeast(8, 3) }

// HasLegacyAlerting: alerts inside panels are evaluated.
func (v Version) HasLegacyAlerting() bool { return !v.AtLeast(11, 0) }
