package real

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// nodeTool is a tool of npm, which node.mjs calls. All pending migrations are
// applied at once, as these tools do; they are taken back one by one.
type nodeTool struct{ name, dir, dsn string }

func openNode(name string) func(*testing.T, string, string) (tool, error) {
	return func(t *testing.T, dir, dsn string) (tool, error) {
		// node-pg-migrate refuses a directory with a recorded.txt.
		only := filepath.Join(t.TempDir(), "migrations")
		if err := os.CopyFS(only, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(only, "recorded.txt")); err != nil {
			t.Fatal(err)
		}
		return nodeTool{name, only, dsn}, nil
	}
}

type nodeAnswer struct {
	ID    int      `json:"id"`
	Files []string `json:"files"`
	Error string   `json:"error"`
}

// node is the process that answers for all tests.
var node struct {
	start   sync.Once
	failed  error
	mutex   sync.Mutex
	in      io.Writer
	waiting map[int]chan nodeAnswer
	last    int
}

func startNode() {
	node.waiting = map[int]chan nodeAnswer{}
	if _, err := os.Stat("node_modules/node-pg-migrate"); err != nil {
		node.failed = errors.New("the tools of npm are not installed; run: npm ci --prefix testdata/runners/real")
		return
	}
	cmd := exec.Command("node", "node.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		node.failed = err
		return
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		node.failed = err
		return
	}
	node.in, node.failed = in, cmd.Start()
	go func() {
		answers := bufio.NewScanner(out)
		answers.Buffer(nil, 1<<20)
		for answers.Scan() {
			var a nodeAnswer
			if err := json.Unmarshal(answers.Bytes(), &a); err != nil {
				continue
			}
			node.mutex.Lock()
			node.waiting[a.ID] <- a
			delete(node.waiting, a.ID)
			node.mutex.Unlock()
		}
		node.mutex.Lock()
		defer node.mutex.Unlock()
		for _, c := range node.waiting {
			c <- nodeAnswer{Error: "node has ended"}
		}
		node.waiting = nil
	}()
}

func (n nodeTool) run(ctx context.Context, direction string) ([]string, bool, error) {
	node.start.Do(startNode)
	if node.failed != nil {
		return nil, false, node.failed
	}
	answer := make(chan nodeAnswer, 1)
	node.mutex.Lock()
	node.last++
	request, err := json.Marshal(map[string]any{"id": node.last, "tool": n.name, "dir": n.dir, "dsn": n.dsn, "direction": direction})
	if err == nil && node.waiting != nil {
		node.waiting[node.last] = answer
		_, err = node.in.Write(append(request, '\n'))
	}
	ended := node.waiting == nil
	node.mutex.Unlock()
	if err != nil || ended {
		return nil, false, errors.Join(err, errors.New("node does not answer"))
	}
	select {
	case a := <-answer:
		if a.Error != "" {
			return a.Files, false, errors.New(a.Error)
		}
		return a.Files, len(a.Files) == 0, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

func (n nodeTool) up(ctx context.Context) ([]string, bool, error)   { return n.run(ctx, "up") }
func (n nodeTool) down(ctx context.Context) ([]string, bool, error) { return n.run(ctx, "down") }
