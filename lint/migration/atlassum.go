package migration

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

const atlasSum = "atlas.sum"

// atlasHash is a line of atlas.sum: a file, with the hash of its text and of those
// before it.
type atlasHash struct{ name, hash string }

// atlasHashes computes them as migrate.NewHashFile does.
func atlasHashes(fsys fs.FS, dir string) ([]atlasHash, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, err
	}
	var all []atlasHash
	sum := sha256.New()
	for _, e := range entries {
		if path.Ext(e.Name()) != ".sql" {
			continue
		}
		text, err := fs.ReadFile(fsys, path.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		sum.Write([]byte(e.Name()))
		if atlasUnhashed(text) > 0 {
			continue
		}
		sum.Write(text)
		all = append(all, atlasHash{e.Name(), base64.StdEncoding.EncodeToString(sum.Sum(nil))})
	}
	return all, nil
}

// atlasUnhashed returns the length of the line atlas:sum ignore at the top of a file,
// which leaves it out of atlas.sum; 0 where there is none.
func atlasUnhashed(source []byte) int {
	if m := atlasPattern.FindSubmatch(source); m != nil && string(m[2]) == "sum" && string(m[3]) == "ignore" {
		return len(m[0])
	}
	return 0
}

// atlasSumOf is the first line of atlas.sum, without its h1:, as HashFile.Sum.
func atlasSumOf(all []atlasHash) string {
	sum := sha256.New()
	for _, h := range all {
		sum.Write([]byte(h.name + h.hash))
	}
	return base64.StdEncoding.EncodeToString(sum.Sum(nil))
}

// checkAtlasSum compares a directory with its atlas.sum, as migrate.Validate does,
// without which Atlas executes nothing. It returns nil where they agree, or the files
// cannot be read.
func checkAtlasSum(fsys fs.FS, dir string) *Refusal {
	text, err := fs.ReadFile(fsys, path.Join(dir, atlasSum))
	if err != nil {
		return nil
	}
	want, err := atlasHashes(fsys, dir)
	if err != nil {
		return nil
	}
	refuse := func(base, fix, format string, args ...any) *Refusal {
		return &Refusal{Base: base, Problem: Problem{
			Refused: true,
			Message: "Atlas refuses the whole directory: " + fmt.Sprintf(format, args...),
			Fix:     fix,
		}}
	}
	const again = "run atlas migrate hash"
	var got []atlasHash
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for _, line := range lines[1:] {
		name, hash, ok := strings.Cut(strings.TrimSuffix(line, "\r"), "h1:")
		if !ok {
			return refuse("", again, "a line of %s has no hash", atlasSum)
		}
		got = append(got, atlasHash{strings.TrimSpace(name), hash})
	}
	if strings.TrimPrefix(strings.TrimSuffix(lines[0], "\r"), "h1:") != atlasSumOf(got) {
		return refuse("", again, "the first line of %s is not the sum of the others", atlasSum)
	}
	for i, h := range got {
		at := slices.IndexFunc(want, func(w atlasHash) bool { return w.name == h.name })
		switch {
		case i < len(want) && want[i] == h:
		case at < 0:
			return refuse(h.name, "restore it, or "+again, "%s has %s, which is not there", atlasSum, h.name)
		case at == i:
			return refuse(h.name, again+" if the change is meant, else restore the file", "%s was edited after %s was written", h.name, atlasSum)
		default:
			return refuse(want[i].name, again, "%s does not have %s", atlasSum, want[i].name)
		}
	}
	if len(want) > len(got) {
		name := want[len(got)].name
		return refuse(name, again, "%s does not have %s", atlasSum, name)
	}
	return nil
}
