import BundleModel
import Testing

@Suite("Stages and states")
struct StageTests {
  @Test(
    "Each stage has AppHub's word and state",
    arguments: [
      (Stage.queued, "queued", BundleState.queued), (.resolving, "resolving", .running),
      (.cacheHit, "cache-hit", .running), (.installingDependencies, "installing-dependencies", .running),
      (.packaging, "packaging", .running), (.completed, "completed", .completed), (.failed, "failed", .failed),
    ])
  func words(stage: Stage, word: String, state: BundleState) {
    #expect(stage.rawValue == word)
    #expect(stage.state == state)
    #expect(Stage(stored: word) == stage)
  }

  @Test(
    "There are seven stages, and an unknown word reads as queued",
    arguments: ["", "Completed", "done", "cache_hit"])
  func unknown(word: String) {
    #expect(Stage.allCases.count == 7)
    #expect(Stage(stored: word) == .queued)
  }

  @Test(
    "A job is over when it is completed, failed or cancelled",
    arguments: [
      (JobState.queued, false), (.running, false), (.completed, true), (.failed, true), (.cancelled, true),
    ])
  func terminal(state: JobState, isTerminal: Bool) {
    #expect(state.isTerminal == isTerminal)
  }

  @Test(
    "Only what may pass by itself is tried again by itself",
    arguments: [
      (ErrorClass.bundle, false), (.storage, true), (.timeout, true), (.lost, true), (.cancelled, false),
      (.pod, false),
    ])
  func transient(errorClass: ErrorClass, isTransient: Bool) {
    #expect(errorClass.isTransient == isTransient)
  }
}
