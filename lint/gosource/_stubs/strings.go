package strings

func Join(elems []string, sep string) string
func Repeat(s string, count int) string
func ReplaceAll(s, from, to string) string
func TrimSpace(s string) string
