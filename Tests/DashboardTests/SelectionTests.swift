import BundleModel
import Terminal
import Testing

@testable import Dashboard

@Suite("Selection")
struct SelectionTests {
  @Test("the cursor stays on its slug and on its line when rows move")
  func resorted() {
    var state = Make.state(Make.shop(200))
    state.press("/bundle<Enter>")
    state.press("<PgDn><PgDn>")
    let slug = state.selection
    let line = state.cursor.position - state.cursor.top
    let moved = (10..<25).map { Make.status("bundle-\($0.padded(5))", .failed, age: 0) }
    _ = state.handle(.changes(upserts: moved, removed: [], at: Make.noon))
    #expect(state.selection == slug)
    #expect(state.cursor.position - state.cursor.top == line)
    state.press("sss")
    #expect(state.selection == slug)
    _ = state.handle(.resync(statuses: Make.shop(150), at: Make.noon))
    #expect(state.selection == slug)
  }

  @Test("until a row is touched the cursor rests on the worst trouble")
  func untouched() {
    var state = Make.state(Make.shop(20))
    #expect(state.selection?.text == "report-publisher")
    let worse = Make.status("a-new-failure", .failed, age: 0)
    _ = state.handle(.changes(upserts: [worse], removed: [], at: Make.noon))
    #expect(state.selection?.text == "a-new-failure")
    state.press("r<Esc>")
    _ = state.handle(.changes(upserts: [Make.status("a-a", .failed, age: 0)], removed: [], at: Make.noon))
    #expect(state.selection?.text == "a-new-failure")
  }

  @Test("a removed row hands the cursor to the one that takes its place")
  func removed() {
    var state = Make.state(Make.shop(20))
    state.press("j")
    _ = state.handle(.changes(upserts: [], removed: [Make.slug("fleet-metrics")], at: Make.noon))
    #expect(state.selection?.text == "scheduled-digest")
    _ = state.handle(.changes(upserts: [Make.shop(7)[2]], removed: [], at: Make.noon))
    #expect(state.selection?.text == "scheduled-digest")
  }

  @Test("a filter that hides the chosen row gives it back")
  func filtered() {
    var state = Make.state(Make.shop(20))
    state.press("j/csv")
    #expect(state.selection?.text == "csv-loader")
    state.press("<Esc>")
    #expect(state.selection?.text == "fleet-metrics")
    state.press("/nothing-like-it")
    #expect(state.selection == nil)
    state.press("<Esc>")
    #expect(state.selection?.text == "fleet-metrics")
  }

  @Test("a resize keeps the cursor in sight")
  func resized() {
    var state = Make.state(Make.shop(100))
    state.press("G")
    for (columns, rows) in [(80, 5), (10, 1), (300, 80), (80, 24)] {
      _ = state.handle(.terminal(.resize(Size(columns: columns, rows: rows)), at: Make.noon))
      #expect(state.cursor.top <= state.cursor.position)
      #expect(state.cursor.position < state.cursor.top + state.cursor.page)
    }
    #expect(state.selection?.text == "inbox-normalizer")
  }
}
