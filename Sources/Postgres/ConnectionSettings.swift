package import BundleModel

/// Where a server is, who asks, and how long anything may take.
package struct ConnectionSettings: Sendable {
  /// One server to try.
  package struct Host: Sendable, Equatable {
    /// A name, an address, or the directory of a Unix socket.
    package var name: String
    package var port: Int

    package init(_ name: String, port: Int = 5432) {
      self.name = name
      self.port = port
    }

    var isSocketDirectory: Bool { name.hasPrefix("/") || name.hasPrefix("@") }
  }

  /// The servers, tried in order; none leaves the choice to libpq (a Unix socket, or a service file).
  package var hosts: [Host] = []
  package var user: String?
  package var password: Secret<String>?
  package var database: String?
  /// What `pg_stat_activity` shows, at most 63 bytes.
  package var applicationName = "bundletop"
  /// Makes every transaction read-only unless it says otherwise.
  package var readOnly = false
  /// For name resolution, all hosts, TLS and the password together.
  package var connectDeadline: Duration = .seconds(5)
  /// For a statement that names no deadline of its own, waiting for its turn included.
  package var statementDeadline: Duration = .seconds(10)
  /// The longest wait for one lock, kept by the server; SQLSTATE 55P03.
  package var lockDeadline: Duration = .seconds(8)
  /// How long a transaction may sit idle before the server ends it and frees its locks; SQLSTATE 25P03.
  package var idleInTransactionDeadline: Duration = .seconds(30)
  /// Other connection keywords of libpq, such as `sslmode`; some of them hold secrets.
  package var options = Secret<[String: String]>([:])

  /// A server by its parts.
  package init(host: String, port: Int = 5432, user: String, database: String, password: Secret<String>? = nil) {
    hosts = [Host(host, port: port)]
    self.user = user
    self.database = database
    self.password = password
  }

  init() {}

  /// `user@host:port/database`, for people: never a password.
  package var displayName: String {
    let places = hosts.map { host in
      host.name.contains(":") ? "[\(host.name)]:\(host.port)" : "\(host.name):\(host.port)"
    }
    let place = places.isEmpty ? "local socket" : places.joined(separator: ",")
    let line = (user.map { "\($0)@" } ?? "") + place + (database.map { "/\($0)" } ?? "")
    return UntrustedText.line(line, limit: 300)
  }

  /// The server keeps a limit of its own a little above the client's: it holds when the client died.
  static let serverMargin: Duration = .seconds(2)
}

extension ConnectionSettings: CustomStringConvertible {
  package var description: String { displayName }
}

extension ConnectionSettings {
  /// Everything but host, port and address, as libpq's keywords.
  var keywords: [(String, String)] {
    var keywords: [String: String] = [
      "client_encoding": "UTF8", "gssencmode": "disable",
      // Keepalives notice an idle socket whose peer is gone, the user timeout one with unacknowledged data.
      "keepalives": "1", "keepalives_idle": "5", "keepalives_interval": "3", "keepalives_count": "3",
      "tcp_user_timeout": "10000",
    ]
    keywords.merge(options.reveal()) { _, given in given }
    keywords["application_name"] = applicationName
    if let user { keywords["user"] = user }
    if let database { keywords["dbname"] = database }
    if let password { keywords["password"] = password.reveal() }
    return keywords.sorted { $0.key < $1.key }
  }

  /// Sets what every connection relies on, in one round trip. Not startup options: pgbouncer refuses those.
  var prologue: String {
    """
    set datestyle to 'ISO, YMD';
    set timezone to 'UTC';
    set intervalstyle to 'postgres';
    set bytea_output to 'hex';
    set extra_float_digits to 1;
    set standard_conforming_strings to on;
    set client_min_messages to warning;
    set statement_timeout to \((statementDeadline + Self.serverMargin).milliseconds);
    set lock_timeout to \(lockDeadline.milliseconds);
    set idle_in_transaction_session_timeout to \(idleInTransactionDeadline.milliseconds);
    set default_transaction_read_only to \(readOnly ? "on" : "off");
    """
  }
}

extension Duration {
  /// Whole milliseconds, at least 1: for Postgres 0 is no limit at all.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    let whole = seconds.multipliedReportingOverflow(by: 1000)
    let sum = whole.overflow ? Int64.max : whole.partialValue + attoseconds / 1_000_000_000_000_000
    return Int(Swift.min(Swift.max(sum, 1), Int64(Int32.max)))
  }
}
