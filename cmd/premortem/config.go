package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/report"
)

func configCommand(s *shell) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check, print or begin a configuration file",
	}
	group(cmd)
	cmd.AddCommand(configPrintCommand(s), configCheckCommand(s), configInitCommand(s))
	return cmd
}

func configPrintCommand(s *shell) *cobra.Command {
	var file string
	var none bool
	cmd := &cobra.Command{
		Use:   "print",
		Short: "Print the configuration in force, and where each value comes from",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			_, c, err := readConfig(s, file, none)
			if err != nil {
				return err
			}
			text, err := c.WithDefaults(config.Config{
				PGVersion: lint.OldestSupported,
				FailOn:    "error",
				Format:    config.Format(report.Formats[0].Name),
			}).YAML()
			if err != nil {
				return err
			}
			_, err = s.out.Write(text)
			return err
		},
	}
	registerConfigFlags(cmd, &file, &none)
	return cmd
}

func configCheckCommand(s *shell) *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "check [file]",
		Short: "Find all mistakes in the configuration file",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				file = args[0]
			}
			path, _, err := readConfig(s, file, false)
			if err != nil {
				return err
			}
			if path == "" {
				return fmt.Errorf("no %s from here to the root of the repository; `premortem config init` writes one", config.FileName)
			}
			_, err = fmt.Fprintf(s.out, "%s is valid\n", s.relative(path))
			return err
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "the configuration `file`")
	return cmd
}

func configInitCommand(s *shell) *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Write a commented " + config.FileName + " that changes nothing yet",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			file, err := os.OpenFile(filepath.Join(s.dir, config.FileName), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
			switch {
			case errors.Is(err, fs.ErrExist):
				return fmt.Errorf("%s exists already: it stays as it is", config.FileName)
			case err != nil:
				return fmt.Errorf("%s: %w", config.FileName, errors.Unwrap(err))
			}
			if _, err := file.Write(config.Start); err != nil {
				file.Close()
				return err
			}
			if err := file.Close(); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, "wrote %s\n", config.FileName)
			return err
		},
	}
}
