import BundleModel
import Postgres
import Testing

@Suite("Settings")
struct SettingsTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var url: String
    var displayName: String
    var password: String?
    var options: [String: String] = [:]
    var testDescription: String { displayName }
  }

  static let examples = [
    Example(url: "postgres://u:p@h:6543/d", displayName: "u@h:6543/d", password: "p"),
    Example(url: "postgresql://u@h/d", displayName: "u@h:5432/d"),
    Example(url: "postgres://h", displayName: "h:5432"),
    Example(url: "postgres://u:p%40%3A%2F%3F%23@h/d", displayName: "u@h:5432/d", password: "p@:/?#"),
    Example(url: "postgres://u:a@b@h/d", displayName: "u@h:5432/d", password: "a@b"),
    Example(url: "postgres://u:a:b@h/d", displayName: "u@h:5432/d", password: "a:b"),
    Example(url: "postgres://:p@h/d", displayName: "h:5432/d", password: "p"),
    Example(url: "postgres://us%C3%A9r@h/d%20b", displayName: "usér@h:5432/d b"),
    Example(url: "postgres://u@[::1]:6000/d", displayName: "u@[::1]:6000/d"),
    Example(url: "postgres://u@[fe80::1]/d", displayName: "u@[fe80::1]:5432/d"),
    Example(url: "postgres://u@a:1,b,c:3/d", displayName: "u@a:1,b:5432,c:3/d"),
    Example(
      url: "postgres://u@a:1,b:2/d?sslmode=require", displayName: "u@a:1,b:2/d", options: ["sslmode": "require"]),
    Example(url: "postgres://u@/d?host=/run/postgresql", displayName: "u@/run/postgresql:5432/d"),
    Example(url: "postgres://u@:6000/d?host=/run/pg", displayName: "u@/run/pg:6000/d"),
    Example(
      url: "postgres:///d?host=%2Frun%2Fpg&port=7000&user=x&password=y", displayName: "x@/run/pg:7000/d",
      password: "y"),
    Example(url: "postgres://u@%2Frun%2Fpg/d", displayName: "u@/run/pg:5432/d"),
    Example(url: "postgres://u@h/d?port=7000", displayName: "u@h:7000/d"),
    Example(url: "postgres://u@h/d?dbname=e", displayName: "u@h:5432/e"),
    Example(
      url: "postgres://u@h/d?ssl=true&channel_binding=require", displayName: "u@h:5432/d",
      options: ["sslmode": "require", "channel_binding": "require"]),
    Example(
      url: "postgres://u@h/d?options=-c%20geqo%3Doff", displayName: "u@h:5432/d",
      options: ["options": "-c geqo=off"]),
    Example(
      url: "postgres:///?hostaddr=127.0.0.1", displayName: "127.0.0.1:5432", options: ["hostaddr": "127.0.0.1"]),
  ]

  @Test("A URL is read as libpq reads it", arguments: examples)
  func url(example: Example) throws {
    let settings = try ConnectionSettings(url: Secret(example.url))
    #expect(settings.displayName == example.displayName)
    #expect(settings.password?.reveal() == example.password)
    #expect(settings.options.reveal() == example.options)
  }

  @Test(
    "A malformed URL is one clear line that does not repeat it",
    arguments: [
      "hunter2", "http://u:hunter2@h/d", "postgres://u:hunter2@h:port/d", "postgres://u:hunter2@h:0/d",
      "postgres://u:hunter2@h:65536/d", "postgres://u:hunter2%@h/d", "postgres://u:hunter2%zz@h/d",
      "postgres://u:hunter2%00@h/d", "postgres://u:hunter2%ff@h/d", "postgres://u:hunter2@[::1/d",
      "postgres://u:hunter2@[::1]x/d", "postgres://u:hunter2@a:b:c/d", "postgres://u:hunter2@h/d?sslmode",
      "postgres://u:hunter2@h/d?sslmode=hunter2", "postgres://u:hunter2@h/d?hunter2=1", "postgres://u:hunter2@h/d ",
      "postgres://u:hunter2@h/d\n", "postgres://u:hunter2/x@h/d", "postgres://u:hunter2@a,b/d?port=1,2,3",
      "postgres://u@h/d?connect_timeout=hunter2", "postgres://u@h/d?pool_hunter2=5", "postgres://u:?hunter2=3@h/d",
    ])
  func malformed(url: String) async {
    let error = await postgresError { try ConnectionSettings(environment: ["DATABASE_URL": url]) }
    #expect(error?.kind == .settings)
    let line = "\(error.map { "\($0) \($0.debugDescription) \(String(reflecting: $0))" } ?? "")"
    #expect(line.contains("DATABASE_URL"))
    #expect(!line.contains("hunter2"))
    #expect(!line.contains("\n"))
  }

  @Test("DATABASE_URL wins over PG*, which fill in what it lacks")
  func environment() throws {
    let variables = [
      "PGHOST": "a,b", "PGPORT": "1,2", "PGUSER": "me", "PGPASSWORD": "pw", "PGDATABASE": "base",
      "PGAPPNAME": "app", "PGSSLMODE": "verify-full", "PGCONNECT_TIMEOUT": "7",
    ]
    let plain = try ConnectionSettings(environment: variables)
    #expect(plain.displayName == "me@a:1,b:2/base")
    #expect(plain.password?.reveal() == "pw")
    #expect(plain.applicationName == "app")
    #expect(plain.connectDeadline == .seconds(7))
    #expect(plain.options.reveal() == ["sslmode": "verify-full"])

    let url = try ConnectionSettings(
      environment: variables.merging(["DATABASE_URL": "postgres://you:other@h/d?application_name=x"]) { $1 })
    #expect(url.displayName == "you@h:5432/d")
    #expect(url.password?.reveal() == "other")
    #expect(url.applicationName == "x")
    #expect(url.options.reveal() == ["sslmode": "verify-full"])

    let partial = try ConnectionSettings(environment: variables.merging(["DATABASE_URL": "postgres:///d"]) { $1 })
    #expect(partial.displayName == "me@a:1,b:2/d")

    let address = try ConnectionSettings(
      environment: ["PGHOSTADDR": "10.0.0.1", "DATABASE_URL": "postgres://h/d"])
    #expect(address.options.reveal() == [:])
  }

  @Test(
    "A bad variable is named", arguments: [("PGPORT", "x"), ("PGSSLMODE", "yes"), ("PGCONNECT_TIMEOUT", "soon")])
  func badVariable(name: String, value: String) async {
    let error = await postgresError { try ConnectionSettings(environment: ["PGHOST": "h", name: value]) }
    #expect(error?.kind == .settings)
    #expect(error?.message.contains(name) == true)
  }

  @Test("No description shows the password")
  func descriptions() throws {
    let settings = try ConnectionSettings(
      url: Secret("postgres://u:hunter2@h/d?sslpassword=hunter3&options=hunter4"))
    var dumped = ""
    dump(settings, to: &dumped)
    for text in ["\(settings)", String(reflecting: settings), dumped] {
      for secret in ["hunter2", "hunter3", "hunter4"] { #expect(!text.contains(secret)) }
    }
  }
}
