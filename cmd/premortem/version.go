package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// build describes this executable.
type build struct {
	Version string `json:"version"`          // of the module: "v1.2.0", or "(devel)"
	Commit  string `json:"commit,omitempty"` // of the source, if known
	Go      string `json:"go"`
	Parser  string `json:"parser"` // PostgreSQL's own parser, as it was built in
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// version reads what the Go linker recorded.
func version() build {
	b := build{Version: "(devel)", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	if info.Main.Version != "" {
		b.Version = info.Main.Version
	}
	parser := "github.com/pganalyze/pg_query_go/v6"
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.Commit = s.Value
		case s.Key == "CGO_ENABLED" && s.Value == "0":
			parser = "github.com/wasilibs/go-pgquery"
		}
	}
	for _, dep := range info.Deps {
		if dep.Path == parser {
			b.Parser = dep.Path + " " + dep.Version
		}
	}
	return b
}

func versionCommand(s *shell) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version of premortem and of its parser",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			b := version()
			if asJSON {
				encoder := json.NewEncoder(s.out)
				encoder.SetIndent("", "  ")
				return encoder.Encode(b)
			}
			_, err := fmt.Fprintf(s.out, "premortem %s\nparser    %s\ngo        %s %s/%s\n", b.Version, b.Parser, b.Go, b.OS, b.Arch)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
