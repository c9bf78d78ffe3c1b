package rules

// NewerForms returns the words of every form that syntax-newer-than-server
// knows, with the first major that has it.
func NewerForms() map[string]int {
	forms := map[string]int{}
	for _, form := range newerForms {
		forms[form.words] = form.since
	}
	for _, words := range newestForms {
		forms[words] = 18
	}
	return forms
}
