// Files of the repository as text inside the executable, through C23's #embed.
#pragma once

struct embedded_file {
    const char *_Nullable name;
    const char *_Nullable text;
};

/// Each list ends with an entry without a name.
const struct embedded_file *_Nonnull embedded_schema(void);
const struct embedded_file *_Nonnull embedded_queries(void);
const struct embedded_file *_Nonnull embedded_idl(void);
const struct embedded_file *_Nonnull embedded_assets(void);
const struct embedded_file *_Nonnull embedded_topics(void);
