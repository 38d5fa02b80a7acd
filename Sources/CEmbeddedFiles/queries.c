// The named queries. Written by ListTests from queries/; 'make record' writes it anew.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"after-failures", (const char[]){
#embed "../../queries/after-failures.sql" suffix(, 0)
    }},
    {"cache-hits", (const char[]){
#embed "../../queries/cache-hits.sql" suffix(, 0)
    }},
    {"cache-misses", (const char[]){
#embed "../../queries/cache-misses.sql" suffix(, 0)
    }},
    {"cache-savings", (const char[]){
#embed "../../queries/cache-savings.sql" suffix(, 0)
    }},
    {"changes", (const char[]){
#embed "../../queries/changes.sql" suffix(, 0)
    }},
    {"cost", (const char[]){
#embed "../../queries/cost.sql" suffix(, 0)
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
    {"criticality", (const char[]){
#embed "../../queries/criticality.sql" suffix(, 0)
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
    {"duration-survival", (const char[]){
#embed "../../queries/duration-survival.sql" suffix(, 0)
    }},
    {"execution-durations", (const char[]){
#embed "../../queries/execution-durations.sql" suffix(, 0)
    }},
    {"executions-by-input", (const char[]){
#embed "../../queries/executions-by-input.sql" suffix(, 0)
    }},
    {"failure-groups", (const char[]){
#embed "../../queries/failure-groups.sql" suffix(, 0)
    }},
    {"failure-rate-by-task", (const char[]){
#embed "../../queries/failure-rate-by-task.sql" suffix(, 0)
    }},
    {"failure-rate-by-workflow", (const char[]){
#embed "../../queries/failure-rate-by-workflow.sql" suffix(, 0)
    }},
    {"flaky-executions", (const char[]){
#embed "../../queries/flaky-executions.sql" suffix(, 0)
    }},
    {"harvests", (const char[]){
#embed "../../queries/harvests.sql" suffix(, 0)
    }},
    {"longest-executions", (const char[]){
#embed "../../queries/longest-executions.sql" suffix(, 0)
    }},
    {"missed-slots", (const char[]){
#embed "../../queries/missed-slots.sql" suffix(, 0)
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
    {"queue-by-hour", (const char[]){
#embed "../../queries/queue-by-hour.sql" suffix(, 0)
    }},
    {"queue-time", (const char[]){
#embed "../../queries/queue-time.sql" suffix(, 0)
    }},
    {"recovery-times", (const char[]){
#embed "../../queries/recovery-times.sql" suffix(, 0)
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
    {"schedule-lateness", (const char[]){
#embed "../../queries/schedule-lateness.sql" suffix(, 0)
    }},
    {"schedules", (const char[]){
#embed "../../queries/schedules.sql" suffix(, 0)
    }},
    {"search-errors", (const char[]){
#embed "../../queries/search-errors.sql" suffix(, 0)
    }},
    {"serialisation", (const char[]){
#embed "../../queries/serialisation.sql" suffix(, 0)
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
    {"wall-time", (const char[]){
#embed "../../queries/wall-time.sql" suffix(, 0)
    }},
    {"what-if", (const char[]){
#embed "../../queries/what-if.sql" suffix(, 0)
    }},
    {"what-if-node", (const char[]){
#embed "../../queries/what-if-node.sql" suffix(, 0)
    }},
    {"withheld", (const char[]){
#embed "../../queries/withheld.sql" suffix(, 0)
    }},
    {"work-time", (const char[]){
#embed "../../queries/work-time.sql" suffix(, 0)
    }},
    {"zombies", (const char[]){
#embed "../../queries/zombies.sql" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_queries(void) { return files; }
