package embed

type FS struct{}

func (FS) ReadFile(name string) ([]byte, error)
