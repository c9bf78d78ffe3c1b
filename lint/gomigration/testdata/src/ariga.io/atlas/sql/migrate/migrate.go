package migrate

type Plan struct {
	Version, Name string
	Changes       []*Change
	Directives    []string
}

type Change struct {
	Cmd     string
	Args    []any
	Comment string
	Reverse any
}

type LocalFile struct{}

func NewLocalFile(name string, data []byte) *LocalFile { return nil }

type MemDir struct{}

func (d *MemDir) WriteFile(name string, data []byte) error { return nil }
