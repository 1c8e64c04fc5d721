"""OpenStack Swift with its S3 interface, for tests: one process, one disk, one copy of everything, loopback only.

    swift_object_server.py FOLDER PORT

Serves on 127.0.0.1:PORT (0: any free port) what lies in FOLDER/disk, with the keys of the environment's
SWIFT_ACCESS_KEY (account:user) and SWIFT_SECRET_KEY, and writes the port to FOLDER/port when it answers. FOLDER must
be on a file system with user xattrs.

Swift's own programs are a process for each of proxy, accounts, containers and objects, read /etc/swift/swift.conf,
which only root may write, and want a memcached. None of this is needed to answer S3 requests as Swift does.
"""
import os
import socket
import sys

folder, port = os.path.abspath(sys.argv[1]), int(sys.argv[2])
settings = os.path.join(folder, 'etc')
disk = os.path.join(folder, 'disk')
os.makedirs(settings, exist_ok=True)
os.makedirs(os.path.join(disk, 'd1'), exist_ok=True)
with open(os.path.join(settings, 'swift.conf'), 'w') as file:
    file.write('[swift-hash]\nswift_hash_path_suffix = tests\n[storage-policy:0]\nname = gold\ndefault = yes\n')

from swift.common import utils  # noqa: E402  everything below reads the path when it is imported

utils.SWIFT_CONF_FILE = os.path.join(settings, 'swift.conf')
utils.monkey_patch()

import eventlet  # noqa: E402
import eventlet.wsgi  # noqa: E402
from swift.account.server import AccountController  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.utils import NullLogger  # noqa: E402
from swift.common.wsgi import ConfigString, SwiftHttpProtocol, loadapp  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.server import ObjectController  # noqa: E402

PROXY = '''
[DEFAULT]
swift_dir = {settings}
log_address = /dev/null
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck listing_formats s3api tempauth bulk slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
s3_acl = false
dns_compliant_bucket_names = true
check_bucket_owner = false
allowable_clock_skew = 900
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:symlink]
use = egg:swift#symlink
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
'''


def listen(port):
    return eventlet.listen(('127.0.0.1', port), backlog=1024)


def serve(listener, app):
    # The S3 interface needs "ETag" as it is; eventlet would make it "Etag".
    return eventlet.spawn(
        eventlet.wsgi.server, listener, app, NullLogger(), protocol=SwiftHttpProtocol,
        capitalize_response_headers=False, url_length_limit=65536, socket_timeout=60)


def check_xattrs():
    try:
        os.setxattr(disk, 'user.bundletop', b'1')
    except OSError as error:
        sys.exit(f'{folder} is on a file system without user xattrs ({error}): set TMPDIR to a folder on another')


def main():
    check_xattrs()
    # The disk ends with the test: nothing on it need survive a loss of power.
    os.fsync = os.fdatasync = lambda descriptor: None
    common = {
        'devices': disk, 'mount_check': 'false', 'swift_dir': settings, 'log_address': '/dev/null',
        'fallocate_reserve': '0', 'disable_fallocate': 'true', 'bind_ip': '127.0.0.1'}
    servers = []
    for name, controller in [
            ('account', AccountController), ('container', ContainerController), ('object', ObjectController)]:
        listener = listen(0)
        builder = RingBuilder(4, 1, 1)
        builder.add_dev({
            'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'device': 'd1', 'ip': '127.0.0.1',
            'port': listener.getsockname()[1]})
        builder.rebalance()
        builder.get_ring().save(os.path.join(settings, f'{name}.ring.gz'))
        servers.append((listener, controller, common | {'bind_port': str(listener.getsockname()[1])}))
    for listener, controller, conf in servers:
        serve(listener, controller(conf))
    user = os.environ['SWIFT_ACCESS_KEY'].replace(':', '_')
    text = PROXY.format(settings=settings, user=user, secret=os.environ['SWIFT_SECRET_KEY'])
    proxy = listen(port)
    server = serve(proxy, loadapp(ConfigString(text)))
    with open(os.path.join(folder, 'port.new'), 'w') as file:
        file.write(f'{proxy.getsockname()[1]}\n')
    os.rename(os.path.join(folder, 'port.new'), os.path.join(folder, 'port'))
    server.wait()


if __name__ == '__main__':
    main()
