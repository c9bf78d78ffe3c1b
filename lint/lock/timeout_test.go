package lock

import (
	"context"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

const refused = -1 * time.Millisecond

var timeouts = []struct {
	text string
	want time.Duration
}{
	{"5s", 5 * time.Second},
	{"5000", 5 * time.Second},
	{"0", 0},
	{"1min", time.Minute},
	{"1.5 s", 1500 * time.Millisecond},
	{"2 h", 2 * time.Hour},
	{" 7s ", 7 * time.Second},
	{"\t7\ns", 7 * time.Second},
	{"1d", 24 * time.Hour},
	{"100ms", 100 * time.Millisecond},
	{"+3s", 3 * time.Second},
	{".5s", 500 * time.Millisecond},
	{"5.s", 5 * time.Second},
	{"1e3", time.Second},
	{"1e3ms", time.Second},
	{"0x10", 16 * time.Millisecond},
	{"0x10s", 16 * time.Second},
	{"010", 8 * time.Millisecond},
	{"010.5s", 10500 * time.Millisecond},
	{"0x1.8s", 1500 * time.Millisecond},
	{"0x1.8", 2 * time.Millisecond},
	{"1500us", 2 * time.Millisecond},
	{"2500us", 2 * time.Millisecond},
	{"499us", 0},
	{"1.01min", 61 * time.Second},
	{"1.0001s", 1 * time.Second},
	{"0.1", 0},
	{"0.6", time.Millisecond},
	{"-0.4", 0},
	{"1e-9", 0},
	{"2147483647", 2147483647 * time.Millisecond},
	{"2147483647.4", 2147483647 * time.Millisecond},
	{"24d", 24 * 24 * time.Hour},
	{"25d", refused},
	{"2147483648", refused},
	{"99999999999999999999", refused},
	{"1e400", refused},
	{"1e-400", refused},
	{"-1", refused},
	{"-1s", refused},
	{"5S", refused},
	{"5 Min", refused},
	{"5MS", refused},
	{"5 sec", refused},
	{"5 seconds", refused},
	{"5m", refused},
	{"5kB", refused},
	{"5 s s", refused},
	{"08", refused},
	{"0x", refused},
	{"0xs", refused},
	{"1e", refused},
	{"1_000", refused},
	{"", refused},
	{" ", refused},
	{"s", refused},
	{"on", refused},
	{"inf", refused},
	{"nan", refused},
	{"+-5", refused},
	{" .5s", refused},
	{"+.5s", refused},
	{"+", refused},
	{".", refused},
	{"5,5s", refused},
	{"00:00:05", refused},
	{"5\u00a0s", refused},
	{"DEFAULT", refused},
}

func parsed(text string) time.Duration {
	got, err := ParseTimeout(text)
	if err != nil {
		return refused
	}
	return got
}

func TestParseTimeout(t *testing.T) {
	for _, c := range timeouts {
		if got := parsed(c.text); got != c.want {
			t.Errorf("ParseTimeout(%q) = %v, want %v", c.text, got, c.want)
		}
	}
}

// TestParseTimeoutAsServers compares with what servers make of the same text.
func TestParseTimeoutAsServers(t *testing.T) {
	t.Parallel()
	var texts []string
	for _, c := range timeouts {
		texts = append(texts, c.text)
	}
	random := rand.New(rand.NewSource(1))
	parts := []string{"0", "1", "5", "9", "10", "08", "0x", "a", ".", "e", "E", "p", "-", "+", " ", "\t", "s", "ms", "us", "min", "h", "d", "S", "_", "99999"}
	for range 3000 {
		var b strings.Builder
		for range 1 + random.Intn(5) {
			b.WriteString(parts[random.Intn(len(parts))])
		}
		texts = append(texts, b.String())
	}
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		conn := pgtest.Connect(t, server.Database(t))
		ctx := context.Background()
		for _, text := range texts {
			want := refused
			var ms int64
			// In one message: a timeout of a millisecond would cancel what comes after.
			err := conn.QueryRow(ctx, "SELECT setting::bigint FROM set_config('lock_timeout', $1, false) s, LATERAL (SELECT setting, s FROM pg_settings WHERE name = 'lock_timeout') x", text).Scan(&ms)
			if err == nil {
				want = time.Duration(ms) * time.Millisecond
			}
			if _, err := conn.Exec(ctx, "RESET lock_timeout"); err != nil {
				t.Fatal(err)
			}
			if got := parsed(text); got != want {
				t.Errorf("ParseTimeout(%q) = %v, PostgreSQL %d has %v", text, got, server.Major, want)
			}
		}
	})
}
