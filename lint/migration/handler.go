package migration

import (
	"slices"
	"strings"
)

// handler is one WHEN of an EXCEPTION.
type handler struct {
	conditions []string // names in lower case, and SQLSTATEs
	fails      bool     // with the same error, or another one
}

// handler reads the conditions between WHEN and THEN.
func (r *blockReader) handler(conditions []Token, fails bool) handler {
	h := handler{fails: fails}
	for _, t := range conditions {
		switch {
		case t.Kind == String:
			if literal, ok := r.text.literal(t); ok {
				h.conditions = append(h.conditions, string(literal.bytes))
			}
		case t.Kind == Identifier && !isAnyWord(r.text.bytes, t, "OR", "SQLSTATE"):
			h.conditions = append(h.conditions, strings.ToLower(string(r.text.bytes[t.Pos:t.End])))
		}
	}
	return h
}

// catches reports whether the first handler for a SQLSTATE lets the block go on.
func catches(handlers []handler, state string) bool {
	for _, h := range handlers {
		if slices.ContainsFunc(h.conditions, func(c string) bool { return matches(c, state) }) {
			return !h.fails
		}
	}
	return false
}

// matches reports whether a condition is about a SQLSTATE: OTHERS, the state, or
// its whole class. OTHERS is not about a statement that is cancelled or a failed
// ASSERT, which no finding predicts.
func matches(condition, state string) bool {
	if condition == "others" {
		return true
	}
	if code, ok := ConditionNames[condition]; ok {
		condition = code
	}
	return condition == state || len(condition) == 5 && condition[2:] == "000" && condition[:2] == state[:2]
}

// ConditionNames are PL/pgSQL's names for the SQLSTATEs that findings have, and
// for their classes.
var ConditionNames = map[string]string{
	"feature_not_supported":                       "0A000",
	"data_exception":                              "22000",
	"string_data_right_truncation":                "22001",
	"numeric_value_out_of_range":                  "22003",
	"invalid_datetime_format":                     "22007",
	"datetime_field_overflow":                     "22008",
	"invalid_parameter_value":                     "22023",
	"string_data_length_mismatch":                 "22026",
	"invalid_text_representation":                 "22P02",
	"untranslatable_character":                    "22P05",
	"integrity_constraint_violation":              "23000",
	"not_null_violation":                          "23502",
	"unique_violation":                            "23505",
	"invalid_transaction_state":                   "25000",
	"active_sql_transaction":                      "25001",
	"no_active_sql_transaction":                   "25P01",
	"invalid_transaction_termination":             "2D000",
	"dependent_privilege_descriptors_still_exist": "2B000",
	"dependent_objects_still_exist":               "2BP01",
	"syntax_error_or_access_rule_violation":       "42000",
	"syntax_error":                                "42601",
	"duplicate_column":                            "42701",
	"ambiguous_function":                          "42725",
	"wrong_object_type":                           "42809",
	"cannot_coerce":                               "42846",
	"invalid_function_definition":                 "42P13",
	"invalid_table_definition":                    "42P16",
	"invalid_object_definition":                   "42P17",
	"object_not_in_prerequisite_state":            "55000",
	"unsafe_new_enum_value_usage":                 "55P04",
}
