import BundleModel
import Terminal
import Testing

@testable import Dashboard

/// One key story a test: what is pressed, what the screen says, what is asked of the world.
@Suite("Key stories")
struct KeyStoryTests {
  @Test("retry: question, yes, effect, answer")
  func retry() {
    var state = Make.state(columns: 120)
    #expect(state.press("r").isEmpty)
    #expect(
      state.footer().hasPrefix(
        "Retry report-publisher? attempt 4, same inputs (fingerprint 51ce0a…), last error 4 min ago"))
    #expect(state.footer().hasSuffix("   y yes · n no"))
    _ = state.handle(.terminal(.resize(Size(columns: 140, rows: 24)), at: Make.noon))
    #expect(state.footer().hasSuffix("   y yes · n no · f force a rebuild"))
    #expect(state.press("y").map(\.words) == ["retry report-publisher seen failed 51ce0a 7f31c2aa 3"])
    #expect(state.footer().hasPrefix("report-publisher: retrying"))
    #expect(state.press("r").isEmpty)
    #expect(state.footer().hasPrefix("report-publisher: retry was asked for and is not answered yet"))
    let done = ActionResult(slug: Make.slug("report-publisher"), kind: .retry, outcome: .done("queued, attempt 4"))
    _ = state.handle(.actionFinished(done, at: Make.noon))
    #expect(state.footer().hasPrefix("report-publisher: queued, attempt 4"))
    #expect(state.footer(6).hasPrefix("r retry"))
  }

  @Test("retry: no", arguments: ["rn", "r<Esc>", "rq"])
  func retryRefused(keys: String) {
    var state = Make.state()
    #expect(state.press(keys).isEmpty)
    #expect(state.question == nil)
  }

  @Test("a question turned into a rebuild")
  func forceInstead() {
    var state = Make.state(columns: 120)
    state.press("rf")
    #expect(state.footer().hasPrefix("Rebuild report-publisher? even when the cache has it"))
    #expect(state.footer().hasSuffix("   y yes · n no"))
    #expect(state.press("y").map(\.words) == ["force report-publisher seen failed 51ce0a 7f31c2aa 3"])
  }

  @Test("a rebuild of what runs says when it starts")
  func forceRunning() {
    var state = Make.state(columns: 120)
    state.press("jf")
    #expect(state.footer().hasPrefix("Rebuild fleet-metrics? it runs now; the rebuild starts when that has ended"))
  }

  @Test("what changed under a question ends the question")
  func changedMeanwhile() {
    var state = Make.state(columns: 120)
    state.press("r")
    let queued = Make.status("report-publisher", .queued, age: 0, attempt: 4)
    _ = state.handle(.changes(upserts: [queued], removed: [], at: Make.noon))
    #expect(state.press("y").isEmpty)
    #expect(state.footer().hasPrefix("report-publisher has changed meanwhile: look again"))
  }

  @Test("progress of other bundles leaves a question alone")
  func unrelatedChange() {
    var state = Make.state(columns: 120)
    state.press("r")
    let other = Make.status("csv-loader", .failed, age: 0)
    _ = state.handle(.changes(upserts: [other], removed: [], at: Make.noon))
    #expect(state.press("y").map(\.words) == ["retry report-publisher seen failed 51ce0a 7f31c2aa 3"])
  }

  @Test("moving to the edges and by pages")
  func moving() {
    var state = Make.state()
    state.press("jj")
    #expect(state.selection?.text == "scheduled-digest")
    state.press("<Up>")
    #expect(state.selection?.text == "fleet-metrics")
    state.press("G")
    #expect(state.selection?.text == "inbox-normalizer")
    state.press("<End>j<Home>k")
    #expect(state.selection?.text == "report-publisher")
    state.press("<PgDn>")
    #expect(state.cursor.position == state.cursor.page - 1)
    state.press("<PgUp>")
    #expect(state.cursor.position == 0)
  }

  @Test("filter: live, kept by Enter, cleared by Esc")
  func filter() {
    var state = Make.state()
    state.press("/state:fail")
    #expect(state.footer().hasPrefix("/state:fail"))
    #expect(state.footer().contains("1 of 47"))
    state.press("<BS><BS><BS><BS>run")
    #expect(state.footer().contains("3 of 47"))
    state.press("<Enter>")
    #expect(state.lines()[1].contains("filter: state:run"))
    #expect(state.lines()[1].contains("3 of 47"))
    state.press("<Esc>")
    #expect(state.lines()[1].contains("47 bundles"))
    state.press("/csv x<C-w><Esc>")
    #expect(state.bundles.filter.isEmpty)
  }

  @Test("letters typed into the filter are letters, not commands")
  func filterTakesLetters() {
    var state = Make.state()
    #expect(state.press("/rqgf?").isEmpty)
    #expect(state.footer().hasPrefix("/rqgf?"))
  }

  @Test("a paste goes into the filter and nowhere else")
  func paste() {
    var state = Make.state()
    #expect(state.handle(.terminal(.paste("rq\u{1B}[2J"), at: Make.noon)).isEmpty)
    #expect(state.question == nil)
    state.press("/")
    _ = state.handle(.terminal(.paste("csv\nload\u{1B}"), at: Make.noon))
    #expect(state.footer().hasPrefix("/csv load\u{FFFD}"))
  }

  @Test("detail: opened, read once, scrolled, closed")
  func detail() {
    var state = Make.state()
    #expect(state.press("<Enter>").map(\.words) == ["load report-publisher"])
    #expect(state.lines()[3].hasPrefix("reading"))
    #expect(state.press("jj").isEmpty)
    _ = state.handle(.detail(Make.detail("report-publisher"), at: Make.noon))
    #expect(state.screen().contains("attempt 3 of 3 · pod-b"))
    state.press("G")
    #expect(state.screen().contains("updated   13:57:59"))
    state.press("<Home>")
    #expect(state.lines()[2].hasPrefix("report-publisher"))
    state.press("<Esc>")
    #expect(state.lines()[2].hasPrefix("  SLUG"))
  }

  @Test("beside the table arrows move the table until Tab gives them to the detail")
  func focus() {
    var state = Make.state(columns: 120)
    state.press("d")
    #expect(state.press("j").isEmpty)  // one question at a time
    #expect(state.selection?.text == "fleet-metrics")
    let effects = state.handle(.detail(Make.detail("report-publisher"), at: Make.noon))
    #expect(effects.map(\.words) == ["load fleet-metrics"])
    _ = state.handle(.detail(Make.detail("fleet-metrics"), at: Make.noon))
    state.press("<Tab>jj")
    #expect(state.selection?.text == "fleet-metrics")
    #expect(state.detail.scroll == 2)
  }

  @Test("a changed row is read again while its detail is open")
  func detailFollows() {
    var state = Make.state()
    state.press("<Enter>")
    _ = state.handle(.detail(Make.detail("report-publisher"), at: Make.noon))
    let changed = Make.status("report-publisher", .queued, age: 0)
    let effects = state.handle(.changes(upserts: [changed], removed: [], at: Make.noon))
    #expect(effects.map(\.words) == ["load report-publisher"])
    let other = Make.status("csv-loader", .queued, age: 0)
    #expect(state.handle(.changes(upserts: [other], removed: [], at: Make.noon)).isEmpty)
  }

  @Test("a detail that cannot be read says why")
  func detailFails() {
    var state = Make.state()
    state.press("<Enter>")
    let slug = Make.slug("report-publisher")
    #expect(state.handle(.detailFailed(slug, reason: "no such row", at: Make.noon)).isEmpty)
    #expect(state.screen().contains("cannot read the detail: no such row"))
  }

  @Test("sorting cycles and the head says by what")
  func sorting() {
    var state = Make.state(columns: 120)
    let heads = (0..<5).map { _ in
      state.press("s")
      return state.lines()[2].split(separator: "▼")[0].split(separator: " ").last ?? ""
    }
    #expect(heads == ["SLUG", "AGE", "SIZE", "ATT", "STATE"])
  }

  @Test("times in UTC or local, and the header says which")
  func zone() {
    var state = Make.state()
    state.press("<Enter>")
    _ = state.handle(.detail(Make.detail("report-publisher"), at: Make.noon))
    #expect(state.lines()[1].hasSuffix("UTC"))
    state.press("t")
    #expect(state.lines()[1].hasSuffix("local time"))
    let clock = RenderClock(now: Make.noon, localOffset: { _ in 3600 })
    state.press("G")
    let text = state.render(size: state.size, capabilities: Make.capabilities, clock: clock).text
    #expect(text.contains("updated   14:57:59"))
  }

  @Test("leaving, repainting, stopping")
  func leaving() {
    var state = Make.state()
    #expect(state.press("q").map(\.words) == ["quit 0"])
    #expect(state.press("<C-c>").map(\.words) == ["quit 130"])
    #expect(state.press("<C-l>").map(\.words) == ["repaint"])
    #expect(state.press("<C-z>").map(\.words) == ["suspend"])
    #expect(state.handle(.terminal(.terminated(signal: 15), at: Make.noon)).map(\.words) == ["quit 143"])
    #expect(state.handle(.terminal(.resumed, at: Make.noon)).map(\.words) == ["repaint"])
    #expect(state.press("?q").isEmpty)
    #expect(state.press("/<C-c>").map(\.words) == ["quit 130"])
  }

  @Test("help lists every binding, by its keys")
  func help() {
    var state = Make.state(columns: 120, rows: 100)
    state.press("?")
    for chapter in Bindings.chapters(of: .bundles) {
      #expect(state.screen().contains(chapter.title))
      for binding in chapter.bindings { #expect(state.screen().contains(binding.description)) }
    }
    state.press("?")
    #expect(state.helpScroll == nil)
  }

  @Test("no key means two things in one mode", arguments: Mode.allCases, DashboardView.allCases)
  func unambiguous(mode: Mode, view: DashboardView) {
    let bindings = Bindings.of(mode, in: view)
    let keys = bindings.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
    #expect(bindings.allSatisfy { !$0.title.isEmpty && !$0.description.isEmpty })
  }

  @Test("the mouse selects, scrolls and opens nothing")
  func mouse() {
    var state = Make.state()
    let click = MouseEvent(kind: .press, row: 5, column: 10)
    #expect(state.handle(.terminal(.mouse(click), at: Make.noon)).isEmpty)
    #expect(state.selection?.text == "scheduled-digest")
    _ = state.handle(.terminal(.mouse(MouseEvent(kind: .wheelDown, row: 5, column: 10)), at: Make.noon))
    #expect(state.cursor.top == 3)
    #expect(state.selection?.text == "timestore-loader")
    _ = state.handle(.terminal(.mouse(MouseEvent(kind: .press, row: 23, column: 0)), at: Make.noon))
    #expect(state.selection?.text == "timestore-loader")
    state.press("r")
    _ = state.handle(.terminal(.mouse(MouseEvent(kind: .wheelUp, row: 5, column: 10)), at: Make.noon))
    #expect(state.cursor.top == 3 || state.question == nil)
  }

  @Test("copying the checksum")
  func copyChecksum() {
    var state = Make.state()
    state.press("/csv<Enter>")
    #expect(state.press("c").map(\.words) == ["copy checksum of csv-loader: \(Make.digest)"])
    _ = state.handle(.copied(.tmuxBuffer, label: "checksum of csv-loader", at: Make.noon))
    #expect(state.footer().hasPrefix("checksum of csv-loader: copied to the clipboard (tmux buffer)"))
  }
}
