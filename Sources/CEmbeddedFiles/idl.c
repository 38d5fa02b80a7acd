// The protobuf definitions of Flyte's messages, by path. Written by ListTests from Sources/CEmbeddedFiles/idl/; 'make record' writes it anew.
#include "CEmbeddedFiles.h"

static const struct embedded_file files[] = {
    {"flyteidl/admin/cluster_assignment", (const char[]){
#embed "idl/flyteidl/admin/cluster_assignment.proto" suffix(, 0)
    }},
    {"flyteidl/admin/common", (const char[]){
#embed "idl/flyteidl/admin/common.proto" suffix(, 0)
    }},
    {"flyteidl/admin/description_entity", (const char[]){
#embed "idl/flyteidl/admin/description_entity.proto" suffix(, 0)
    }},
    {"flyteidl/admin/event", (const char[]){
#embed "idl/flyteidl/admin/event.proto" suffix(, 0)
    }},
    {"flyteidl/admin/execution", (const char[]){
#embed "idl/flyteidl/admin/execution.proto" suffix(, 0)
    }},
    {"flyteidl/admin/launch_plan", (const char[]){
#embed "idl/flyteidl/admin/launch_plan.proto" suffix(, 0)
    }},
    {"flyteidl/admin/matchable_resource", (const char[]){
#embed "idl/flyteidl/admin/matchable_resource.proto" suffix(, 0)
    }},
    {"flyteidl/admin/node_execution", (const char[]){
#embed "idl/flyteidl/admin/node_execution.proto" suffix(, 0)
    }},
    {"flyteidl/admin/notification", (const char[]){
#embed "idl/flyteidl/admin/notification.proto" suffix(, 0)
    }},
    {"flyteidl/admin/project", (const char[]){
#embed "idl/flyteidl/admin/project.proto" suffix(, 0)
    }},
    {"flyteidl/admin/project_attributes", (const char[]){
#embed "idl/flyteidl/admin/project_attributes.proto" suffix(, 0)
    }},
    {"flyteidl/admin/project_domain_attributes", (const char[]){
#embed "idl/flyteidl/admin/project_domain_attributes.proto" suffix(, 0)
    }},
    {"flyteidl/admin/schedule", (const char[]){
#embed "idl/flyteidl/admin/schedule.proto" suffix(, 0)
    }},
    {"flyteidl/admin/signal", (const char[]){
#embed "idl/flyteidl/admin/signal.proto" suffix(, 0)
    }},
    {"flyteidl/admin/task", (const char[]){
#embed "idl/flyteidl/admin/task.proto" suffix(, 0)
    }},
    {"flyteidl/admin/task_execution", (const char[]){
#embed "idl/flyteidl/admin/task_execution.proto" suffix(, 0)
    }},
    {"flyteidl/admin/version", (const char[]){
#embed "idl/flyteidl/admin/version.proto" suffix(, 0)
    }},
    {"flyteidl/admin/workflow", (const char[]){
#embed "idl/flyteidl/admin/workflow.proto" suffix(, 0)
    }},
    {"flyteidl/admin/workflow_attributes", (const char[]){
#embed "idl/flyteidl/admin/workflow_attributes.proto" suffix(, 0)
    }},
    {"flyteidl/core/artifact_id", (const char[]){
#embed "idl/flyteidl/core/artifact_id.proto" suffix(, 0)
    }},
    {"flyteidl/core/catalog", (const char[]){
#embed "idl/flyteidl/core/catalog.proto" suffix(, 0)
    }},
    {"flyteidl/core/compiler", (const char[]){
#embed "idl/flyteidl/core/compiler.proto" suffix(, 0)
    }},
    {"flyteidl/core/condition", (const char[]){
#embed "idl/flyteidl/core/condition.proto" suffix(, 0)
    }},
    {"flyteidl/core/dynamic_job", (const char[]){
#embed "idl/flyteidl/core/dynamic_job.proto" suffix(, 0)
    }},
    {"flyteidl/core/errors", (const char[]){
#embed "idl/flyteidl/core/errors.proto" suffix(, 0)
    }},
    {"flyteidl/core/execution", (const char[]){
#embed "idl/flyteidl/core/execution.proto" suffix(, 0)
    }},
    {"flyteidl/core/execution_envs", (const char[]){
#embed "idl/flyteidl/core/execution_envs.proto" suffix(, 0)
    }},
    {"flyteidl/core/identifier", (const char[]){
#embed "idl/flyteidl/core/identifier.proto" suffix(, 0)
    }},
    {"flyteidl/core/interface", (const char[]){
#embed "idl/flyteidl/core/interface.proto" suffix(, 0)
    }},
    {"flyteidl/core/literals", (const char[]){
#embed "idl/flyteidl/core/literals.proto" suffix(, 0)
    }},
    {"flyteidl/core/metrics", (const char[]){
#embed "idl/flyteidl/core/metrics.proto" suffix(, 0)
    }},
    {"flyteidl/core/security", (const char[]){
#embed "idl/flyteidl/core/security.proto" suffix(, 0)
    }},
    {"flyteidl/core/tasks", (const char[]){
#embed "idl/flyteidl/core/tasks.proto" suffix(, 0)
    }},
    {"flyteidl/core/types", (const char[]){
#embed "idl/flyteidl/core/types.proto" suffix(, 0)
    }},
    {"flyteidl/core/workflow", (const char[]){
#embed "idl/flyteidl/core/workflow.proto" suffix(, 0)
    }},
    {"flyteidl/event/event", (const char[]){
#embed "idl/flyteidl/event/event.proto" suffix(, 0)
    }},
    {"flyteidl/service/auth", (const char[]){
#embed "idl/flyteidl/service/auth.proto" suffix(, 0)
    }},
    {"flyteidl/service/dataproxy", (const char[]){
#embed "idl/flyteidl/service/dataproxy.proto" suffix(, 0)
    }},
    {"flyteidl/service/identity", (const char[]){
#embed "idl/flyteidl/service/identity.proto" suffix(, 0)
    }},
    {"google/protobuf/any", (const char[]){
#embed "idl/google/protobuf/any.proto" suffix(, 0)
    }},
    {"google/protobuf/duration", (const char[]){
#embed "idl/google/protobuf/duration.proto" suffix(, 0)
    }},
    {"google/protobuf/empty", (const char[]){
#embed "idl/google/protobuf/empty.proto" suffix(, 0)
    }},
    {"google/protobuf/struct", (const char[]){
#embed "idl/google/protobuf/struct.proto" suffix(, 0)
    }},
    {"google/protobuf/timestamp", (const char[]){
#embed "idl/google/protobuf/timestamp.proto" suffix(, 0)
    }},
    {"google/protobuf/wrappers", (const char[]){
#embed "idl/google/protobuf/wrappers.proto" suffix(, 0)
    }},
    {"google/rpc/status", (const char[]){
#embed "idl/google/rpc/status.proto" suffix(, 0)
    }},
    {0, 0},
};

const struct embedded_file *embedded_idl(void) { return files; }
