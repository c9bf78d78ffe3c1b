package lock

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func onServers(t *testing.T, run func(t *testing.T, conn *pgx.Conn, server int)) {
	for server := 12; server <= 18; server++ {
		dsn := os.Getenv(fmt.Sprintf("PREMORTEM_POSTGRES_%d", server))
		if dsn == "" {
			continue
		}
		t.Run(fmt.Sprint(server), func(t *testing.T) {
			conn, err := pgx.Connect(context.Background(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(context.Background())
			run(t, conn, server)
		})
	}
}
