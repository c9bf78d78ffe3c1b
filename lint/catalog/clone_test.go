package catalog

import (
	"reflect"
	"testing"
)

func TestCloneSharesNoMap(t *testing.T) {
	c := New()
	original, clone := reflect.ValueOf(c).Elem(), reflect.ValueOf(c.Clone()).Elem()
	maps := 0
	for i := range original.NumField() {
		if original.Field(i).Kind() != reflect.Map || original.Field(i).IsNil() {
			continue
		}
		maps++
		if original.Field(i).Pointer() == clone.Field(i).Pointer() {
			t.Errorf("a clone shares %s", original.Type().Field(i).Name)
		}
	}
	if maps < 10 {
		t.Errorf("only %d maps", maps)
	}
}
