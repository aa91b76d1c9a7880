"""The five ways into a staging path, by the commands of docs/deploy.md and by deploy/sidecar.yaml.

What the document says is run word for word, on machines where 192.0.2.25 is the server.
"""
import json
import re
import subprocess
import unittest
from pathlib import Path

import jsonschema
import yaml

from lab.postfix import MASTER, Postfix
from letter import Letter, content_of
from peers import connect
from proxy import Proxy, binary
from topology import CLIENT, OnThreeMachines

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
BLOCK = re.compile(r"^```sh (\w+ \w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVER = "192.0.2.25"
PORTS = {"smarthost": 2525, "mx": 25, "submission": 2587, "router": 2525}


def commands() -> dict:
    """The marked blocks of the document, by their marks."""
    return dict(BLOCK.findall((TOP / "docs/deploy.md").read_text()))


class Written(Proxy):
    """A proxy that is started by a command as it is written, `smtpchaos` being the program."""

    def __init__(self, directory: Path, command: list, port: int):
        super().__init__(directory, 0, port=port)
        self.command = command

    @classmethod
    def by_shell(cls, directory: Path, script: str, port: int) -> "Written":
        line = f'smtpchaos() {{ exec "{binary()}" "$@"; }}; cd "{directory}"; {script}'
        return cls(directory, ["bash", "-euc", line], port)


class PostfixOfANetwork(Postfix):
    """Postfix on all addresses of its machine, or where `at` says."""

    at = ""

    def configure(self) -> None:
        super().configure()
        master = self.directory / "conf" / "master.cf"
        master.write_text(MASTER.replace("127.0.0.1:{port}", f"{self.at}{self.port}"))


class PostfixBehind(PostfixOfANetwork):
    at = "127.0.0.1:"


class Ways(OnThreeMachines):
    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.net.server.run(f"ip addr add {SERVER}/32 dev eth0")
        cls.net.router.run(f"ip route add {SERVER} via 10.77.2.2")
        cls.commands = commands()

    def setUp(self):
        self.directory.chmod(0o777)  # the proxy becomes somebody who may write nothing else

    def begin(self, way: str, machine) -> Proxy:
        directory = self.directory / way
        directory.mkdir()
        directory.chmod(0o777)
        proxy = Written.by_shell(directory, self.commands[f"{way} proxy"], PORTS[way])
        proxy.journal.file = directory / "journal.json"
        return self.started(proxy, machine)

    def started(self, proxy: Proxy, machine) -> Proxy:
        self.proxies.append(proxy)
        self.addCleanup(self._end, proxy)
        with machine.inside():
            return proxy.start()

    def receiver(self, name: str, kind=PostfixOfANetwork, **options):
        settings = {"inet_interfaces": "all", "mynetworks": "127.0.0.0/8"}
        with self.net.server.inside():
            return self.server(kind, name, settings=settings, **options)

    def relay_from(self, name: str, host: str = f"[{SERVER}]:25", reconfigure: str = "") -> Letter:
        """Postfix on the client's machine sends a letter."""
        with self.net.client.inside():
            sender = self.sender(Postfix, name, settings={"relayhost": host})
            if reconfigure:
                sender.box.shell(reconfigure)
            letter = Letter()
            sender.submit(letter)
            sender.wait_queue_empty()
        return letter

    def check_came(self, receiver, letter: Letter) -> None:
        [message] = receiver.wait_letter(letter)
        self.assertEqual(letter.content(), content_of(message))
        receiver.stop()

    def test_smarthost(self):
        receiver = self.receiver("smarthost-rx", port=25)
        proxy = self.begin("smarthost", self.net.client)
        letter = self.relay_from("smarthost-tx", "[nowhere.test]:25",
                                 self.commands["smarthost sender"])
        self.check_came(receiver, letter)
        self.assertEqual(1, proxy.journal.wait(event="close")[0]["totals"]["messages"])

    def test_mx(self):
        """The receiver knows whose mail it is, and relays for nobody."""
        receiver = self.receiver("mx-rx", PostfixBehind, port=10025)
        receiver.box.shell(self.commands["mx receiver"])
        proxy = self.begin("mx", self.net.server)
        letter = self.relay_from("mx-tx")
        receiver.wait_letter(letter)
        receiver.wait_log(rf"connect from .*\[{CLIENT[0]}\]")
        with self.net.client.inside(), connect(25, SERVER) as stranger:
            stranger.reply()
            for command in ("EHLO stranger.test", "MAIL FROM:<a@example.test>"):
                self.assertEqual(b"250", stranger.say(command)[:3])
            self.assertEqual(b"554", stranger.say("RCPT TO:<b@elsewhere.test>")[:3])
        proxy.journal.wait(2, event="close")
        receiver.stop()

    def test_submission(self):
        receiver = self.receiver("submission-rx", port=587)
        proxy = self.begin("submission", self.net.client)
        application = self.commands["submission application"]
        self.net.client.run(application)
        self.assertIn(b"Subject: hello", receiver.wait_messages(1)[0])
        with self.assertRaisesRegex(AssertionError, "450"):
            self.net.client.run(application.replace("bob@", "probe@"))
        self.assertEqual(1, len(proxy.journal.wait(event="rule")))
        receiver.stop()

    def test_router(self):
        receiver = self.receiver("router-rx", port=25)
        shell = f'smtpchaos() {{ "{binary()}" "$@"; }}; '
        self.net.router.run(shell + self.commands["router up"])
        proxy = self.begin("router", self.net.router)
        self.check_came(receiver, self.relay_from("router-tx"))
        receiver.wait_log(rf"connect from .*\[{CLIENT[0]}\]")
        self.net.router.run(shell + self.commands["router down"])
        self.assertNotIn("smtpchaos", self.net.router.run("nft list tables"))
        proxy.stop()

    def test_sidecar(self):
        """The client's machine is the pod: one network, of which the init container is root."""
        config, deployment = manifests()
        pod = deployment["spec"]["template"]["spec"]
        receiver = self.receiver("sidecar-rx", port=25)
        [init] = pod["initContainers"]
        folder = self.directory / "pod"
        (folder / "rules").mkdir(parents=True)
        (folder / "smtpchaos").symlink_to(binary())
        for name, text in config["data"].items():
            (folder / "rules" / name).write_text(text)
        path = f"PATH={folder}:/usr/sbin:/usr/bin:/sbin:/bin"
        self.addCleanup(self.net.client.run, "nft delete table inet smtpchaos")
        with self.net.client.inside():
            subprocess.run([*as_said(init), "env", path, *init["command"]], check=True)
        proxy = self.start_sidecar(pod["containers"][0], folder)
        self.check_came(receiver, self.relay_from("sidecar-tx"))
        self.wait_until(lambda: '"event":"close"' in proxy.output(), "the journal's last line")
        self.assertIn(f'"server":"{SERVER}:25"', proxy.output())

    def start_sidecar(self, container: dict, folder: Path) -> Proxy:
        """No capability is left, and the user is the one that the redirect leaves alone."""
        [mount] = container["volumeMounts"]
        arguments = [word.replace(mount["mountPath"], str(folder / "rules"))
                     for word in container["args"]]
        # With this seed the one in ten that is refused is another one.
        command = [*as_said(container), binary(), *arguments, "--seed", "3"]
        return self.started(Written(folder, command, 2525), self.net.client)


def as_said(container: dict) -> list:
    """A command in front of another one that gives it the container's user and capabilities."""
    context = container["securityContext"]
    user = str(context["runAsUser"])
    kept = "".join(f",+{name.lower()}" for name in context["capabilities"].get("add", ()))
    return ["setpriv", "--reuid", user, "--regid", user, "--clear-groups", "--inh-caps",
            f"-all{kept}", "--bounding-set", f"-all{kept}", "--no-new-privs"]


def manifests() -> list:
    return list(yaml.safe_load_all((TOP / "deploy/sidecar.yaml").read_text()))


class Manifests(unittest.TestCase):
    """What a cluster would refuse is found without one."""

    def setUp(self):
        schema = json.loads((HERE / "kubernetes.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        self.validator = jsonschema.Draft7Validator(schema)

    def test_they_follow_the_schema(self):
        for manifest in manifests():
            self.validator.validate(manifest)

    def test_a_mistake_is_found(self):
        for spoil in (lambda pod: pod.update(container=[]),
                      lambda pod: pod["containers"][0].update(command="sh -c true"),
                      lambda pod: pod["initContainers"][0].pop("image"),
                      lambda pod: pod["containers"][0]["securityContext"].update(runasuser=0)):
            deployment = manifests()[1]
            spoil(deployment["spec"]["template"]["spec"])
            self.assertFalse(self.validator.is_valid(deployment))

    def test_parts_that_belong_together_do(self):
        config, deployment = manifests()
        spec = deployment["spec"]
        pod = spec["template"]["spec"]
        self.assertEqual(spec["selector"]["matchLabels"], spec["template"]["metadata"]["labels"])
        volumes = {volume["name"]: volume["configMap"]["name"] for volume in pod["volumes"]}
        self.assertEqual({"rules": config["metadata"]["name"]}, volumes)
        [init], proxy = pod["initContainers"], pod["containers"][0]
        self.assertIn(f"--user {proxy['securityContext']['runAsUser']}", init["command"][-1])
        self.assertIn(proxy["volumeMounts"][0]["name"], volumes)


if __name__ == "__main__":
    unittest.main()
