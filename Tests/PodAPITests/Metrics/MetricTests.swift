import BundleModel
import BundleStore
import TestSupport
import Testing

@testable import PodAPI

@Suite("Metrics")
struct MetricTests {
  @Test("the page is what Prometheus reads")
  func page() {
    let families = [
      MetricFamily("a_total", .counter, "Help \\ of\na.", labels: ["x", "y"], known: [["1", "2"]]),
      MetricFamily("b_seconds", .histogram([0.5, 1]), "B."),
      MetricFamily("c", .gauge, "C."),
    ]
    let registry = MetricRegistry(families)
    registry.add(to: families[0], ["\"q\"", "b\\n\n"])
    registry.add(2.5, to: families[0], ["1", "2"])
    for value in [0.25, 0.5, 0.75, 5] { registry.observe(value, in: families[1]) }
    #expect(
      registry.text() == """
        # HELP a_total Help \\\\ of\\na.
        # TYPE a_total counter
        a_total{x="\\"q\\"",y="b\\\\n\\n"} 1
        a_total{x="1",y="2"} 2.5
        # HELP b_seconds B.
        # TYPE b_seconds histogram
        b_seconds_bucket{le="0.5"} 2
        b_seconds_bucket{le="1"} 3
        b_seconds_bucket{le="+Inf"} 4
        b_seconds_sum 6.5
        b_seconds_count 4
        # HELP c C.
        # TYPE c gauge

        """)
  }

  @Test("a metric has no more than 1,000 series, whatever happens")
  func bounded() {
    let family = MetricFamily("a_total", .counter, "A.", labels: ["x"])
    let registry = MetricRegistry([family])
    for number in 0..<3000 { registry.add(to: family, ["\(number)"]) }
    registry.add(to: family, ["0"])
    let lines = registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(lines.count == 1000)
    #expect(lines.contains("a_total{x=\"0\"} 2"))
  }

  @Test("nothing that a caller writes becomes a label")
  func requests() async throws {
    let services = try RouterFixture.services()
    let router = Router([.live, .metrics, RouterFixture.picky(access: .open)], services: services)
    for target in ["/health/live", "/no/such/path-4711", "/things/5?via=a", "/things/4711"] {
      for method in [HTTPMethod.get, .post, .other] {
        _ = await router.answer(
          RouterFixture.request(method, target, headers: ["x-request-id": "id-4711"], body: "{\"slug\":\"s4711\"}"))
      }
    }
    let page = await services.metrics.page(HealthReport(checks: [], isReady: true))
    #expect(!page.contains("4711"))
    #expect(page.contains("catalog_http_requests_total{method=\"GET\",route=\"/health/live\",status=\"200\"} 1\n"))
    #expect(page.contains("catalog_http_requests_total{method=\"POST\",route=\"/things/{id}\",status=\"204\"} 1\n"))
    #expect(page.contains("catalog_http_requests_total{method=\"other\",route=\"none\",status=\"404\"} 1\n"))
    #expect(page.contains("catalog_http_request_duration_seconds_count{route=\"/health/live\"} 1\n"))
  }

  @Test("what is no longer known is not shown as it was")
  func unknown() async {
    let metrics = PodMetrics()
    var report = HealthReport(
      checks: [HealthCheck("a:b", .warn)], isReady: true,
      vitals: .init(now: Timestamp(microseconds: 0), queued: 4, waited: .seconds(9)))
    report.legacy = LegacyFindings()
    let known = await metrics.page(report)
    for line in [
      "catalog_ready 1", "catalog_health_check{check=\"a:b\"} 1", "catalog_queue_jobs{state=\"queued\"} 4",
      "catalog_queue_oldest_seconds 9", "catalog_legacy_files{state=\"not_migrated\"} 0",
      "catalog_bundle_jobs_total{outcome=\"completed\"} 0",
    ] { #expect(known.contains("\n\(line)\n"), "\(line)") }
    let stopping = await metrics.page(HealthReport(checks: [], isReady: true), isStopping: true)
    #expect(stopping.contains("\ncatalog_ready 0\n"))
    for name in ["catalog_queue_", "catalog_legacy_files{", "catalog_health_check{"] {
      #expect(!stopping.contains("\n\(name)"), "\(name)")
    }
  }

  @Test("a metrics address offers health and numbers and nothing else; the API offers no numbers")
  func listeners() async throws {
    let services = try RouterFixture.services()
    let (inside, outside) = (Router(listener: .metrics, services: services), Router(services: services))
    #expect(await outside.answer(RouterFixture.request(.get, "/metrics")).status == 404)
    let answer = await inside.answer(RouterFixture.request(.get, "/metrics"))
    #expect(answer.status == 200)
    #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
    #expect(await inside.answer(RouterFixture.request(.get, "/examples/bundles/status")).status == 404)
    #expect(await inside.answer(RouterFixture.request(.get, "/health/live")).status == 200)
    let offered = RouteTable.all.filter { $0.listeners.contains(.metrics) }.map(\.operationID)
    #expect(Set(offered) == ["live", "ready", "health", "metrics"])
  }
}
