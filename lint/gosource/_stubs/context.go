package context

type Context interface {
	Done() <-chan struct{}
	Err() error
	Value(key any) any
}

type CancelFunc func()

func Background() Context
func TODO() Context
func WithCancel(parent Context) (Context, CancelFunc)
