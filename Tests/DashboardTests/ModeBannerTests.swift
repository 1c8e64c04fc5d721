import BundleModel
import Dashboard
import Testing

@Suite("Pods in different modes")
struct ModeBannerTests {
  private func pod(_ name: String, _ mode: PersistenceMode, isGone: Bool = false) -> Pod {
    var pod = Make.pod(name, isGone: isGone)
    pod.persistence = mode.rawValue
    return pod
  }

  @Test("the banner says so as long as both are alive")
  func banner() {
    var state = Make.state(Make.shop(7), columns: 120, rows: 20)
    _ = state.handle(.pods([pod("a", .dual), pod("b", .dual)], at: Make.noon))
    #expect(!state.screen().contains("different modes"))
    _ = state.handle(.pods([pod("a", .dual), pod("b", .database)], at: Make.noon))
    #expect(state.screen().contains("live pods keep bundles in different modes (database, dual)"))
    _ = state.handle(.pods([pod("a", .dual, isGone: true), pod("b", .database)], at: Make.noon))
    #expect(!state.screen().contains("different modes"))
  }

  @Test("words of another version are shown as they are, but harmless")
  func words() {
    var pods = [pod("a", .dual), pod("b", .database)]
    pods[1].persistence = "cloud\u{1B}[31m"
    #expect(pods[1].mode == nil)
    #expect(pods.mixedModes?.contains("cloud") == true && pods.mixedModes?.contains("\u{1B}") == false)
    #expect(PersistenceMode.warning(mixed: ["dual", "dual"]) == nil)
    #expect(PersistenceMode.warning(mixed: []) == nil)
  }
}
