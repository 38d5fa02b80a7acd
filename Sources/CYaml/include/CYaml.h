// What Swift sees of libyaml, and wrappers for what it cannot import.
#pragma once
#include <yaml.h>

// Scalars, sequences and mappings lie in an anonymous union.

static inline const unsigned char *_Nonnull cyaml_scalar(const yaml_node_t *_Nonnull node, size_t *_Nonnull length) {
    *length = node->data.scalar.length;
    return node->data.scalar.value;
}

static inline int cyaml_count(const yaml_node_t *_Nonnull node) {
    return node->type == YAML_SEQUENCE_NODE
               ? (int)(node->data.sequence.items.top - node->data.sequence.items.start)
               : (int)(node->data.mapping.pairs.top - node->data.mapping.pairs.start);
}

static inline int cyaml_item(const yaml_node_t *_Nonnull node, int index) {
    return node->data.sequence.items.start[index];
}

static inline int cyaml_key(const yaml_node_t *_Nonnull node, int index) {
    return node->data.mapping.pairs.start[index].key;
}

static inline int cyaml_value(const yaml_node_t *_Nonnull node, int index) {
    return node->data.mapping.pairs.start[index].value;
}
