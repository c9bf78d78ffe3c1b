package catalog

import (
	"reflect"
	"testing"
)

func TestCloneSharesNoMap(t *testing.T) {
	c := New()
	if n := sharedMaps(t, reflect.ValueOf(c).Elem(), reflect.ValueOf(c.Clone()).Elem()); n < 10 {
		t.Errorf("only %d maps", n)
	}
}

// TestMarkNotesAllMaps: what a mark does not note, a branch of a DO block loses.
func TestMarkNotesAllMaps(t *testing.T) {
	all := reflect.ValueOf(newSchema())
	m := &Mark{newSchema()}
	noted := reflect.ValueOf(&m.schema).Elem()
	for i := range all.NumField() {
		entries := all.Field(i)
		key := reflect.Zero(entries.Type().Key())
		m.note(reflect.MakeMap(entries.Type()).Interface(), key.Interface(), reflect.Zero(entries.Type().Elem()).Interface())
		if kept := reflect.ValueOf(m.only(&m.schema)); noted.Field(i).Len() != 1 || kept.Field(i).Len() != 1 {
			t.Errorf("%s is not noted, or not copied", all.Type().Field(i).Name)
		}
	}
}

// sharedMaps reports the maps that two structs share, and counts all.
func sharedMaps(t *testing.T, original, clone reflect.Value) (maps int) {
	for i := range original.NumField() {
		switch field := original.Field(i); {
		case field.Kind() == reflect.Struct && original.Type().Field(i).Anonymous:
			maps += sharedMaps(t, field, clone.Field(i))
		case field.Kind() == reflect.Map && !field.IsNil():
			maps++
			if field.Pointer() == clone.Field(i).Pointer() {
				t.Errorf("a clone shares %s", original.Type().Field(i).Name)
			}
		}
	}
	return maps
}
