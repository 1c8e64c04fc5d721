package import BundleModel

extension ConnectionSettings {
  /// Reads `DATABASE_URL` and libpq's `PG*` variables; what the URL names wins.
  ///
  /// - Throws: `.settings`, with a line that names the variable and does not repeat its value.
  package init(environment: [String: String]) throws(PostgresError) {
    self.init()
    try readVariables(environment)
    guard let url = environment["DATABASE_URL"], !url.isEmpty else { return }
    // The hosts of the one must not be mixed with the ports and addresses of the other.
    var named = self
    named.hosts = []
    named.options = Secret(options.reveal().filter { $0.key != "hostaddr" })
    try named.read(url: url, calledAs: "DATABASE_URL")
    if named.hosts.isEmpty {
      named.hosts = hosts
      named.options = Secret(named.options.reveal().merging(options.reveal()) { url, _ in url })
    }
    self = named
  }

  /// Reads `postgres://user:password@host:port/database?keyword=value`. Source: libpq manual, 34.1.1.2.
  ///
  /// - Throws: `.settings`; the line does not repeat the URL.
  package init(url: Secret<String>) throws(PostgresError) {
    self.init()
    try read(url: url.reveal(), calledAs: "the database URL")
  }

  /// The variables that stand for a keyword. Source: libpq manual, 34.15.
  private static let variables: [(variable: String, keyword: String)] = [
    ("PGUSER", "user"), ("PGPASSWORD", "password"), ("PGDATABASE", "dbname"), ("PGAPPNAME", "application_name"),
    ("PGCONNECT_TIMEOUT", "connect_timeout"), ("PGHOSTADDR", "hostaddr"), ("PGPASSFILE", "passfile"),
    ("PGOPTIONS", "options"), ("PGSSLMODE", "sslmode"), ("PGSSLROOTCERT", "sslrootcert"), ("PGSSLCERT", "sslcert"),
    ("PGSSLKEY", "sslkey"), ("PGSSLCRL", "sslcrl"), ("PGSSLSNI", "sslsni"), ("PGREQUIREPEER", "requirepeer"),
    ("PGSSLMINPROTOCOLVERSION", "ssl_min_protocol_version"), ("PGGSSENCMODE", "gssencmode"),
    ("PGCHANNELBINDING", "channel_binding"), ("PGTARGETSESSIONATTRS", "target_session_attrs"),
    ("PGSERVICE", "service"),
  ]

  /// Keywords that are handed on to libpq as they are. Source: libpq manual, 34.1.2.
  private static let passedOn: Set<String> = [
    "hostaddr", "passfile", "options", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl",
    "sslcrldir", "sslsni", "sslcompression", "requirepeer", "ssl_min_protocol_version", "ssl_max_protocol_version",
    "gssencmode", "krbsrvname", "gsslib", "channel_binding", "target_session_attrs", "service", "keepalives",
    "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
  ]

  private mutating func readVariables(_ environment: [String: String]) throws(PostgresError) {
    for (variable, keyword) in Self.variables {
      guard let value = environment[variable], !value.isEmpty else { continue }
      try set(keyword, to: value, calledAs: variable)
    }
    let names = environment["PGHOST"].flatMap { $0.isEmpty ? nil : $0 }
    let address = environment["PGHOSTADDR"].flatMap { $0.isEmpty ? nil : $0 }
    guard let list = names ?? address else { return }
    try setHosts(list, ports: environment["PGPORT"] ?? "", calledAs: "PGPORT")
  }

  /// Pairs names with ports: one port for all, or one for each.
  mutating func setHosts(_ names: String, ports: String, calledAs source: String) throws(PostgresError) {
    let names = names.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let ports =
      ports.isEmpty ? ["5432"] : ports.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard ports.count == 1 || ports.count == names.count else {
      throw PostgresError(
        .settings, "\(source): \(ports.count) ports for \(names.count) hosts; give one, or one each")
    }
    var found: [Host] = []
    for (index, name) in names.enumerated() {
      let port = ports.count == 1 ? ports[0] : ports[index]
      found.append(Host(name, port: try Self.port(port, calledAs: source)))
    }
    hosts = found
  }

  static func port(_ text: String, calledAs source: String) throws(PostgresError) -> Int {
    if text.isEmpty { return 5432 }
    guard let port = Int(text), (1...65_535).contains(port) else {
      throw PostgresError(.settings, "\(source): the port is not a number from 1 to 65535")
    }
    return port
  }

  /// Sets one of libpq's keywords, but for host and port.
  mutating func set(_ keyword: String, to value: String, calledAs source: String) throws(PostgresError) {
    guard !value.utf8.contains(0) else {
      throw PostgresError(.settings, "\(source): holds a NUL character")
    }
    switch keyword {
    case "user": user = value
    case "password": password = Secret(value)
    case "dbname": database = value
    case "application_name", "fallback_application_name": applicationName = value
    case "client_encoding": break  // Swift's strings are UTF-8, whatever is asked for
    case "connect_timeout":
      guard let seconds = Int(value), seconds < 86_400 else {
        throw PostgresError(.settings, "\(source): connect_timeout is not a number of seconds")
      }
      if seconds > 0 { connectDeadline = .seconds(max(seconds, 2)) }  // libpq takes less than 2 as 2, too
    case "ssl":
      try setOption("sslmode", to: ["true", "1"].contains(value) ? "require" : value, calledAs: source)
    default:
      try setOption(keyword, to: value, calledAs: source)
    }
  }

  private mutating func setOption(_ keyword: String, to value: String, calledAs source: String)
    throws(PostgresError)
  {
    guard Self.passedOn.contains(keyword) else {
      // Its name is not repeated: an unescaped ? makes it a piece of the password.
      throw PostgresError(.settings, "\(source): unknown parameter; libpq's manual lists them in 34.1.2")
    }
    if keyword == "sslmode" {
      guard ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"].contains(value) else {
        throw PostgresError(
          .settings, "\(source): sslmode is none of disable, allow, prefer, require, verify-ca, verify-full")
      }
    }
    var all = options.reveal()
    all[keyword] = value
    options = Secret(all)
  }
}
