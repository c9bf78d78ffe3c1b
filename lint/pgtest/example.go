package pgtest

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// Main runs a package's tests, without its examples where they have no server to
// ask. Call it from TestMain.
func Main(m *testing.M) {
	if _, err := newest(); err != nil && os.Getenv("CI") == "" {
		flag.Parse()
		_ = flag.Set("test.skip", "^Example") // a flag that every test binary has
	}
	os.Exit(m.Run())
}

// Example calls use with the URL of an empty database of the newest server, for an
// example, which has no testing.T. It panics where there is no server: see Main.
func Example(use func(dsn string)) {
	server, err := newest()
	if err != nil {
		panic(err)
	}
	t := &exampleTB{}
	defer func() {
		for _, f := range t.cleanups {
			f()
		}
	}()
	use(server.Database(t))
}

func newest() (*Server, error) {
	major := Majors[len(Majors)-1]
	folder, err := socketFolder(major)
	return &Server{Major: major, socketFolder: folder}, err
}

// exampleTB is what Database needs of a testing.TB.
type exampleTB struct {
	testing.TB
	cleanups []func()
}

func (*exampleTB) Helper()                           {}
func (t *exampleTB) Cleanup(f func())                { t.cleanups = append(t.cleanups, f) }
func (*exampleTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
