// Flyte's messages and literals as JSON. Of hostile bytes comes a failure, or what can be made of them.
#pragma once
#include "../CFlyteJSON.h"
#include "text.h"
#include "wire.h"

/// A message as protojson, unset fields included.
bool message_json(const char *type, enum json_names names, struct bytes bytes, struct text *out);
/// Whether a message of this name is known; with or without 'flyteidl.'.
bool is_message(const char *type);
/// What Flyte calls a literal type's kind in a table's column.
bool literal_type_name(struct bytes type, struct text *out);
/// The name of an enum-typed field's value, in quotes; of an unknown one its digits.
bool enum_json(const char *type, const char *field, int32_t value, struct text *out);

/// A `core.LiteralMap` and a `core.Literal` as canonical JSON.
bool literal_map_json(struct bytes map, struct text *out);
bool literal_json(struct bytes literal, struct text *out);
