"""A straightforward flytekit script: lists executions and syncs each with its nodes, as its documentation shows.

flytekit speaks gRPC; here its client has a stub that asks the same questions over REST, in the same protobuf messages, so
that both harvesters ask the same server. All that flytekit does with an answer it does as ever.
"""

import http.client
import sys
from urllib.parse import quote, urlsplit

from flyteidl.admin import execution_pb2, launch_plan_pb2, node_execution_pb2, task_execution_pb2, task_pb2, workflow_pb2
from flyteidl.admin import project_pb2
from flytekit.clients.friendly import SynchronousFlyteClient
from flytekit.configuration import Config
from flytekit.exceptions.user import FlyteEntityNotExistException
from flytekit.models.admin.common import Sort
from flytekit.remote import FlyteRemote


def execution(id_):
    return [id_.project, id_.domain, id_.name]


def node(id_):
    return [*execution(id_.execution_id), id_.node_id]


def attempt(id_):
    task = id_.task_id
    return [*node(id_.node_execution_id), task.project, task.domain, task.name, task.version, id_.retry_attempt]


def definition(id_):
    return [id_.project, id_.domain, id_.name, id_.version]


# What each call of gRPC is over REST: the answer's type, the path before the id, and the parts of the id.
ROUTES = {
    "ListExecutions": (execution_pb2.ExecutionList, "executions", lambda r: [r.id.project, r.id.domain]),
    "GetExecution": (execution_pb2.Execution, "executions", lambda r: execution(r.id)),
    "GetExecutionData": (execution_pb2.WorkflowExecutionGetDataResponse, "data/executions", lambda r: execution(r.id)),
    "GetExecutionMetrics": (execution_pb2.WorkflowExecutionGetMetricsResponse, "metrics/executions", lambda r: execution(r.id)),
    "ListNodeExecutions": (node_execution_pb2.NodeExecutionList, "node_executions", lambda r: execution(r.workflow_execution_id)),
    "GetNodeExecution": (node_execution_pb2.NodeExecution, "node_executions", lambda r: node(r.id)),
    "GetNodeExecutionData": (node_execution_pb2.NodeExecutionGetDataResponse, "data/node_executions", lambda r: node(r.id)),
    "ListTaskExecutions": (task_execution_pb2.TaskExecutionList, "task_executions", lambda r: node(r.node_execution_id)),
    "GetTaskExecution": (task_execution_pb2.TaskExecution, "task_executions", lambda r: attempt(r.id)),
    "GetTaskExecutionData": (task_execution_pb2.TaskExecutionGetDataResponse, "data/task_executions", lambda r: attempt(r.id)),
    "ListNodeExecutionsForTask": (node_execution_pb2.NodeExecutionList, "children/task_executions", lambda r: attempt(r.task_execution_id)),
    "GetWorkflow": (workflow_pb2.Workflow, "workflows", lambda r: definition(r.id)),
    "GetTask": (task_pb2.Task, "tasks", lambda r: definition(r.id)),
    "GetLaunchPlan": (launch_plan_pb2.LaunchPlan, "launch_plans", lambda r: definition(r.id)),
    "ListProjects": (project_pb2.Projects, "projects", lambda r: []),
    "GetDomains": (project_pb2.GetDomainsResponse, "domains", lambda r: []),
}


class Stub:
    """An AdminService over REST."""

    def __init__(self, address):
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc)
        self.requests = 0

    def __getattr__(self, call):
        answer, prefix, parts = ROUTES[call]

        def ask(request, metadata=None):
            path = "/".join(["/api/v1", *prefix.split("/"), *(quote(str(part), safe="") for part in parts(request))])
            query = {
                name: getattr(request, name, None) for name in ("limit", "token", "filters", "unique_parent_id", "depth")
            }
            if call.startswith("List") and getattr(request, "sort_by", None) is not None and request.sort_by.key:
                query["sort_by.key"] = request.sort_by.key
                query["sort_by.direction"] = request.sort_by.direction
            text = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in query.items() if value)
            self.connection.request("GET", f"{path}?{text}", headers={"Accept": "application/octet-stream"})
            response = self.connection.getresponse()
            body = response.read()
            self.requests += 1
            if response.status != 200:
                raise FlyteEntityNotExistException(f"{path}: {response.status}")
            return answer.FromString(body)

        return ask


def main(address, most):
    stub = Stub(address)
    client = SynchronousFlyteClient.__new__(SynchronousFlyteClient)
    client._stub, client._metadata, client._cfg = stub, None, None
    remote = FlyteRemote(Config.for_endpoint("nowhere"), "sales", "production", interactive_mode_enabled=False)
    remote._client, remote._client_initialized = client, True
    count = failed = 0
    for project in ("sales", "vision"):
        for domain in ("development", "production"):
            token = ""
            while count < most:
                page, token = client.list_executions_paginated(
                    project, domain, limit=100, token=token, sort_by=Sort("id", Sort.Direction.ASCENDING))
                for row in page:
                    if count == most:
                        break
                    count += 1
                    try:
                        remote.sync(remote.fetch_execution(project, domain, row.id.name), sync_nodes=True)
                    except Exception:
                        # flytekit does not read every kind of execution.
                        failed += 1
                if not token:
                    break
    print(count, failed, stub.requests)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
