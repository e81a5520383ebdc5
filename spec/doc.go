// Package spec turns YAML into a Model, exactly or not at all, and holds the profiles and roles that
// come with the program.
//
// It is the first step after reading: source → spec → planner → lint → generators → output. Loading
// reports every problem in one run, at its place; a Model is returned only if there is none.
package spec
