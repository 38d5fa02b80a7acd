// The named queries. Written by ListTests from queries/; 'make record' writes it anew.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"cache-hits", (const char[]){
#embed "../../queries/cache-hits.sql" suffix(, 0)
    }},
    {"changes", (const char[]){
#embed "../../queries/changes.sql" suffix(, 0)
    }},
    {"coverage", (const char[]){
#embed "../../queries/coverage.sql" suffix(, 0)
    }},
    {"coverage-by-week", (const char[]){
#embed "../../queries/coverage-by-week.sql" suffix(, 0)
    }},
    {"critical-nodes", (const char[]){
#embed "../../queries/critical-nodes.sql" suffix(, 0)
    }},
    {"data-read", (const char[]){
#embed "../../queries/data-read.sql" suffix(, 0)
    }},
    {"duration-percentiles-by-week", (const char[]){
#embed "../../queries/duration-percentiles-by-week.sql" suffix(, 0)
    }},
    {"duration-percentiles-by-workflow", (const char[]){
#embed "../../queries/duration-percentiles-by-workflow.sql" suffix(, 0)
    }},
    {"execution-durations", (const char[]){
#embed "../../queries/execution-durations.sql" suffix(, 0)
    }},
    {"executions-by-input", (const char[]){
#embed "../../queries/executions-by-input.sql" suffix(, 0)
    }},
    {"failure-rate-by-task", (const char[]){
#embed "../../queries/failure-rate-by-task.sql" suffix(, 0)
    }},
    {"failure-rate-by-workflow", (const char[]){
#embed "../../queries/failure-rate-by-workflow.sql" suffix(, 0)
    }},
    {"harvests", (const char[]){
#embed "../../queries/harvests.sql" suffix(, 0)
    }},
    {"longest-executions", (const char[]){
#embed "../../queries/longest-executions.sql" suffix(, 0)
    }},
    {"open-executions", (const char[]){
#embed "../../queries/open-executions.sql" suffix(, 0)
    }},
    {"outcomes", (const char[]){
#embed "../../queries/outcomes.sql" suffix(, 0)
    }},
    {"problems", (const char[]){
#embed "../../queries/problems.sql" suffix(, 0)
    }},
    {"queue-time", (const char[]){
#embed "../../queries/queue-time.sql" suffix(, 0)
    }},
    {"requested-resources", (const char[]){
#embed "../../queries/requested-resources.sql" suffix(, 0)
    }},
    {"retried-errors", (const char[]){
#embed "../../queries/retried-errors.sql" suffix(, 0)
    }},
    {"retries", (const char[]){
#embed "../../queries/retries.sql" suffix(, 0)
    }},
    {"search-errors", (const char[]){
#embed "../../queries/search-errors.sql" suffix(, 0)
    }},
    {"slowest-nodes", (const char[]){
#embed "../../queries/slowest-nodes.sql" suffix(, 0)
    }},
    {"spans-by-operation", (const char[]){
#embed "../../queries/spans-by-operation.sql" suffix(, 0)
    }},
    {"time-by-class", (const char[]){
#embed "../../queries/time-by-class.sql" suffix(, 0)
    }},
    {"top-errors", (const char[]){
#embed "../../queries/top-errors.sql" suffix(, 0)
    }},
    {"withheld", (const char[]){
#embed "../../queries/withheld.sql" suffix(, 0)
    }},
    {"zombies", (const char[]){
#embed "../../queries/zombies.sql" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_queries(void) { return files; }
