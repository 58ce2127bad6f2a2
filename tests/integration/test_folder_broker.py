import threading
from pathlib import Path

from kombu import Connection, Queue
from kombu.exceptions import OperationalError

from lti_tool.bootstrap import folder_broker

MESSAGES = 300


def connection(folder: Path) -> Connection:
    queue, control = folder / "queue", folder / "control"
    for needed in (queue, control):
        needed.mkdir(exist_ok=True)
    return Connection(
        "filesystem://",
        transport=folder_broker.NAME,
        transport_options={
            "data_folder_in": str(queue),
            "data_folder_out": str(queue),
            "control_folder": str(control),
        },
    )


class TestFolderBroker:
    def test_never_lets_a_reader_see_half_a_message(self, tmp_path: Path) -> None:
        name, padding = "lms", "x" * 4000
        sent = threading.Event()

        def send() -> None:
            with connection(tmp_path) as link:
                producer = link.Producer()
                for number in range(MESSAGES):
                    producer.publish(
                        {"number": number, "padding": padding},
                        exchange=name,
                        routing_key=name,
                        declare=[Queue(name, name, routing_key=name)],
                    )
            sent.set()

        with connection(tmp_path) as link:
            simple = link.SimpleQueue(name)
            sender = threading.Thread(target=send)
            sender.start()
            got: set[int] = set()
            while len(got) < MESSAGES:
                try:
                    message = simple.get(block=False)
                except (simple.Empty, OperationalError):
                    if sent.is_set() and not list((tmp_path / "queue").iterdir()):
                        break
                    continue
                got.add(message.payload["number"])
                message.ack()
            sender.join()
            simple.close()
        assert len(got) == MESSAGES
