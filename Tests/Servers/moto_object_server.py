"""moto's S3 server for tests, on loopback: it takes any key and keeps everything in memory.

    moto_object_server.py FOLDER PORT

Serves on 127.0.0.1:PORT (0: any free port) and writes the port to FOLDER/port when it answers.
"""
import os
import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    """Keeps connections open, and quiet about requests: their lines hold signed queries."""
    protocol_version = 'HTTP/1.1'

    def log_request(self, *_):
        pass


def main():
    folder, port = sys.argv[1], int(sys.argv[2])
    app = DomainDispatcherApplication(create_backend_app)
    server = make_server('127.0.0.1', port, app, threaded=True, request_handler=Handler)
    with open(os.path.join(folder, 'port.new'), 'w') as file:
        file.write(f'{server.server_port}\n')
    os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
    server.serve_forever()


if __name__ == '__main__':
    main()
