package fmt

func Errorf(format string, a ...any) error
func Print(a ...any) (int, error)
func Printf(format string, a ...any) (int, error)
func Println(a ...any) (int, error)
func Sprint(a ...any) string
func Sprintf(format string, a ...any) string
