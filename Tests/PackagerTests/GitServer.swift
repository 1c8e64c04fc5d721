import BundleModel
import Glibc
import Testing

@testable import Packager

/// A git server on 127.0.0.1 that speaks https with a certificate of its own, for one repository at `/team/repo`.
///
/// Below `/moved/` it redirects, below `/slow/` it never answers.
final class GitServer: Sendable {
  /// The repository as its author sees it.
  let work: Scratch
  private let own: Scratch
  private let serving: Task<Void, Never>
  private let port: String

  /// What git is to trust.
  var certificates: String { "\(own.path)/certificate.pem" }
  var host: String { "https://127.0.0.1:\(port)/" }
  var url: String { host + "team/repo" }

  private init(work: Scratch, own: Scratch, serving: Task<Void, Never>, port: String) {
    self.work = work
    self.own = own
    self.serving = serving
    self.port = port
  }

  /// Stopped with the last reference, and by its guardian when the test process dies.
  deinit { serving.cancel() }

  static func start() async throws -> GitServer {
    let (work, own) = (Scratch(), Scratch())
    try await shell(
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1 "
        + "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out certificate.pem 2>/dev/null; mkdir -p team; "
        + "git init -q -b main '\(work.path)'; git -C '\(work.path)' config receive.denyCurrentBranch ignore; "
        + "ln -s '\(work.path)/.git' team/repo", in: own)
    own.write("server.py", program)
    let command = command("/usr/bin/python3", ["-u", "server.py"], in: own)
    let serving = Task {
      _ = try? await OwnThread.run(within: .seconds(600)) { (interruption) throws(PackagingError) in
        try ChildProcess.run(command, interruption)
      }
    }
    guard await eventually({ own.text("port")?.hasSuffix("\n") == true }), let port = own.text("port")?.nonBlank
    else {
      serving.cancel()
      throw PackagingError(.pod, "the git server did not start")
    }
    return GitServer(work: work, own: own, serving: serving, port: port)
  }

  /// Commits everything; returns the commit.
  @discardableResult
  func commit(branch: String = "main") async throws -> String {
    try await GitServer.shell(
      "git checkout -q -B \(branch) && git add -A && git commit -q --allow-empty -m x && git rev-parse HEAD",
      in: work
    ).nonBlank ?? ""
  }

  @discardableResult
  static func shell(_ script: String, in scratch: Scratch) async throws -> String {
    let outcome = try await runCommand(command("/bin/sh", ["-c", script], in: scratch))
    guard outcome.code == 0 else { throw PackagingError(.pod, outcome.tail) }
    return outcome.tail
  }

  private static func command(_ program: String, _ arguments: [String], in scratch: Scratch) -> Command {
    Command(
      name: "the server", executable: program, arguments: arguments, directory: scratch.path,
      environment: [
        "PATH": "/usr/bin:/bin", "HOME": scratch.path, "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b", "GIT_CONFIG_NOSYSTEM": "1",
      ], limit: .seconds(600), grace: .milliseconds(100), outputLimit: 1 << 24)
  }

  private static let program = """
    import http.server, os, ssl, subprocess, threading
    class Handler(http.server.BaseHTTPRequestHandler):
      def answer(self):
        path, _, query = self.path.partition('?')
        if path.startswith('/moved/'):
          self.send_response(302); self.send_header('Location', '/team/' + self.path[len('/moved/'):])
          self.end_headers(); return
        if path.startswith('/slow/'): threading.Event().wait(120)
        body = self.rfile.read(int(self.headers.get('Content-Length') or 0))
        env = dict(os.environ, GIT_PROJECT_ROOT=os.getcwd(), GIT_HTTP_EXPORT_ALL='1', PATH_INFO=path,
          QUERY_STRING=query, REQUEST_METHOD=self.command, CONTENT_TYPE=self.headers.get('Content-Type') or '',
          GIT_PROTOCOL=self.headers.get('Git-Protocol') or '', CONTENT_LENGTH=str(len(body)),
          HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding') or '')
        out = subprocess.run(['git', 'http-backend'], env=env, input=body, stdout=subprocess.PIPE).stdout
        head, _, rest = out.partition(b'\\r\\n\\r\\n')
        fields = [line.split(': ', 1) for line in head.decode().split('\\r\\n') if ': ' in line]
        status = [v for k, v in fields if k == 'Status']
        self.send_response(int(status[0].split()[0]) if status else 200)
        for k, v in fields:
          if k != 'Status': self.send_header(k, v)
        self.send_header('Content-Length', str(len(rest))); self.end_headers(); self.wfile.write(rest)
      do_GET = do_POST = answer
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain('certificate.pem', 'key.pem')
    server.socket = context.wrap_socket(server.socket, server_side=True)
    open('port', 'w').write(str(server.server_port) + '\\n')
    server.serve_forever()
    """
}
