import Glibc
import JSON
import TestSupport
import Testing

@testable import PodAPI

@Suite("Dashboard and alert rules")
struct MonitoringFilesTests {
  private static func read(_ name: String) throws -> [UInt8] {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    guard let file = fopen("\(root)/docs/\(name)", "r") else { throw TestSupportError("no \(name)") }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  /// The metrics that a text names.
  private static func names(in text: String) -> Set<String> {
    Set(
      text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        .filter { $0.hasPrefix("catalog_") || $0.hasPrefix("process_") })
  }

  private static let exported = Set(MetricFamily.all.flatMap(\.sampleNames))

  @Test("they name only what pods export", arguments: ["grafana-dashboard.json", "alert-rules.yaml"])
  func names(file: String) throws {
    let named = Self.names(in: String(decoding: try Self.read(file), as: UTF8.self))
    #expect(named.count > 5)
    #expect(named.subtracting(Self.exported).isEmpty, "\(named.subtracting(Self.exported).sorted())")
  }

  @Test("every metric is on the dashboard, but the start time")
  func shown() throws {
    let named = Self.names(in: String(decoding: try Self.read("grafana-dashboard.json"), as: UTF8.self))
    let missing = MetricFamily.all.filter { named.isDisjoint(with: $0.sampleNames) }.map(\.name)
    #expect(missing == ["process_start_time_seconds"])
  }

  /// The values that these files compare labels with.
  @Test(
    "the label values that alerts wait for exist",
    arguments: [
      ("outcome", JobOutcome.allCases.map(\.rawValue)), ("result", CacheResult.allCases.map(\.rawValue)),
      ("reason", SignedURLRejection.allCases.map(\.rawValue)), ("route", RouteTable.all.map(\.pattern.text)),
    ])
  func labels(label: String, known: [String]) throws {
    let text = String(decoding: try Self.read("alert-rules.yaml"), as: UTF8.self)
    var found = 0
    for part in text.split(separator: "\(label)=").dropFirst() {
      guard let value = part.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().first else {
        continue
      }
      for choice in value.split(separator: "|") {
        #expect(known.contains(String(choice)), "\(label) \(choice)")
        found += 1
      }
    }
    #expect(found > 0)
  }

  @Test("the dashboard is JSON whose panels have numbers of their own and do not overlap")
  func dashboard() throws {
    guard case .object(let document) = try JSONValue(parsing: try Self.read("grafana-dashboard.json")),
      case .array(let panels)? = document["panels"]
    else { throw TestSupportError("no panels") }
    var taken: Set<[Int]> = []
    var ids: Set<Double> = []
    for panel in panels {
      guard case .object(let panel) = panel, case .number(let id)? = panel["id"],
        case .object(let place)? = panel["gridPos"]
      else { throw TestSupportError("no place") }
      #expect(ids.insert(id).inserted)
      func number(_ name: String) -> Int { if case .number(let value)? = place[name] { Int(value) } else { -1 } }
      for x in number("x")..<number("x") + number("w") {
        for y in number("y")..<number("y") + number("h") {
          #expect(x < 24 && taken.insert([x, y]).inserted)
        }
      }
    }
    #expect(ids.count > 10)
  }

  @Test("names follow the rules: base units, counters end in _total")
  func conventions() {
    #expect(Set(MetricFamily.all.map(\.name)).count == MetricFamily.all.count)
    for family in MetricFamily.all {
      if case .counter = family.kind { #expect(family.name.hasSuffix("_total")) }
      if case .histogram(let bounds) = family.kind {
        #expect(family.name.hasSuffix("_seconds") && bounds == bounds.sorted())
      }
      #expect(!family.labels.contains { ["slug", "fingerprint", "job", "pod", "caller"].contains($0) })
    }
  }
}
