"""A straightforward script that reads executions with flyteidl and protobuf: what the harvester is measured against.

It asks one question after the other over one connection, in protobuf, and keeps each answer as JSON in an SQLite table:
no columns, no literals, no errors in full, no spans or paths of its own. That is less than a harvest does, and less than
flytekit does, which makes its own objects of each message.
"""

import http.client
import sqlite3
import sys
from urllib.parse import quote, urlsplit

from google.protobuf.json_format import MessageToJson

from flyteidl.admin import (
    common_pb2, execution_pb2, node_execution_pb2, project_pb2, signal_pb2, task_execution_pb2,
)


class Reader:
    def __init__(self, address, file):
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc)
        self.requests = 0
        self.database = sqlite3.connect(file)
        self.database.execute("CREATE TABLE answer (path TEXT PRIMARY KEY, json TEXT)")

    def get(self, answer, *parts, **query):
        path = "/api/v1/" + "/".join(quote(str(part), safe="/") for part in parts)
        if query:
            path += "?" + "&".join(f"{key.replace('__', '.')}={quote(str(value))}" for key, value in query.items())
        self.connection.request("GET", path, headers={"Accept": "application/octet-stream"})
        response = self.connection.getresponse()
        body = response.read()
        self.requests += 1
        message = answer.FromString(body) if response.status == 200 else answer()
        self.database.execute("INSERT OR REPLACE INTO answer VALUES (?, ?)", (path, MessageToJson(message, indent=None)))
        return message

    def pages(self, answer, field, *parts, **query):
        token = ""
        while True:
            page = self.get(answer, *parts, limit=100, token=token, sort_by__key="id", sort_by__direction="ASCENDING", **query)
            yield from getattr(page, field)
            token = page.token
            if not token:
                return

    def nodes(self, place, parent=None):
        query = {"unique_parent_id": parent} if parent else {}
        for node in self.pages(node_execution_pb2.NodeExecutionList, "node_executions", "node_executions", *place, **query):
            name = node.id.node_id
            if node.input_uri:
                self.get(node_execution_pb2.NodeExecutionGetDataResponse, "data/node_executions", *place, name)
            if name not in ("start-node", "end-node"):
                attempts = self.pages(
                    task_execution_pb2.TaskExecutionList, "task_executions", "task_executions", *place, name)
                for _ in attempts:
                    pass
            if node.metadata.is_parent_node or node.metadata.is_dynamic:
                self.nodes(place, name)

    def execution(self, place):
        self.get(execution_pb2.Execution, "executions", *place)
        self.get(execution_pb2.WorkflowExecutionGetDataResponse, "data/executions", *place)
        self.get(execution_pb2.WorkflowExecutionGetMetricsResponse, "metrics/executions", *place, depth=-1)
        for _ in self.pages(signal_pb2.SignalList, "signals", "signals", *place):
            pass
        self.nodes(place)
        self.database.commit()

    def all(self):
        count = 0
        domains = [domain.id for domain in self.get(project_pb2.GetDomainsResponse, "domains").domains]
        for project in self.get(project_pb2.Projects, "projects", limit=100).projects:
            for domain in domains:
                for row in self.pages(
                        execution_pb2.ExecutionList, "executions", "executions", project.id, domain,
                        filters="value_in(state,0;1)"):
                    self.execution((row.id.project, row.id.domain, row.id.name))
                    count += 1
        return count


if __name__ == "__main__":
    reader = Reader(sys.argv[1], sys.argv[2])
    print(reader.all(), reader.requests)
