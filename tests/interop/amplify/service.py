"""A double of the service `amplify` and of other calls that moto lacks: apps and their backend environments."""

import json
import re
import threading

ACCOUNT, REGION = "222222222222", "us-east-1"


class AmplifyService:
    def __init__(self):
        self.apps, self.lock = {}, threading.Lock()

    def answer(self, method, path, body):
        """The status and the document of AWS's response."""
        given = json.loads(body or b"{}")
        with self.lock:
            for pattern, handler in (
                (r"/apps", self.all_apps),
                (r"/apps/(\w+)", self.one_app),
                (r"/apps/(\w+)/backendenvironments", self.environments),
                (r"/apps/(\w+)/backendenvironments/(\w+)", self.environment),
                (r"/apps/(\w+)/branches", self.branches),
                # Part of `amplifyuibuilder`, which moto also lacks.
                (r"/app/(\w+)/environment/(\w+)/metadata", lambda *_: (200, {"features": {}})),
                (r"/export/app/(\w+)/environment/(\w+)/(?:components|forms|themes)", lambda *_: (200, {"entities": []})),
                (r"/metrics", lambda *_: (200, {})),
            ):
                matched = re.fullmatch(pattern, path)
                if matched:
                    return handler(method, given, *matched.groups())
        return not_found(path)

    def all_apps(self, method, given):
        if method == "GET":
            return 200, {"apps": [app["app"] for app in self.apps.values()]}
        app_id = f"d{len(self.apps) + 1:013d}"
        arn = f"arn:aws:amplify:{REGION}:{ACCOUNT}:apps/{app_id}"
        app = {"appId": app_id, "appArn": arn, "defaultDomain": f"{app_id}.amplifyapp.com", "platform": "WEB"}
        app |= {"createTime": 1700000000, "updateTime": 1700000000, "environmentVariables": {}, **given}
        self.apps[app_id] = {"app": app, "environments": {}}
        return 200, {"app": app}

    def one_app(self, method, given, app_id):
        if app_id not in self.apps:
            return not_found(app_id)
        app = self.apps.pop(app_id) if method == "DELETE" else self.apps[app_id]
        return 200, {"app": app["app"]}

    def environments(self, method, given, app_id):
        if app_id not in self.apps:
            return not_found(app_id)
        there = self.apps[app_id]["environments"]
        if method == "GET":
            return 200, {"backendEnvironments": list(there.values())}
        name = given["environmentName"]
        arn = f"{self.apps[app_id]['app']['appArn']}/backendenvironments/{name}"
        there[name] = {"backendEnvironmentArn": arn, "createTime": 1700000000, "updateTime": 1700000000, **given}
        return 200, {"backendEnvironment": there[name]}

    def environment(self, method, given, app_id, name):
        there = self.apps.get(app_id, {"environments": {}})["environments"]
        if name not in there:
            return not_found(name)
        return 200, {"backendEnvironment": there.pop(name) if method == "DELETE" else there[name]}

    def branches(self, method, given, app_id):
        return 200, {"branches": []}


def not_found(what):
    return 404, {"__type": "NotFoundException", "message": f"{what} not found"}
