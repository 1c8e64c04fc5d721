import BundleModel
import Testing

@Suite("Following")
struct FollowingTests {
  @Test(
    "What is published reads back",
    arguments: [.inStep(snapshot: "12:15:13,14"), .inStep(snapshot: "7:7:"), .behind, .failed("a: no room")]
      as [Following])
  func roundTrip(_ following: Following) {
    #expect(Following(following.text) == following)
  }

  @Test("Anything else is nothing", arguments: ["", "in step", "in step at", "in step at x", "Behind", "failed"])
  func nonsense(_ text: String) {
    #expect(Following(text) == nil)
  }
}
